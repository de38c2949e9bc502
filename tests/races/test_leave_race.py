"""Leave is added while somebody books, cancels, opens slots or adds leave: the first has not committed when the second
comes, and the second waits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select

from core import db, scheduling
from core.models import Slot
from core.permissions import Role
from core.scheduling import Leave, SlotState
from tests.factories import a_patient, a_slot, a_user
from tests.races.waiting import wait_until_someone_waits

MONDAY = date(2025, 3, 3)
LEAVE = Leave(MONDAY, MONDAY, "Ill")


@pytest.fixture
def clinic(committed):
    """A receptionist, a doctor with weekly hours and one free slot, and a patient."""
    with db.transaction() as session:
        ravi, sen = a_user(session, Role.RECEPTION, "Ravi"), a_user(session, Role.DOCTOR, "Dr Sen")
        scheduling.set_week(session, ravi, sen.user_id, scheduling.week_from_text(["9-11"], 30))
        return ravi, sen.user_id, a_slot(session, sen), a_patient(session, "Asha Rao").patient_id


def step(verb, *args):
    """In a transaction of its own: what came of it, or the refusal."""
    try:
        with db.transaction() as session:
            return verb(session, *args)
    except scheduling.AlreadyOnLeave as refusal:
        return refusal
    except scheduling.SlotClosed as refusal:
        return refusal


def together(engine, first, second):
    """Both steps as (verb, arguments…); what came of each."""
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            one = first[0](session, *first[1:])
            waiting = pool.submit(step, *second)
            wait_until_someone_waits(engine)
        return one, waiting.result(timeout=5)


def states():
    with db.transaction() as session:
        return session.scalars(select(Slot.state).order_by(Slot.starts_at)).all()


def test_whoever_booked_first_is_named_by_the_leave(engine, clinic):
    ravi, sen, slot, asha = clinic

    _, added = together(engine, (scheduling.book, ravi, slot, asha), (scheduling.add_leave, ravi, sen, LEAVE))

    assert (added.closed, [hit.patient_name for hit in added.booked]) == (0, ["Asha Rao"])


@pytest.mark.parametrize("cancelled_first", [True, False])
def test_a_slot_given_back_while_leave_is_added_is_closed(engine, clinic, cancelled_first):
    ravi, sen, slot, asha = clinic
    booked = step(scheduling.book, ravi, slot, asha)
    cancel = (scheduling.cancel, ravi, booked.appointment_id, "Doctor away")
    leave = (scheduling.add_leave, ravi, sen, LEAVE)

    together(engine, *((cancel, leave) if cancelled_first else (leave, cancel)))

    assert states() == [SlotState.CLOSED]


@pytest.mark.parametrize("opened_first", [True, False])
def test_slots_opened_while_leave_is_added_are_not_free_in_it(engine, clinic, opened_first):
    ravi, sen, *_ = clinic
    opening = (scheduling.open_from_availability, ravi, [sen], MONDAY, MONDAY)
    leave = (scheduling.add_leave, ravi, sen, LEAVE)

    together(engine, *((opening, leave) if opened_first else (leave, opening)))

    assert set(states()) == {SlotState.CLOSED}


def test_a_slot_being_booked_is_not_taken_away_with_the_old_hours(engine, clinic):
    ravi, sen, slot, asha = clinic

    def no_hours(session):
        return scheduling.set_week(session, ravi, sen, [], withdraw=True)

    _, changed = together(engine, (scheduling.book, ravi, slot, asha), (no_hours,))

    assert (changed.withdrawn, [hit.patient_name for hit in changed.booked]) == (0, ["Asha Rao"])
    assert states() == [SlotState.BOOKED]
