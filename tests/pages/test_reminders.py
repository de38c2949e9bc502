from datetime import date, time

import pytest

from core import scheduling
from pages.ui.calendar import reminding
from tests.factories import a_patient, a_slot

SUNDAY = date(2025, 3, 2)


@pytest.fixture
def reminders(open_page, receptionist):
    """The page as the receptionist sees it on Saturday."""
    return lambda: open_page("reminders", receptionist)


@pytest.fixture
def booked(session, receptionist, doctor):
    """Call with name, phone and hour: an appointment of tomorrow."""

    def book(name="Asha Rao", phone="9876543210", hour=9):
        patient = a_patient(session, name, phone=phone)
        slot_id = a_slot(session, doctor, SUNDAY, time(hour))
        return scheduling.book(session, receptionist, slot_id, patient.patient_id)

    return book


def press(page, label):
    return next(button for button in page.button if button.label == label).click().run()


def marks(session, actor):
    found = scheduling.list_reminders(session, actor, SUNDAY)
    return [reminder.appointment.reminded_at is not None for reminder in found]


def test_without_appointments_tomorrow_there_is_nobody_to_remind(reminders):
    page = reminders()

    assert any("Nobody is booked for Sunday, 2 March 2025" in text.value for text in page.markdown)
    assert not page.button


def test_everybody_with_a_phone_is_marked_at_once(session, reminders, booked, receptionist):
    booked("Asha Rao")
    booked("Vikram Sen", phone="", hour=10)
    page = reminders()
    assert [code.value.startswith("Lotus Clinic: Asha Rao has") for code in page.code] == [True]
    assert "Vikram Sen" in page.warning[0].value

    press(page, "Mark 1 as reminded")

    assert marks(session, receptionist) == [True, False]
    assert page.toast[0].value == "1 marked as reminded"


def test_who_was_moved_while_the_list_was_open_is_left_out(session, reminders, booked, receptionist, doctor):
    first = booked("Asha Rao")
    booked("Vikram Sen", hour=10)
    page = reminders()
    scheduling.reschedule(session, receptionist, first.appointment_id, a_slot(session, doctor, SUNDAY, time(12)))

    press(page, "Mark 2 as reminded")

    assert marks(session, receptionist) == [True, False]
    assert page.toast[0].value == "1 marked as reminded; 1 changed meanwhile and left out"


def test_a_mark_is_taken_back(session, reminders, booked, receptionist):
    booked()
    page = press(reminders(), "Mark as reminded")
    assert marks(session, receptionist) == [True]
    assert page.expander[0].label == "Reminded: 1"

    press(page, "Take back")
    assert marks(session, receptionist) == [False]


def test_the_file_has_everybody_and_runs_no_formula(session, booked, receptionist):
    booked("=Asha", phone="")
    booked("Vikram Sen", hour=10)

    written = reminding.as_csv(scheduling.list_reminders(session, receptionist, SUNDAY)).decode("utf-8-sig")

    header, first, second, end = written.split("\r\n")
    assert header == "date,time,patient,mrn,phone,doctor,reminded,message"
    assert first.startswith("2025-03-02,09:00,'=Asha,")
    assert ",919876543210," in second
    assert not end
