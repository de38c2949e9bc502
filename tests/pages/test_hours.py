import re
from datetime import date, time, timedelta

import pytest

from core import scheduling
from core.permissions import Role
from core.scheduling import Leave, SlotState, day_in_text, week_from_text
from pages import ui
from tests.factories import a_user, an_appointment

SATURDAY, MONDAY = date(2025, 3, 1), date(2025, 3, 3)


@pytest.fixture
def hours(open_page, receptionist, doctor):
    """The page with Dr Sen, as the receptionist sees it."""
    return lambda: open_page("hours", receptionist)


@pytest.fixture
def links(monkeypatch):
    """Where links lead, with what they take along; a page without its frame knows no other page."""
    drawn = []
    monkeypatch.setattr(ui, "link", lambda address, label=None, **query: drawn.append((address, query)))
    return drawn


@pytest.fixture
def week(session, receptionist, doctor):
    """What is kept of Dr Sen's week, as text by weekday."""

    def kept():
        (sen,) = scheduling.list_weeks(session, receptionist)
        return [day_in_text(sen.week, weekday) for weekday in range(7)]

    return kept


def press(page, label):
    """Press the button of this label, wherever it is; in a dialog it comes last."""
    return [button for button in page.button if button.label == label][-1].click().run()


def change_hours(page, doctor, **days):
    page.button(key=f"change_{doctor.user_id}").click().run()
    for day, text in days.items():
        next(box for box in page.text_input if box.label == day).set_value(text)
    return page


def states(session, actor):
    return [slot.state for slot in scheduling.list_slots(session, actor, MONDAY)]


def said(page):
    shown = " ".join(text.value for text in page.markdown)
    return re.sub("[\u00a0\u202f]", " ", re.sub("[\\\\\u2060]", "", shown))  # what keeps a time in one line


def test_a_clinic_without_doctors_says_who_adds_them(open_page, receptionist):
    assert "No doctors yet" in said(open_page("hours", receptionist))


def test_hours_are_typed_by_weekday_and_told_in_short(hours, doctor, week):
    page = change_hours(hours(), doctor, Monday="9-13, 14-17", Wednesday="9am-1pm")
    press(page, "Save")

    assert page.toast[0].value.startswith("Hours of Dr Sen saved")
    assert week() == ["9-13, 14-17", "", "9-13", "", "", "", ""]
    assert "**Mon** 9:00 AM–1:00 PM, 2:00 PM–5:00 PM  \n**Wed** 9:00 AM–1:00 PM" in said(page)


def test_monday_is_copied_to_the_working_days_of_the_country(hours, doctor, week):
    page = press(change_hours(hours(), doctor, Monday="9-13"), "Copy Monday to the other working days")
    press(page, "Save")

    assert week() == ["9-13"] * 6 + [""]
    assert "**Mon to Sat** 9:00 AM–1:00 PM" in said(page)


def test_whoever_is_booked_outside_the_new_hours_is_named(session, hours, links, doctor, receptionist):
    scheduling.set_week(session, receptionist, doctor.user_id, week_from_text(["9-11"], 30))
    scheduling.open_from_availability(session, receptionist, [doctor.user_id], MONDAY, MONDAY)
    an_appointment(session, doctor, "Asha Rao", MONDAY, time(9))

    page = change_hours(hours(), doctor, Monday="10-11")
    next(box for box in page.number_input if box.label == "Minutes for each slot").set_value(30)
    press(page, "Save")

    assert page.toast[0].value.startswith("Hours of Dr Sen saved; 1 slot taken away.")
    assert "Call these patients of **Dr Sen**" in said(page)
    assert "Asha Rao" in said(page)


def test_every_line_that_cannot_be_read_is_named_and_nothing_is_kept(hours, doctor, week):
    page = press(change_hours(hours(), doctor, Monday="9-", Friday="13-9"), "Save")

    first, second = page.error[0].value.split("  \n")
    assert first == "Monday: “9-” is not understood. Write hours as 9-13, 14:30-17."
    assert second.startswith("Friday: 13-9 ends before it begins")
    assert week() == [""] * 7


def test_slots_of_two_weeks_are_opened(session, hours, doctor, receptionist):
    scheduling.set_week(session, receptionist, doctor.user_id, week_from_text(["9-11"], 30))
    page = press(hours(), "Open slots")
    key = f"FormSubmitter:{page.session_state['form:open_from_hours']}-Open slots"

    page.button(key=key).click().run()

    assert page.toast[0].value == "8 slots opened"
    assert len(states(session, receptionist)) == 4
    assert "Slots until 10 Mar 2025" in said(page)


def test_who_has_no_hours_is_named_before_slots_are_opened(session, hours, doctor, receptionist):
    page = press(hours(), "Open slots")
    assert page.caption[0].value == "Without weekly hours yet: Dr Sen."

    key = f"FormSubmitter:{page.session_state['form:open_from_hours']}-Open slots"
    page.button(key=key).click().run()

    assert page.error[0].value == "Choose at least one doctor."


def test_leave_shows_whom_it_hits_before_and_after_and_is_taken_back(session, hours, links, doctor, receptionist):
    an_appointment(session, doctor, "Asha Rao")
    scheduling.open_slots(
        session, receptionist, doctor.user_id, scheduling.SlotPlan(MONDAY, MONDAY, time(10), time(11), 30)
    )
    page = press(hours(), "New leave")
    assert "No free slots in this time" in said(page)
    page.date_input(key="leave_first").set_value(MONDAY).run()
    assert "2 slots will be closed." in said(page)
    assert "Asha Rao" in said(page)
    assert links[-1] == ("calendar", {"day": "2025-03-03", "doctor": "Dr Sen"})

    press(page, "Add")
    assert page.toast[0].value == "Dr Sen is away 3 Mar 2025; 2 slots closed"
    assert states(session, receptionist) == [SlotState.BOOKED, SlotState.CLOSED, SlotState.CLOSED]
    assert "Call these patients" in said(page)

    (kept,) = scheduling.list_leave(session, receptionist)
    page = hours()
    page.button(key=f"back_{kept.leave_id}").click().run()
    press(page, "Take it back")
    assert page.toast[0].value == "Leave taken back; 2 slots free again"
    assert states(session, receptionist) == [SlotState.BOOKED, SlotState.FREE, SlotState.FREE]


def test_leave_for_an_afternoon_is_a_part_of_the_day(session, hours, doctor, receptionist):
    page = press(hours(), "New leave")
    page.toggle(key="leave_part").set_value(True).run()
    page.time_input(key="leave_starts").set_value(time(14))
    page.time_input(key="leave_ends").set_value(time(17))
    page.button_group(key="leave_reason_usual").set_value("Meeting").run()

    press(page, "Add")

    (kept,) = scheduling.list_leave(session, receptionist)
    assert kept.leave == Leave(SATURDAY, SATURDAY, "Meeting", time(14), time(17))
    assert "Away today" in said(page)


def test_leave_twice_is_refused_in_words(session, hours, doctor, receptionist):
    scheduling.add_leave(session, receptionist, doctor.user_id, Leave(SATURDAY, SATURDAY + timedelta(days=2)))

    page = press(press(hours(), "New leave"), "Add")

    assert page.error[0].value == "Dr Sen is already away: 1 Mar 2025 to 3 Mar 2025."


def test_a_doctor_does_not_change_hours_here(open_page, session):
    page = open_page("hours", a_user(session, Role.DOCTOR))

    assert page.error[0].value == "As doctor you may not change doctors' hours, leave and slots."
