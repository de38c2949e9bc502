"""Leave: what it closes, whom it hits, and what taking it back frees."""

from datetime import date, time, timedelta

import pytest

from core import clock, scheduling
from core.errors import Invalid, NotFound, NotPermitted
from core.models import AuditEvent
from core.permissions import Role
from core.scheduling import Leave, SlotPlan, SlotsOpened, SlotState
from etl import touched_days
from tests.factories import a_patient, a_slot, a_user

MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)
FREE, BOOKED, CLOSED = SlotState.FREE, SlotState.BOOKED, SlotState.CLOSED
WEEK = Leave(MONDAY, MONDAY + timedelta(days=6), "Conference")


@pytest.fixture
def slots(session, receptionist, doctor):
    """Four half hours from nine on Monday, the first booked for Asha (ids)."""
    scheduling.open_slots(session, receptionist, doctor.user_id, SlotPlan(MONDAY, MONDAY, time(9), time(11), 30))
    ids = [slot.slot_id for slot in scheduling.list_slots(session, receptionist, MONDAY)]
    asha = a_patient(session, "Asha Rao", phone="9876543210")
    scheduling.book(session, receptionist, ids[0], asha.patient_id)
    return ids


def states(session, actor, day=MONDAY):
    return [slot.state for slot in scheduling.list_slots(session, actor, day)]


def close(session, actor, doctor, starts, ends):
    return scheduling.block(session, actor, doctor.user_id, clock.at(MONDAY, starts), clock.at(MONDAY, ends))


def test_leave_closes_what_is_free_and_names_whom_it_hits(session, receptionist, doctor, slots):
    touched = scheduling.touched_by_leave(session, receptionist, doctor.user_id, WEEK)

    added = scheduling.add_leave(session, receptionist, doctor.user_id, WEEK)

    assert [slot.slot_id for slot in touched] == slots
    assert added.closed == 3
    assert [(slot.patient_name, slot.phone) for slot in added.booked] == [("Asha Rao", "+919876543210")]
    assert states(session, receptionist) == [BOOKED, CLOSED, CLOSED, CLOSED]
    (kept,) = scheduling.list_leave(session, receptionist)
    assert (kept.doctor_name, kept.leave, len(kept.booked)) == ("Dr Sen", WEEK, 1)


def test_leave_for_a_part_of_the_day_touches_that_part(session, receptionist, doctor, slots):
    morning = Leave(MONDAY, TUESDAY, "Late", time(8), time(9, 45))

    assert scheduling.add_leave(session, receptionist, doctor.user_id, morning).closed == 1
    assert states(session, receptionist) == [BOOKED, CLOSED, FREE, FREE]


def test_taking_leave_back_frees_what_it_closed_and_nothing_else(session, receptionist, doctor, slots):
    close(session, receptionist, doctor, time(10), time(10, 30))
    added = scheduling.add_leave(session, receptionist, doctor.user_id, WEEK)

    assert scheduling.remove_leave(session, receptionist, added.leave_id) == 2

    assert states(session, receptionist) == [BOOKED, FREE, CLOSED, FREE]
    assert scheduling.list_leave(session, receptionist) == []
    with pytest.raises(NotFound, match="There is no leave"):
        scheduling.remove_leave(session, receptionist, added.leave_id)


@pytest.mark.parametrize("step", ["cancel", "reschedule"])
def test_a_slot_given_back_during_leave_is_closed_until_the_leave_is_taken_back(
    session, receptionist, doctor, slots, step
):
    added = scheduling.add_leave(session, receptionist, doctor.user_id, WEEK)
    other = a_slot(session, a_user(session, Role.DOCTOR), TUESDAY)
    more = {"cancel": "Doctor away", "reschedule": other}[step]

    getattr(scheduling, step)(session, receptionist, added.booked[0].appointment_id, more)

    assert states(session, receptionist) == [CLOSED] * 4
    assert scheduling.remove_leave(session, receptionist, added.leave_id) == 4


def test_nothing_is_opened_in_leave_by_hand_either(session, receptionist, doctor, slots):
    scheduling.add_leave(session, receptionist, doctor.user_id, Leave(MONDAY, MONDAY, "", time(10), time(12)))

    plan = SlotPlan(MONDAY, MONDAY, time(11), time(13), 30)
    assert scheduling.open_slots(session, receptionist, doctor.user_id, plan) == SlotsOpened(2, 0, 0, 0, away=2)
    with pytest.raises(scheduling.OnLeave, match=r"Dr Sen is away: 3 Mar 2025, 10:00.AM to 12:00.PM"):
        scheduling.unblock(session, receptionist, doctor.user_id, *clock.day_bounds(MONDAY))
    assert states(session, receptionist) == [BOOKED, FREE, CLOSED, CLOSED, FREE, FREE]


def test_opening_again_around_leave_frees_what_was_closed_by_hand(session, receptionist, doctor, slots):
    close(session, receptionist, doctor, time(9), time(10))
    scheduling.add_leave(session, receptionist, doctor.user_id, Leave(MONDAY, MONDAY, "", time(10), time(12)))

    assert scheduling.unblock(session, receptionist, doctor.user_id, *clock.day_bounds(MONDAY)) == 1
    assert states(session, receptionist) == [BOOKED, FREE, CLOSED, CLOSED]


@pytest.mark.parametrize(
    "other", [Leave(date(2025, 3, 9), date(2025, 3, 10)), Leave(MONDAY, MONDAY, "", time(9), time(10))]
)
def test_leave_that_overlaps_other_leave_is_refused(session, receptionist, doctor, other):
    scheduling.add_leave(session, receptionist, doctor.user_id, WEEK)

    with pytest.raises(scheduling.AlreadyOnLeave, match=r"Dr Sen is already away: 3 Mar 2025 to 9 Mar 2025."):
        scheduling.add_leave(session, receptionist, doctor.user_id, other)


def test_two_parts_of_a_day_stand_side_by_side_and_two_doctors_too(session, receptionist, doctor):
    other = a_user(session, Role.DOCTOR)
    for who, starts in ((doctor, 9), (doctor, 14), (other, 9)):
        leave = Leave(MONDAY, MONDAY, "", time(starts), time(starts + 2))
        scheduling.add_leave(session, receptionist, who.user_id, leave)

    assert len(scheduling.list_leave(session, receptionist)) == 3
    assert len(scheduling.list_leave(session, receptionist, doctor.user_id)) == 2


def test_leave_that_has_begun_is_cut_short_and_leave_that_is_over_stays(
    session, receptionist, doctor, slots, frozen_clock
):
    added = scheduling.add_leave(session, receptionist, doctor.user_id, Leave(date(2025, 3, 1), MONDAY, "Ill"))
    frozen_clock(2025, 3, 3, 9, 40)

    assert scheduling.remove_leave(session, receptionist, added.leave_id) == 2

    assert states(session, receptionist) == [BOOKED, CLOSED, FREE, FREE]
    assert scheduling.list_leave(session, receptionist) == []
    with pytest.raises(scheduling.LeaveOver, match="Dr Sen was away: 1 Mar 2025 to 2 Mar 2025"):
        scheduling.remove_leave(session, receptionist, added.leave_id)


def test_everything_wrong_with_leave_is_told_at_once(session, receptionist, doctor):
    wrong = Leave(date(2025, 2, 1), date(2025, 1, 1), "x" * 10_000, time(12), time(9))

    with pytest.raises(Invalid) as refusal:
        scheduling.add_leave(session, receptionist, doctor.user_id, wrong)

    assert set(refusal.value.problems) == {"first_on", "last_on", "reason", "ends"}
    assert scheduling.touched_by_leave(session, receptionist, doctor.user_id, wrong) == []


@pytest.mark.parametrize(
    ("leave", "sentence"),
    [
        (Leave(MONDAY, date(2026, 4, 1)), "at most a year"),
        (Leave(date(2030, 1, 1), date(2030, 1, 2)), "at most two years ahead"),
        (Leave(MONDAY, MONDAY, "", time(9)), "both its start and its end"),
    ],
)
def test_leave_that_cannot_be_is_refused(session, receptionist, doctor, leave, sentence):
    with pytest.raises(Invalid, match=sentence):
        scheduling.add_leave(session, receptionist, doctor.user_id, leave)


def test_the_trail_tells_days_and_no_reason_and_the_days_are_summed_up_again(session, receptionist, doctor, slots):
    added = scheduling.add_leave(session, receptionist, doctor.user_id, Leave(MONDAY, TUESDAY, "Surgery"))
    scheduling.remove_leave(session, receptionist, added.leave_id)

    came, went = session.query(AuditEvent).filter(AuditEvent.event.like("leave.%")).order_by(AuditEvent.id)
    changes = {"first_on": [None, "2025-03-03"], "last_on": [None, "2025-03-04"], "slots": [None, 3]}
    assert [(e.event, e.changes) for e in (came, went)] == [("leave.added", changes), ("leave.removed", changes)]
    assert {MONDAY, TUESDAY} <= touched_days.by(session, [went], set()).days


def test_a_doctor_sees_leave_and_does_not_grant_it(session, receptionist, doctor):
    added = scheduling.add_leave(session, receptionist, doctor.user_id, WEEK)

    assert len(scheduling.list_leave(session, doctor)) == 1
    for step, about in ((scheduling.add_leave, (doctor.user_id, WEEK)), (scheduling.remove_leave, (added.leave_id,))):
        with pytest.raises(NotPermitted, match="may not change doctors' hours"):
            step(session, doctor, *about)
