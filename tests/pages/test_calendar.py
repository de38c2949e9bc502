from datetime import date, time, timedelta

import pytest

from core import clock, patients, scheduling, token_queue
from core.permissions import Role
from core.scheduling import AppointmentState, SlotPlan, SlotState
from tests.factories import a_patient, a_slot, a_user, an_appointment

MONDAY = date(2025, 3, 3)
ON_MONDAY = {"day": "2025-03-03"}


@pytest.fixture
def calendar(open_page, receptionist):
    """The calendar of Monday as the receptionist sees it."""
    return lambda: open_page("calendar", receptionist, ON_MONDAY)


def press(page, label):
    """Press the button of this label, wherever it is."""
    return next(button for button in page.button if button.label == label).click().run()


def open_slot(page, slot_id):
    return page.button(key=f"slot_{slot_id}").click().run()


def states(session, actor, day=MONDAY):
    return [slot.state for slot in scheduling.list_slots(session, actor, day)]


def booked_names(session, actor, day=MONDAY):
    return [slot.patient_name for slot in scheduling.list_slots(session, actor, day) if slot.patient_name]


def test_a_day_without_slots_says_how_to_make_them(open_page, receptionist):
    page = open_page("calendar", receptionist)

    assert any("No slots on Saturday, 1 March 2025" in text.value for text in page.markdown)


def test_the_day_stands_in_the_address_and_is_turned(session, calendar, doctor):
    a_slot(session, doctor)
    page = calendar()
    assert [text.value for text in page.subheader] == ["Dr Sen"]

    page.button(key="day_before").click().run()
    assert page.date_input(key="day").value == MONDAY - timedelta(days=1)
    page.button(key="today").click().run()
    assert page.date_input(key="day").value == clock.today()


def test_a_free_slot_is_booked_for_the_first_patient_found(session, calendar, doctor, receptionist):
    slot_id = a_slot(session, doctor)
    a_patient(session, "Asha Rao")
    a_patient(session, "Vikram Sen")
    page = open_slot(calendar(), slot_id)

    page.text_input(key=f"find_for_{slot_id}").set_value("asha").run()
    press(page, "Book")

    assert booked_names(session, receptionist) == ["Asha Rao"]
    assert page.toast[0].value.startswith("Asha Rao booked for 3 Mar 2025")


def test_a_double_click_books_once(session, calendar, doctor, receptionist, click_twice):
    slot_id = a_slot(session, doctor)
    a_patient(session, "Asha Rao")
    page = open_slot(calendar(), slot_id)
    page.text_input(key=f"find_for_{slot_id}").set_value("asha").run()
    book = next(button for button in page.button if button.label == "Book")

    click_twice(page, "book", book)

    assert not page.error
    assert len(scheduling.list_appointments(session, receptionist, MONDAY)) == 1


def test_who_is_not_known_is_registered_and_booked(session, calendar, doctor, receptionist):
    slot_id = a_slot(session, doctor)
    page = open_slot(calendar(), slot_id)

    page.text_input(key=f"find_for_{slot_id}").set_value("Zeenat Aman").run()
    press(page, "Register and book")

    assert booked_names(session, receptionist) == ["Zeenat Aman"]
    assert [card.name for card in patients.search(session, receptionist, "Zeenat")] == ["Zeenat Aman"]


def test_a_slot_that_was_closed_meanwhile_is_refused_in_words(session, calendar, doctor, receptionist, monkeypatch):
    slot_id = a_slot(session, doctor)
    a_patient(session, "Asha Rao")
    page = open_slot(calendar(), slot_id)
    page.text_input(key=f"find_for_{slot_id}").set_value("asha").run()
    before = scheduling.get_slot(session, receptionist, slot_id)
    scheduling.block(session, receptionist, doctor.user_id, *clock.day_bounds(MONDAY))
    session.flush()
    monkeypatch.setattr(scheduling, "get_slot", lambda *_: before)  # what the desk still sees

    press(page, "Book")

    assert page.error[0].value == "The slot at 9:00\u202fAM on 3 March is closed. Choose another."


def test_an_appointment_is_moved_by_a_click_on_another_slot(session, calendar, doctor, receptionist):
    booked = an_appointment(session, doctor, "Asha Rao")
    target = a_slot(session, doctor, starts=time(11))
    page = open_slot(calendar(), booked.slot_id)

    press(page, "Move")
    key = page.session_state[f"form:move_{target}"]
    page.button(key=key).click().run()

    assert states(session, receptionist) == [SlotState.FREE, SlotState.BOOKED]
    assert page.toast[0].value.startswith("Asha Rao moved to 3 Mar 2025, 11:00")


def test_a_move_is_given_up(session, calendar, doctor, receptionist):
    booked = an_appointment(session, doctor, "Asha Rao")
    page = press(open_slot(calendar(), booked.slot_id), "Move")

    press(page, "Leave it there")

    assert not any("Moving" in text.value for text in page.markdown)
    assert states(session, receptionist) == [SlotState.BOOKED]


def test_cancelling_needs_a_reason_and_keeps_it_on_the_day(session, calendar, doctor, receptionist):
    booked = an_appointment(session, doctor, "Asha Rao")
    page = press(open_slot(calendar(), booked.slot_id), "Cancel it")
    assert page.error[0].value == "The reason is missing."

    next(box for box in page.get("button_group") if box.label == "Why").set_value("Patient asked")
    press(page, "Cancel it")

    assert states(session, receptionist) == [SlotState.FREE]
    assert page.expander[0].label == "Cancelled or missed: 1"
    assert any("Patient asked" in text.value for text in page.expander[0].markdown)


def test_who_comes_is_checked_in_on_the_day_only(session, calendar, doctor, receptionist, frozen_clock):
    booked = an_appointment(session, doctor, "Asha Rao")
    page = open_slot(calendar(), booked.slot_id)
    assert "Check in" not in [button.label for button in page.button]

    frozen_clock(2025, 3, 3, 8, 50)
    page = press(open_slot(calendar(), booked.slot_id), "Check in")

    assert [card.patient_name for card in token_queue.board(session, receptionist)] == ["Asha Rao"]
    assert page.toast[0].value == "Token 1 for Asha Rao"


def test_who_did_not_come_is_marked_once_the_time_has_passed(session, calendar, doctor, receptionist, frozen_clock):
    booked = an_appointment(session, doctor, "Asha Rao")
    frozen_clock(2025, 3, 3, 9, 30)

    press(open_slot(calendar(), booked.slot_id), "Did not come")

    (missed,) = scheduling.list_appointments(session, receptionist, MONDAY)
    assert missed.state is AppointmentState.NO_SHOW


def test_slots_are_opened_in_bulk(session, calendar, doctor, receptionist):
    page = press(calendar(), "Open slots")

    page.button(key=f"FormSubmitter:{page.session_state['form:open_slots']}-Open slots").click().run()

    assert page.toast[0].value == "96 slots opened"
    assert len(states(session, receptionist)) == 16


def test_a_plan_that_cannot_be_is_refused_with_every_reason(session, calendar, doctor):
    page = press(calendar(), "Open slots")
    next(box for box in page.time_input if box.label == "Until").set_value(time(8))
    next(box for box in page.date_input if box.label == "Last day").set_value(date(2025, 3, 2))

    page.button(key=f"FormSubmitter:{page.session_state['form:open_slots']}-Open slots").click().run()

    assert page.error[0].value == "The last day must not be before the first.  \nThe end must be later than the start."


def test_blocking_a_day_shows_whom_it_hits_and_is_taken_back(session, calendar, doctor, receptionist):
    an_appointment(session, doctor, "Asha Rao")
    plan = SlotPlan(MONDAY, MONDAY, time(10), time(11), 30)
    scheduling.open_slots(session, receptionist, doctor.user_id, plan)
    page = press(calendar(), "Block time")
    assert "1 booked" in page.warning[0].value
    assert "Asha Rao" in page.warning[0].value

    press(page, "Block")
    assert page.toast[0].value == "2 slots blocked; 1 booked left as they are"
    assert states(session, receptionist) == [SlotState.BOOKED, SlotState.CLOSED, SlotState.CLOSED]

    press(press(page, "Block time"), "Open again")
    assert states(session, receptionist) == [SlotState.BOOKED, SlotState.FREE, SlotState.FREE]


def test_one_slot_is_closed_and_opened_again(session, calendar, doctor, receptionist):
    slot_id = a_slot(session, doctor)
    page = press(open_slot(calendar(), slot_id), "Close this slot")
    assert states(session, receptionist) == [SlotState.CLOSED]

    press(open_slot(page, slot_id), "Open again")
    assert states(session, receptionist) == [SlotState.FREE]


def test_a_pharmacist_has_no_calendar(session, open_page, pharmacist):
    page = open_page("calendar", pharmacist)

    assert page.error[0].value == "As pharmacist you may not book appointments."
    assert not page.title


def test_two_doctors_stand_side_by_side_and_one_can_be_chosen(session, calendar, doctor):
    other = a_user(session, Role.DOCTOR, "Dr Khan")
    a_slot(session, doctor)
    a_slot(session, other)
    page = calendar()
    assert [text.value for text in page.subheader] == ["Dr Khan", "Dr Sen"]

    page.selectbox(key="doctor").set_value(doctor.user_id).run()
    assert [text.value for text in page.subheader] == ["Dr Sen"]


def test_a_name_with_markup_stays_text_in_the_hint_of_its_slot(session, calendar, doctor):
    booked = an_appointment(session, doctor, "[Asha](http://example.org)")

    assert "\\[Asha\\]" in calendar().button(key=f"slot_{booked.slot_id}").help
