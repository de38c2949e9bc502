"""Slots are opened by a plan, and blocked."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from core import clock, scheduling, users
from core.errors import Invalid, NotFound, NotPermitted
from core.models import SlotState
from core.permissions import Role
from core.scheduling import SlotPlan, SlotsOpened
from tests.factories import a_patient, a_user, an_appointment

MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)


def a_plan(first_on=MONDAY, last_on=MONDAY, starts=time(9), ends=time(11), slot_minutes=30, **more):
    return SlotPlan(first_on, last_on, starts, ends, slot_minutes, **more)


def shown(records):
    return [f"{clock.local(record.starts_at):%a %H:%M}" for record in records]


def test_slots_are_opened_on_the_chosen_weekdays_of_a_range(session, receptionist, doctor):
    plan = a_plan(last_on=MONDAY + timedelta(days=13), weekdays=(0, 2), slot_minutes=60)

    opened = scheduling.open_slots(session, receptionist, doctor.user_id, plan)

    assert opened == SlotsOpened(8, overlapping=0, past=0, missing=0)
    assert shown(scheduling.next_free(session, receptionist, doctor.user_id, limit=4)) == [
        *("Mon 09:00", "Mon 10:00", "Wed 09:00", "Wed 10:00")
    ]


def test_a_slot_that_does_not_fit_before_the_end_is_not_opened(session, receptionist, doctor):
    scheduling.open_slots(session, receptionist, doctor.user_id, a_plan(ends=time(10, 29)))

    assert shown(scheduling.list_slots(session, receptionist, MONDAY)) == ["Mon 09:00", "Mon 09:30"]


def test_slots_that_overlap_others_are_skipped_and_counted(session, receptionist, doctor):
    scheduling.open_slots(session, receptionist, doctor.user_id, a_plan())

    again = scheduling.open_slots(session, receptionist, doctor.user_id, a_plan(ends=time(13), slot_minutes=45))

    assert again == SlotsOpened(2, overlapping=3, past=0, missing=0)


def test_two_doctors_have_slots_at_the_same_time(session, receptionist, doctor):
    other = a_user(session, Role.DOCTOR)
    for who in (doctor, other):
        scheduling.open_slots(session, receptionist, who.user_id, a_plan())

    assert len(scheduling.list_slots(session, receptionist, MONDAY)) == 8
    assert len(scheduling.list_slots(session, receptionist, MONDAY, other.user_id)) == 4


def test_slots_of_this_morning_that_have_begun_are_skipped(session, receptionist, doctor, frozen_clock):
    frozen_clock(2025, 3, 3, 10, 0)

    assert scheduling.open_slots(session, receptionist, doctor.user_id, a_plan()) == SlotsOpened(
        1, 0, past=3, missing=0
    )


def test_no_slot_is_opened_in_the_hour_that_summer_time_skips(session, receptionist, doctor, monkeypatch):
    monkeypatch.setattr(clock, "_zone", ZoneInfo("Europe/Berlin"))
    sunday = date(2025, 3, 30)
    plan = a_plan(sunday, sunday, starts=time(1), ends=time(5))

    opened = scheduling.open_slots(session, receptionist, doctor.user_id, plan)

    assert opened == SlotsOpened(6, overlapping=0, past=0, missing=2)
    assert shown(scheduling.list_slots(session, receptionist, sunday))[:3] == ["Sun 01:00", "Sun 01:30", "Sun 03:00"]


def test_everything_wrong_with_a_plan_is_told_at_once(session, receptionist, doctor):
    plan = SlotPlan(date(2025, 2, 1), date(2025, 1, 1), time(11), time(9), 1, weekdays=())

    with pytest.raises(Invalid) as refusal:
        scheduling.open_slots(session, receptionist, doctor.user_id, plan)

    assert set(refusal.value.problems) == {"first_on", "last_on", "ends", "slot_minutes", "weekdays"}


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (a_plan(ends=time(9, 20)), "No slot of 30 minutes fits"),
        (a_plan(weekdays=(6,)), "No slot of 30 minutes fits"),
        (a_plan(last_on=MONDAY + timedelta(days=300), ends=time(23), slot_minutes=5), "50,568 slots at once"),
        (a_plan(last_on=date.max), "at most a year ahead"),
    ],
)
def test_a_plan_of_no_slots_or_too_many_is_refused(session, receptionist, doctor, plan, sentence):
    with pytest.raises(Invalid, match=sentence):
        scheduling.open_slots(session, receptionist, doctor.user_id, plan)


def test_slots_are_opened_only_for_a_doctor_who_works_here(session, receptionist, admin, doctor):
    users.disable(session, admin, doctor.user_id)

    for stranger in (receptionist.user_id, doctor.user_id, 999):
        with pytest.raises(NotFound, match="There is no doctor"):
            scheduling.open_slots(session, receptionist, stranger, a_plan())


def test_blocking_leaves_booked_slots_alone_and_names_them(session, receptionist, doctor):
    scheduling.open_slots(session, receptionist, doctor.user_id, a_plan())
    first, *_ = scheduling.list_slots(session, receptionist, MONDAY)
    scheduling.book(session, receptionist, first.slot_id, a_patient(session, "Asha Rao").patient_id)

    range_of_time = clock.at(MONDAY, time(9)), clock.at(MONDAY, time(10))
    blocked = scheduling.block(session, receptionist, doctor.user_id, *range_of_time)

    assert (blocked.closed, [slot.patient_name for slot in blocked.booked]) == (1, ["Asha Rao"])
    states = [slot.state for slot in scheduling.list_slots(session, receptionist, MONDAY)]
    assert states == [SlotState.BOOKED, SlotState.CLOSED, SlotState.FREE, SlotState.FREE]

    assert scheduling.unblock(session, receptionist, doctor.user_id, *range_of_time) == 1
    states = [slot.state for slot in scheduling.list_slots(session, receptionist, MONDAY)]
    assert states == [SlotState.BOOKED, SlotState.FREE, SlotState.FREE, SlotState.FREE]


def test_what_a_range_touches_is_seen_before_it_is_blocked(session, receptionist, doctor):
    an_appointment(session, doctor, "Asha Rao")
    other = a_user(session, Role.DOCTOR)
    scheduling.open_slots(session, receptionist, other.user_id, a_plan())
    starts_at, ends_at = clock.at(MONDAY, time(8)), clock.at(MONDAY, time(9, 10))

    touched = scheduling.list_touched(session, receptionist, doctor.user_id, starts_at, ends_at)

    assert [slot.patient_name for slot in touched] == ["Asha Rao"]
    assert scheduling.list_touched(session, receptionist, doctor.user_id, ends_at, starts_at) == []


def test_a_range_that_ends_before_it_starts_is_not_blocked(session, receptionist, doctor):
    moment = datetime(2025, 3, 3, 9, tzinfo=ZoneInfo("Asia/Kolkata"))

    with pytest.raises(Invalid, match="The end must be later"):
        scheduling.block(session, receptionist, doctor.user_id, moment, moment)


def test_a_pharmacist_does_not_see_or_change_the_schedule(session, pharmacist, doctor):
    with pytest.raises(NotPermitted, match="may not see appointments"):
        scheduling.list_slots(session, pharmacist, MONDAY)
    with pytest.raises(NotPermitted, match="may not book appointments"):
        scheduling.book(session, pharmacist, 1, 1)
    with pytest.raises(NotPermitted, match="may not change doctors' hours, leave and slots"):
        scheduling.open_slots(session, doctor, doctor.user_id, a_plan())
