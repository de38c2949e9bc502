"""The waiting list of a full day on the calendar, and the week."""

from datetime import date, time, timedelta

import pytest

from core import clock, scheduling
from core.permissions import Role
from tests.factories import a_completed_visit, a_patient, a_slot, a_user, an_appointment

MONDAY = date(2025, 3, 3)
SENTENCE = "Vikram Sen waits for Dr Sen on 3 Mar 2025"


@pytest.fixture
def calendar(open_page, receptionist):
    """The calendar of Monday as the receptionist sees it; more goes into the address."""
    return lambda **more: open_page("calendar", receptionist, {"day": "2025-03-03", **more})


@pytest.fixture
def waits(session, receptionist, doctor):
    """Call with a name: a new patient on Monday's list of Dr Sen."""

    def add(name="Vikram Sen"):
        patient = a_patient(session, name, phone="9876543210")
        return scheduling.add_to_list(session, receptionist, patient.patient_id, doctor.user_id, MONDAY)

    return add


def press(page, label):
    return next(button for button in page.button if button.label == label).click().run()


def listed(session, actor):
    return [wish.patient_name for wish in scheduling.list_waiting(session, actor, MONDAY)]


def names(session, actor):
    return [slot.patient_name for slot in scheduling.list_slots(session, actor, MONDAY)]


def test_a_full_doctor_has_a_button_that_adds_to_the_list(session, calendar, doctor, receptionist):
    an_appointment(session, doctor)
    a_patient(session, "Vikram Sen")
    page = calendar()
    page.button(key=f"wait_full_{doctor.user_id}").click().run()

    page.text_input(key="find_for_waiting").set_value("vikram").run()
    page.text_input(key="wait_note").set_value("Only in the morning").run()
    press(page, "Add")

    [wish] = scheduling.list_waiting(session, receptionist, MONDAY)
    assert (wish.patient_name, wish.doctor_name, wish.note) == ("Vikram Sen", "Dr Sen", "Only in the morning")
    assert page.toast[0].value == SENTENCE
    assert "Waiting list: 1" in [text.value for text in page.subheader]


def test_whoever_s_card_led_here_is_added_without_a_search(session, calendar, doctor, receptionist):
    an_appointment(session, doctor)
    vikram = a_patient(session, "Vikram Sen")
    page = calendar(patient=vikram.mrn)

    page.button(key=f"wait_full_{doctor.user_id}").click().run()
    press(page, "Add")

    assert listed(session, receptionist) == ["Vikram Sen"]


def test_while_a_slot_is_free_the_list_says_which(session, calendar, doctor, receptionist):
    a_slot(session, doctor)
    a_patient(session, "Vikram Sen")
    page = calendar()
    assert f"wait_full_{doctor.user_id}" not in [button.key for button in page.button]

    page.button(key="wait_toolbar_0").click().run()
    page.text_input(key="find_for_waiting").set_value("vikram").run()
    page.text_input(key="wait_note").set_value("x" * 10_000).run()
    press(page, "Add")
    assert page.error[0].value == "The note is too long: 10,000 characters, at most 200."

    page.text_input(key="wait_note").set_value("").run()
    press(page, "Add")
    assert page.error[0].value == "Dr Sen is still free at 9:00\u202fAM on 3 March. Book that slot instead."
    assert listed(session, receptionist) == []


def test_a_cancelled_slot_is_offered_at_once_to_those_who_wait(session, calendar, doctor, receptionist, waits):
    booked = an_appointment(session, doctor, "Asha Rao")
    waits("Vikram Sen")
    page = calendar()
    page.button(key=f"slot_{booked.slot_id}").click().run()
    next(box for box in page.get("button_group") if box.label == "Why").set_value("Patient asked")
    press(page, "Cancel it")

    press(page, "Book Vikram Sen")

    assert (names(session, receptionist), listed(session, receptionist)) == (["Vikram Sen"], [])
    assert not [button for button in page.button if button.label == "Close this slot"], "the dialog is closed"


def test_each_in_line_is_offered_another_slot_from_the_list(session, calendar, doctor, receptionist, waits):
    for name in ("Vikram Sen", "Zeenat Aman", "Meera Nair"):
        waits(name)
    for hour in (9, 11):
        a_slot(session, doctor, starts=time(hour))
    page = calendar()
    offered = [button.label for button in page.button if button.label.startswith("Book ")]
    assert [label.replace("\u202f", " ") for label in offered] == ["Book 9\\:00 AM, Dr Sen", "Book 11\\:00 AM, Dr Sen"]

    press(page, offered[1])

    assert names(session, receptionist) == [None, "Zeenat Aman"]
    assert listed(session, receptionist) == ["Vikram Sen", "Meera Nair"]


def test_who_does_not_wait_any_more_is_taken_off(session, calendar, receptionist, waits):
    wish = waits("Vikram Sen")
    page = calendar()

    page.button(key=page.session_state[f"form:off_{wish.entry_id}"]).click().run()

    assert listed(session, receptionist) == []
    assert page.toast[0].value == "Vikram Sen taken off the waiting list"


def test_whom_another_desk_has_booked_is_refused_in_words(session, calendar, doctor, receptionist, waits, monkeypatch):
    wish = waits("Vikram Sen")
    slot_id = a_slot(session, doctor)
    page = calendar()
    before = scheduling.list_waiting(session, receptionist, MONDAY)
    scheduling.take_off_list(session, receptionist, wish.entry_id)
    monkeypatch.setattr(scheduling, "list_waiting", lambda *_: before)  # what the desk still sees

    page.button(key=page.session_state[f"form:answer_{wish.entry_id}_{slot_id}"]).click().run()

    assert page.error[0].value == "Vikram Sen does not wait for 3 March any more."
    assert names(session, receptionist) == [None]


def test_a_past_day_has_nobody_added(calendar):
    assert calendar(day="2025-02-28").button(key="wait_toolbar_0").disabled


def test_the_fee_is_told_before_booking(session, calendar, doctor):
    asha = a_patient(session, "Asha Rao")
    a_completed_visit(session, doctor, asha)
    slot_id = a_slot(session, doctor)
    page = calendar()
    page.button(key=f"slot_{slot_id}").click().run()

    page.text_input(key=f"find_for_{slot_id}").set_value("asha").run()

    told = [text.value for text in page.caption if "fee" in text.value]
    assert told == [":material/payments: Follow-up fee ₹200\\.00 · until 8 Mar 2025"]


def test_a_week_of_one_doctor_has_every_slot_and_books(session, calendar, doctor, receptionist):
    wednesday = a_slot(session, doctor, MONDAY + timedelta(days=2))
    a_slot(session, a_user(session, Role.DOCTOR, "Dr Khan"))
    a_patient(session, "Asha Rao")
    page = calendar(view="Week", doctor="Dr Sen")
    assert [button.key for button in page.button if (button.key or "").startswith("slot_")] == [f"slot_{wednesday}"]

    page.button(key=f"slot_{wednesday}").click().run()
    page.text_input(key=f"find_for_{wednesday}").set_value("asha").run()
    press(page, "Book")
    assert scheduling.get_slot(session, receptionist, wednesday).patient_name == "Asha Rao"

    page.button(key="day_after").click().run()
    assert page.date_input(key="day").value == MONDAY + timedelta(days=7)
    assert any("No slots in the week 10 Mar 2025 to 16 Mar 2025" in text.value for text in page.markdown)


def test_an_appointment_is_moved_within_the_week(session, calendar, doctor, receptionist):
    booked, target = an_appointment(session, doctor), a_slot(session, doctor, MONDAY + timedelta(days=3))
    page = calendar(view="Week", doctor="Dr Sen")
    page.button(key=f"slot_{booked.slot_id}").click().run()
    press(page, "Move")

    page.button(key=page.session_state[f"form:move_{target}"]).click().run()

    [moved] = scheduling.list_appointments(session, receptionist, MONDAY + timedelta(days=3))
    assert clock.day_of(moved.starts_at) == MONDAY + timedelta(days=3)


def test_the_week_of_all_doctors_leads_to_the_day_of_one(session, calendar, doctor):
    an_appointment(session, doctor)
    other = a_user(session, Role.DOCTOR, "Dr Khan")
    a_slot(session, other, MONDAY + timedelta(days=1))
    page = calendar(view="Week")
    assert page.button(key=f"day_{MONDAY}_{doctor.user_id}").label == "Dr Sen :orange[full]"

    page.button(key=f"day_{MONDAY + timedelta(days=1)}_{other.user_id}").click().run()

    assert [text.value for text in page.subheader] == ["Dr Khan"]
    assert page.date_input(key="day").value == MONDAY + timedelta(days=1)


def test_two_doctors_of_one_name_are_told_apart(session, calendar, doctor, receptionist):
    other = a_user(session, Role.DOCTOR, "Dr Sen")
    a_patient(session, "Asha Rao")
    page = calendar()
    assert len(set(page.selectbox(key="doctor").options)) == 3

    page.selectbox(key="doctor").set_value(other.user_id).run()
    page.button(key=f"wait_toolbar_{other.user_id}").click().run()
    page.text_input(key="find_for_waiting").set_value("asha").run()
    press(page, "Add")

    assert [wish.doctor_id for wish in scheduling.list_waiting(session, receptionist, MONDAY)] == [other.user_id]
