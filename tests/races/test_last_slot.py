"""Two receptionists at the same moment: the first has booked but not committed, the second must wait at a lock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import clock, day_end, db, patients, scheduling, token_queue
from core.errors import ClinicError
from core.models import Appointment, Slot, SlotState, Token
from core.permissions import Role
from core.scheduling import SlotPlan
from tests.factories import a_patient, a_slot, a_user
from tests.races.waiting import wait_until_someone_waits


@pytest.fixture
def clinic(committed):
    """A receptionist, two doctors with a free slot at the same time, and two patients."""
    with db.transaction() as session:
        ravi = a_user(session, Role.RECEPTION, "Ravi")
        slots = [a_slot(session, a_user(session, Role.DOCTOR)) for _ in range(2)]
        people = [a_patient(session, name).patient_id for name in ("Asha Rao", "Vikram Sen")]
    return ravi, slots, people


def outcome(actor, slot_id, patient_id, book=scheduling.book):
    try:
        with db.transaction() as session:
            book(session, actor, slot_id, patient_id)
    except ClinicError as refusal:
        return type(refusal)
    return "booked"


def test_a_slot_being_booked_is_not_blocked(engine, clinic):
    ravi, (slot, _), (asha, _) = clinic

    def block():
        with db.transaction() as session:
            seen = session.get_one(Slot, slot)
            return scheduling.block(session, ravi, seen.doctor_id, seen.starts_at, seen.ends_at)

    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            scheduling.book(session, ravi, slot, asha)
            waiting = pool.submit(block)
            wait_until_someone_waits(engine)
        blocked = waiting.result(timeout=5)

    assert (blocked.closed, len(blocked.booked)) == (0, 1)


def test_who_is_checked_in_while_the_appointment_moves_is_refused_in_words(engine, clinic):
    """The check-in waits for the row and then finds it in another slot: it must look again for slot and patient."""
    ravi, (slot, other), (asha, _) = clinic

    def check_in():
        try:
            with db.transaction() as session:
                token_queue.check_in(session, ravi, booked.appointment_id)
        except ClinicError as refusal:
            return str(refusal)

    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            booked = scheduling.book(session, ravi, slot, asha)
        with db.transaction() as session:
            scheduling.reschedule(session, ravi, booked.appointment_id, other)
            waiting = pool.submit(check_in)
            wait_until_someone_waits(engine)
        assert waiting.result(timeout=5) == "Asha Rao is booked for 3 March, not today."


@pytest.mark.parametrize("verb", [token_queue.mark_no_show, day_end.end_day])
def test_who_leaves_while_somebody_holds_the_appointment_holds_nothing_meanwhile(engine, clinic, frozen_clock, verb):
    """Everybody locks the appointment first, then the token: two who did not would wait for each other."""
    ravi, (slot, _), (asha, _) = clinic
    with db.transaction() as session:
        booked = scheduling.book(session, ravi, slot, asha)
    frozen_clock(day=3, hour=8)
    with db.transaction() as session:
        token_id = token_queue.check_in(session, ravi, booked.appointment_id).token_id

    def leave():
        with db.transaction() as session:
            verb(session, ravi, token_id if verb is token_queue.mark_no_show else clock.today())
            return session.get_one(Token, token_id).state

    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            scheduling.locked(session, booked.appointment_id)
            waiting = pool.submit(leave)
            wait_until_someone_waits(engine)
            session.get_one(Token, token_id, with_for_update=True)
        assert waiting.result(timeout=5) == "NO_SHOW"


def test_two_who_wait_for_each_other_get_a_sentence(engine, clinic):
    """One of them is let go; nothing of what it wrote stays."""
    _, slots, _ = clinic

    def change(first, second):
        with db.transaction() as session:
            session.get_one(Slot, first, with_for_update=True)
            both_hold_one.wait(5)
            session.get_one(Slot, second, with_for_update=True)

    both_hold_one = Barrier(2)
    with ThreadPoolExecutor() as pool:
        changes = [pool.submit(change, *order) for order in (slots, slots[::-1])]
        refusals = [str(one.exception(timeout=10)) for one in changes if one.exception(timeout=10)]
    assert refusals == ["Someone else is changing this just now. Try again."]


def from_list(session, actor, slot_id, entry_id):
    return scheduling.book_from_list(session, actor, entry_id, slot_id)


def test_one_wish_is_answered_at_two_desks_once_and_a_freed_slot_given_once(engine, clinic):
    """Both desks see the freed slot and who waits for it: a wish gets one slot at most, and a slot one wish."""
    ravi, (slot, other), people = clinic
    tuesday = date(2025, 3, 4)
    with db.transaction() as session:
        doctors = [session.get_one(Slot, found).doctor_id for found in (slot, other)]
        asha, vikram = (
            scheduling.add_to_list(session, ravi, patient, doctors[0], tuesday).entry_id for patient in people
        )

    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            from_list(session, ravi, slot, asha)
            same_wish = pool.submit(outcome, ravi, other, asha, from_list)
            wait_until_someone_waits(engine)
        assert same_wish.result(timeout=5) is scheduling.NotWaiting
    assert outcome(ravi, slot, vikram, from_list) is scheduling.SlotTaken

    with db.transaction() as session:
        assert session.scalars(select(Appointment.slot_id)).all() == [slot]
        assert [record.entry_id for record in scheduling.list_waiting(session, ravi, tuesday)] == [vikram]


def test_a_merge_waits_for_the_booking_of_a_wish_and_neither_stands_in_the_others_way(engine, clinic):
    ravi, (slot, _), (asha, vikram) = clinic
    with db.transaction() as session:
        doctor_id = session.get_one(Slot, slot).doctor_id
        entry = scheduling.add_to_list(session, ravi, asha, doctor_id, date(2025, 3, 4)).entry_id

    def merge():
        with db.transaction() as session:
            patients.merge(session, ravi, vikram, asha)

    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            patients.locked(session, asha)
            merging = pool.submit(merge)
            wait_until_someone_waits(engine)
            from_list(session, ravi, slot, entry)
        merging.result(timeout=5)

    with db.transaction() as session:
        assert session.scalars(select(Appointment.patient_id)).all() == [vikram]


def test_the_database_itself_keeps_a_second_active_appointment_out_of_a_slot(engine, clinic):
    """With the lock passed by, the unique index still holds."""
    ravi, (slot, _), (asha, vikram) = clinic
    assert outcome(ravi, slot, asha) == "booked"
    with db.transaction() as session:
        session.get_one(Slot, slot).state = SlotState.FREE

    with pytest.raises(IntegrityError, match="uq_appointments_active_slot"), db.transaction() as session:
        scheduling.book(session, ravi, slot, vikram)


def test_slots_opened_at_two_desks_at_once_do_not_overlap(engine, clinic):
    ravi, (slot, _), _ = clinic
    plan = SlotPlan(date(2025, 3, 4), date(2025, 3, 4), time(9), time(11), slot_minutes=30)
    with db.transaction() as session:
        doctor_id = session.get_one(Slot, slot).doctor_id

    def open_again():
        with db.transaction() as session:
            return scheduling.open_slots(session, ravi, doctor_id, plan)

    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            scheduling.open_slots(session, ravi, doctor_id, plan)
            waiting = pool.submit(open_again)
            wait_until_someone_waits(engine)
        second = waiting.result(timeout=5)

    assert (second.opened, second.overlapping) == (0, 4)
