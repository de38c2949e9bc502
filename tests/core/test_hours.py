"""Weekly hours as they are typed and kept, and the slots that follow from them."""

from datetime import date, time, timedelta
from random import Random

import pytest

from core import clock, scheduling
from core.errors import Invalid, NotFound, NotPermitted
from core.models import AuditEvent
from core.permissions import Role
from core.scheduling import Hours, Leave, SlotsOpened, day_in_text, week_from_text
from etl import touched_days
from tests.factories import a_slot, a_user, an_appointment

MONDAY = date(2025, 3, 3)
SUNDAY = MONDAY + timedelta(days=6)


def on_monday(text, minutes=15):
    return day_in_text(week_from_text([text], minutes), 0)


def a_week(session, actor, doctor, *days, minutes=30):
    """Typed from Monday on."""
    return scheduling.set_week(session, actor, doctor.user_id, week_from_text(days, minutes))


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("9-13, 14-17", "9-13, 14-17"),
        ("14-17;9-13", "9-13, 14-17"),
        ("9:30–13.00 and 14h15 to 17", "9:30-13, 14:15-17"),
        ("0930-1300", "9:30-13"),
        ("9am - 1 pm", "9-13"),
        ("12am-12pm", "0-12"),
        ("९-१३", "9-13"),
        ("9-12,12-15", "9-12, 12-15"),
        ("9-13,", "9-13"),
        ("9\x00-13", "9-13"),
        ("", ""),
        (" – ", ""),
        ("Closed", ""),
    ],
)
def test_hours_are_typed_as_people_write_them(typed, understood):
    assert on_monday(typed) == understood


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("9-", "Monday: “9-” is not understood. Write hours as 9-13, 14:30-17."),
        ("25-26", "Monday: 25:00 is not a time."),
        ("9:75-11", "Monday: 9:75 is not a time."),
        ("13-9", "Monday: 13-9 ends before it begins; what comes after midnight stands on the next day."),
        ("9-9", "Monday: 9-9 ends before it begins; what comes after midnight stands on the next day."),
        ("20-24", "Monday: a day ends at 23:59; what comes after midnight stands on the next day."),
        ("2-5pm", "Monday: “2-5pm” needs am or pm at both times, or at none."),
        ("13pm-14pm", "Monday: 13 pm is not a time."),
        ("9-13, 12-15", "Monday: 9-13 and 12-15 overlap."),
        ("9-9:10", "Monday: 9-9:10 is too short for a slot of 15 minutes."),
        ("🏥", "Monday: “🏥” is not understood. Write hours as 9-13, 14:30-17."),
        ("9" * 10_000, "Monday: The line is too long: 10,000 characters, at most 100."),
    ],
)
def test_hours_that_cannot_be_are_refused_in_a_sentence(typed, sentence):
    with pytest.raises(Invalid) as refusal:
        on_monday(typed)

    assert str(refusal.value) == sentence


def test_whatever_is_typed_is_understood_or_refused_and_what_is_understood_reads_back():
    rng, refused, understood = Random(4), [], []
    for _ in range(5_000):
        typed = "".join(rng.choice("0123456789::..--–,;amptoh \x00²é०🏥") for _ in range(rng.randint(0, 14)))
        try:
            week = week_from_text([typed], 15)
        except Invalid as refusal:
            refused.append(refusal.problems.keys())
        else:
            understood.append(week_from_text([day_in_text(week, 0)], 15) == week)
    assert {tuple(keys) for keys in refused} == {("Monday",)}
    assert set(understood) == {True}


def test_every_wrong_day_is_named_at_once_in_the_order_of_the_week():
    with pytest.raises(Invalid) as refusal:
        week_from_text(["9-13, 12-14", "9-13", "nine", "25-26"], 15)

    assert list(refusal.value.problems) == ["Monday", "Wednesday", "Thursday"]


@pytest.mark.parametrize("minutes", [4, 241])
def test_a_slot_has_a_sensible_length(minutes):
    with pytest.raises(Invalid, match="between 5 and 240 minutes"):
        week_from_text(["9-13"], minutes)


def test_the_week_of_a_doctor_is_replaced_as_a_whole(session, receptionist, doctor):
    a_week(session, receptionist, doctor, "9-13, 14-17", "", "9-13")

    a_week(session, receptionist, doctor, "10-12", minutes=20)

    (sen,) = scheduling.list_weeks(session, receptionist)
    assert (sen.doctor.name, sen.week, sen.open_until) == ("Dr Sen", (Hours(0, time(10), time(12), 20),), None)


def test_a_week_that_stays_the_same_leaves_no_trail(session, receptionist, doctor):
    for _ in range(2):
        a_week(session, receptionist, doctor, "9-13")

    (event,) = session.query(AuditEvent).filter_by(event="hours.changed")
    assert event.changes == {"hours": [[], ["Mon 9-13 (30)"]]}


def test_free_slots_that_no_longer_fit_are_taken_away_and_others_opened_there(session, receptionist, doctor):
    a_week(session, receptionist, doctor, "9-11")
    scheduling.open_from_availability(session, receptionist, [doctor.user_id], MONDAY, SUNDAY)
    given_up, asha = (
        an_appointment(session, doctor, name, MONDAY, time(10, m)) for name, m in (("Meena", 0), ("Asha", 30))
    )
    by_hand = a_slot(session, doctor, MONDAY, time(15))
    scheduling.cancel(session, receptionist, given_up.appointment_id, "Travelling")

    new = week_from_text(["9-10"], 20)
    changed = scheduling.set_week(session, receptionist, doctor.user_id, new, withdraw=True)

    assert (changed.withdrawn, [slot.patient_name for slot in changed.booked]) == (3, ["Asha"])
    left = {slot.slot_id: slot.state for slot in scheduling.list_slots(session, receptionist, MONDAY)}
    assert left == {given_up.slot_id: "CLOSED", asha.slot_id: "BOOKED", by_hand: "FREE"}
    opened = scheduling.open_from_availability(session, receptionist, [doctor.user_id], MONDAY, SUNDAY)
    assert opened.opened == 3
    last = session.query(AuditEvent).filter_by(event="hours.changed").order_by(AuditEvent.id.desc()).first()
    assert MONDAY in touched_days.by(session, [last], set()).days


def test_slots_that_leave_has_closed_are_taken_away_with_the_old_hours(session, receptionist, doctor):
    a_week(session, receptionist, doctor, "9-11")
    scheduling.open_from_availability(session, receptionist, [doctor.user_id], MONDAY, SUNDAY)
    leave = scheduling.add_leave(session, receptionist, doctor.user_id, Leave(MONDAY, SUNDAY))

    scheduling.set_week(session, receptionist, doctor.user_id, week_from_text(["10-11"], 30), withdraw=True)

    assert scheduling.remove_leave(session, receptionist, leave.leave_id) == 2
    assert len(scheduling.list_slots(session, receptionist, MONDAY)) == 2


def test_slots_stay_unless_they_are_to_be_taken_away(session, receptionist, doctor):
    a_week(session, receptionist, doctor, "9-11")
    scheduling.open_from_availability(session, receptionist, [doctor.user_id], MONDAY, SUNDAY)

    a_week(session, receptionist, doctor)

    assert len(scheduling.list_slots(session, receptionist, MONDAY)) == 4


def test_overlapping_hours_are_refused_whatever_way_they_come(session, receptionist, doctor):
    week = [Hours(0, time(9), time(13), 15), Hours(0, time(12), time(14), 15)]

    with pytest.raises(Invalid, match="Monday: 9-13 and 12-14 overlap"):
        scheduling.set_week(session, receptionist, doctor.user_id, week)
    with pytest.raises(Invalid, match="A weekday is a number"):
        scheduling.set_week(session, receptionist, doctor.user_id, [Hours(7, time(9), time(13), 15)])


def test_slots_are_opened_from_the_hours_once_and_not_in_leave(session, receptionist, doctor):
    other = a_user(session, Role.DOCTOR)
    a_week(session, receptionist, doctor, "9-11, 14-15", "9-11")
    a_week(session, receptionist, other, "9-10", minutes=60)
    tuesday = MONDAY + timedelta(days=1)
    scheduling.add_leave(session, receptionist, doctor.user_id, Leave(tuesday, tuesday, "Wedding", time(10), time(12)))
    both = [doctor.user_id, other.user_id]

    opened = scheduling.open_from_availability(session, receptionist, both, MONDAY, SUNDAY)
    again = scheduling.open_from_availability(session, receptionist, both, MONDAY, SUNDAY)

    assert opened == SlotsOpened(9, overlapping=0, past=0, missing=0, away=2)
    assert again == SlotsOpened(0, overlapping=9, past=0, missing=0, away=2)
    slots = scheduling.list_slots(session, receptionist, MONDAY, doctor.user_id)
    assert [f"{clock.local(slot.starts_at):%H:%M}" for slot in slots] == [
        *("09:00", "09:30", "10:00", "10:30", "14:00", "14:30")
    ]
    sen = next(week for week in scheduling.list_weeks(session, receptionist) if week.doctor.name == "Dr Sen")
    assert sen.open_until == tuesday


def test_nothing_is_opened_for_one_of_them_when_another_has_no_hours(session, receptionist, doctor):
    a_week(session, receptionist, doctor, "9-11")
    khan = a_user(session, Role.DOCTOR, "Dr Khan")

    with pytest.raises(scheduling.NoWeeklyHours, match="Dr Khan has no weekly hours yet"):
        scheduling.open_from_availability(session, receptionist, [khan.user_id, doctor.user_id], MONDAY, SUNDAY)

    assert scheduling.list_slots(session, receptionist, MONDAY) == []


def test_a_range_that_cannot_be_is_refused_with_every_reason(session, receptionist, doctor):
    with pytest.raises(Invalid) as refusal:
        scheduling.open_from_availability(session, receptionist, [], date(2025, 2, 1), date(2025, 1, 1))
    assert set(refusal.value.problems) == {"doctors", "first_on", "last_on"}

    a_week(session, receptionist, doctor, *["0-23:59"] * 7, minutes=5)
    with pytest.raises(Invalid, match="These would be 104,755 slots at once"):
        scheduling.open_from_availability(
            session, receptionist, [doctor.user_id], MONDAY, MONDAY + timedelta(days=365 - 1)
        )


def test_only_those_who_keep_the_schedule_change_hours_of_those_who_work_here(session, receptionist, doctor):
    with pytest.raises(NotPermitted, match="may not change doctors' hours"):
        a_week(session, doctor, doctor, "9-13")
    with pytest.raises(NotFound, match="There is no doctor"):
        a_week(session, receptionist, receptionist, "9-13")
