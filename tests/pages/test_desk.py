from datetime import date, time

import pytest

from core import day_end, patients, token_queue
from core.patients import PatientDetails
from core.permissions import Role
from tests.factories import a_patient, a_user, an_appointment

pytestmark = pytest.mark.usefixtures("without_redis")


def button(page, label):
    return next(button for button in page.button if button.label == label)


def numbers(session, actor):
    return [card.number for card in token_queue.board(session, actor)]


def test_the_patient_that_was_typed_gets_a_token(session, open_page, receptionist):
    a_patient(session, "Asha Rao", phone="9876543210")
    a_patient(session, "Vikram Sen")
    page = open_page("desk", receptionist)

    page.text_input(key="find_0").set_value("43210").run()
    button(page, "Give token").click().run()

    assert not page.exception
    assert [card.patient_name for card in token_queue.board(session, receptionist)] == ["Asha Rao"]


@pytest.mark.parametrize("ended", [False, True])
def test_a_token_after_the_end_of_the_day_says_that_the_day_is_to_be_ended_again(
    session, open_page, receptionist, frozen_clock, ended
):
    frozen_clock(hour=18, minute=40)
    if ended:
        day_end.end_day(session, receptionist, date(2025, 3, 1))
    a_patient(session, "Asha Rao")
    page = open_page("desk", receptionist)
    page.text_input(key="find_0").set_value("asha").run()

    button(page, "Give token").click().run()

    again = ". The day was ended at 6:40\u202fPM. End it again when everybody has left." if ended else ""
    assert page.toast[0].value == f"Token 1 for Asha Rao{again}"


def test_a_double_click_gives_one_token(session, open_page, click_twice, receptionist):
    a_patient(session, "Asha Rao")
    page = open_page("desk", receptionist)
    page.text_input(key="find_0").set_value("asha").run()

    click_twice(page, "walk_in", button(page, "Give token"))

    assert numbers(session, receptionist) == [1]


def test_whoever_waits_already_is_refused_in_words(session, open_page, receptionist):
    asha = a_patient(session, "Asha Rao")
    token_queue.walk_in(session, receptionist, asha.patient_id)
    page = open_page("desk", receptionist)
    page.text_input(key="find_0").set_value("asha").run()

    button(page, "Give token").click().run()

    assert page.error[0].value == "Asha Rao is already in today's queue with token 1."
    assert numbers(session, receptionist) == [1]


def test_with_an_empty_search_box_nobody_is_chosen(session, open_page, receptionist):
    a_patient(session)
    page = open_page("desk", receptionist)

    assert page.radio[0].value is None
    assert "Give token" not in [b.label for b in page.button]


@pytest.mark.parametrize("typed", ["Nobody\0", "\u202eyobodN\u202c", "अ" * 10_000, "'; --", "**x** [a](b) $x$"])
def test_whatever_is_typed_into_the_search_box_is_looked_for(session, open_page, receptionist, typed):
    a_patient(session, "Asha Rao")
    page = open_page("desk", receptionist)

    page.text_input(key="find_0").set_value(typed).run()

    assert not page.exception
    assert any("Nobody found" in markdown.value for markdown in page.markdown)


def test_an_empty_clinic_says_what_to_do(open_page, receptionist):
    page = open_page("desk", receptionist)

    assert any("Alt+N registers a new patient" in markdown.value for markdown in page.markdown)


def test_an_appointment_is_checked_in_with_one_click(session, open_page, receptionist, doctor):
    an_appointment(session, doctor, "Asha Rao", day=date(2025, 3, 1), starts=time(11))
    page = open_page("desk", receptionist)

    button(page, "Check in").click().run()

    (card,) = token_queue.board(session, receptionist)
    assert (card.patient_name, card.doctor_id) == ("Asha Rao", doctor.user_id)
    assert "Check in" not in [b.label for b in page.button]


def test_a_name_with_markup_stays_a_name(session, open_page, receptionist):
    a_patient(session, "<b>Asha</b> [x](http://y) $x$")
    page = open_page("desk", receptionist)

    label = page.radio[0].options[0]
    assert r"\<b\>Asha\</b\> \[x\]\(http\:" in label


def test_a_new_patient_is_registered_with_a_token(session, receptionist):
    details = PatientDetails("Asha Rao", patients.Sex.FEMALE, phone="9876543210", age_years=34)

    card = token_queue.register_and_walk_in(session, receptionist, details)

    assert (card.number, card.patient_name) == (1, "Asha Rao")


def test_a_pharmacist_is_stopped_at_the_desk(session, open_page, pharmacist):
    page = open_page("desk", pharmacist)

    assert page.error[0].value == "As pharmacist you may not give out tokens."
    assert not page.text_input


def test_the_desk_says_how_many_more_are_in_line(session, open_page, receptionist, doctor):
    for number in range(10):
        token_queue.walk_in(session, receptionist, a_patient(session, f"Patient {number}").patient_id, doctor.user_id)

    (line,) = (text.value for text in open_page("desk", receptionist).markdown if "Patient 7" in text.value)

    assert "Patient 8" not in line
    assert line.endswith(":gray[and 2 more]")


def test_the_queue_shows_who_waits_for_whoever_is_free_first(session, open_page, receptionist):
    a_user(session, Role.DOCTOR, "Dr Sen")
    token_queue.walk_in(session, receptionist, a_patient(session, "Asha Rao").patient_id)
    page = open_page("queue", receptionist)

    assert [heading.value for heading in page.subheader] == ["First free doctor", "Dr Sen"]
    assert any("Asha Rao" in markdown.value for markdown in page.markdown)


def test_a_receptionist_calls_the_next_one_for_a_doctor(session, open_page, click_twice, receptionist, doctor):
    for name in ("Asha Rao", "Vikram Sen"):
        token_queue.walk_in(session, receptionist, a_patient(session, name).patient_id, doctor.user_id)
    page = open_page("queue", receptionist)

    click_twice(page, f"call_next_{doctor.user_id}", button(page, "Call next"))

    states = [(card.patient_name, card.state) for card in token_queue.board(session, receptionist)]
    assert states == [("Asha Rao", "CALLED"), ("Vikram Sen", "WAITING")]
