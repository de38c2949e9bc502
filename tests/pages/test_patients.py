"""The patient's card with its jobs, changing, merging; and the question before somebody is registered twice."""

from datetime import date, time

import pytest

from core import patients, scheduling, token_queue, visits
from core.models import Sex
from core.patients import PatientDetails
from tests.factories import a_completed_visit, a_patient, a_slot, an_appointment, an_invoice

pytestmark = pytest.mark.usefixtures("without_redis")
PHONE = "9876543210"


def labels(page):
    return [button.label for button in page.button]


def button(page, label):
    return next(button for button in page.button if button.label == label)


def field(page, label):
    return next(box for box in page.text_input if box.label == label)


def said(page):
    return " ".join(element.value for kind in ("markdown", "caption", "subheader") for element in page.get(kind))


def send(page, form, label):
    return page.button(key=f"FormSubmitter:{page.session_state[f'form:{form}']}-{label}").click()


def everybody(session, actor):
    return patients.search(session, actor, "")


def new_patient(page, name, phone=PHONE):
    """The desk's form, filled in and sent."""
    button(page, "New patient").click().run()
    field(page, "Name").set_value(name)
    field(page, "Phone").set_value(phone)
    return send(page, "register", "Register and give token").run()


def test_a_new_patient_nobody_knows_is_registered_by_one_press(session, open_page, click_twice, receptionist):
    page = open_page("desk", receptionist)
    button(page, "New patient").click().run()
    field(page, "Name").set_value("Asha Rao")
    field(page, "Phone").set_value(PHONE)

    click_twice(page, "register", send(page, "register", "Register and give token"))

    assert [card.name for card in everybody(session, receptionist)] == ["Asha Rao"]
    assert len(token_queue.board(session, receptionist)) == 1
    assert "Register anyway" not in labels(page)


def test_whoever_may_be_known_is_asked_about_and_the_known_record_gets_the_token(session, open_page, receptionist):
    known = a_patient(session, "Lakshmi Rao", phone=PHONE)

    page = new_patient(open_page("desk", receptionist), "Laxmi Rao")
    assert "same phone, name spelt alike" in said(page)
    assert everybody(session, receptionist) == [known]

    button(page, "This is the patient").click().run()

    assert [card.patient_id for card in token_queue.board(session, receptionist)] == [known.patient_id]
    assert everybody(session, receptionist) == [known]
    assert "New patient" in labels(page)
    assert "This is the patient" not in labels(page)


def test_who_is_somebody_else_all_the_same_is_registered_once(session, open_page, click_twice, receptionist):
    """As the form says it by then."""
    a_patient(session, "Lakshmi Rao", phone=PHONE)
    page = new_patient(open_page("desk", receptionist), "Laxmi Rao")

    field(page, "Name").set_value("Laxmi J Rao")
    click_twice(page, "register", button(page, "Register anyway"))

    assert len(everybody(session, receptionist)) == 2
    assert [card.patient_name for card in token_queue.board(session, receptionist)] == ["Laxmi J Rao"]


def test_a_family_on_one_phone_is_no_question(session, open_page, receptionist):
    a_patient(session, "Asha Rao", phone=PHONE)

    new_patient(open_page("desk", receptionist), "Anu Rao")

    assert len(everybody(session, receptionist)) == 2


def test_the_calendar_asks_too(session, open_page, receptionist, doctor):
    known = a_patient(session, "Lakshmi Rao", phone=PHONE)
    slot_id = a_slot(session, doctor)
    page = open_page("calendar", receptionist, {"day": "2025-03-03"})
    page.button(key=f"slot_{slot_id}").click().run()
    page.toggle(key=f"new_for_{slot_id}").set_value(True).run()
    field(page, "Name").set_value("Laxmi Rao")
    field(page, "Phone").set_value(PHONE)
    send(page, "book_new", "Register and book").run()
    assert everybody(session, receptionist) == [known]

    button(page, "This is the patient").click().run()

    (booked,) = scheduling.list_appointments(session, receptionist, date(2025, 3, 3))
    assert booked.patient_id == known.patient_id


def test_the_card_leads_to_a_booking(session, open_page, receptionist, doctor):
    asha = a_patient(session, "Asha Rao")
    a_patient(session, "Vikram Sen")
    slot_id = a_slot(session, doctor)
    page = open_page("calendar", receptionist, {"day": "2025-03-03", "patient": asha.mrn})
    assert "Booking for **Asha Rao**" in said(page)

    page.button(key=f"slot_{slot_id}").click().run()
    button(page, "Book").click().run()

    (booked,) = scheduling.list_appointments(session, receptionist, date(2025, 3, 3))
    assert booked.patient_id == asha.patient_id
    assert "patient" not in page.query_params


@pytest.fixture
def asha(session, doctor):
    """Seen once, with a bill to pay."""
    card = a_patient(session, "Asha Rao", phone=PHONE, allergies="Penicillin")
    a_completed_visit(session, doctor, card)
    an_invoice(session, patient=card)
    return card


def test_the_desk_sees_every_job_on_the_card(session, open_page, receptionist, asha, links):
    page = open_page("patients", receptionist)
    page.text_input(key="find_patient").set_value("3210").run()

    assert page.query_params["patient"] == asha.mrn
    assert {"Give token", "New bill", "Change", "Merge", "Archive this record"} <= set(labels(page))
    assert ("calendar", {"patient": asha.mrn}) in links
    assert ("cash", {"find": asha.mrn}) in links
    assert "Allergic to Penicillin" in said(page)
    assert "to pay" in said(page)


def test_a_doctor_sees_the_file_and_gives_no_token(session, open_page, doctor, asha, links):
    page = open_page("patients", doctor, {"patient": asha.mrn})

    (visit,) = visits.history(session, doctor, asha.patient_id)
    assert "Acute upper respiratory infection, unspecified" in said(page)
    assert links == [("visit", {"id": str(visit.visit_id)})]
    assert {"Give token", "New bill", "Merge"}.isdisjoint(labels(page))
    assert "Change" in labels(page)


def test_a_pharmacist_has_no_cards(open_page, pharmacist):
    assert open_page("patients", pharmacist).error[0].value == "As pharmacist you may not see patients."


@pytest.mark.parametrize("number", ["P000999-1", "nonsense", "9" * 30, "\0"])
def test_an_address_that_names_nobody_says_so(open_page, receptionist, number):
    page = open_page("patients", receptionist, {"patient": number})

    assert page.error[0].value.startswith("There is no patient")


def test_the_card_gives_a_token_and_checks_in_who_is_booked(session, open_page, receptionist, doctor):
    booked = an_appointment(session, doctor, "Asha Rao", day=date(2025, 3, 1), starts=time(11))
    page = open_page("patients", receptionist, {"patient": str(booked.patient_id)})

    next(b for b in page.button if b.label.startswith("Check in for 11:00")).click().run()

    (card,) = token_queue.board(session, receptionist)
    assert card.appointment_id == booked.appointment_id
    assert "Token **1** today" in said(page)
    assert "Give token" not in labels(page)


def test_a_record_is_archived_and_brought_back(session, open_page, receptionist):
    asha = a_patient(session, "Asha Rao")
    page = open_page("patients", receptionist, {"patient": asha.mrn})

    button(page, "Archive this record").click().run()
    assert everybody(session, receptionist) == []
    assert "Give token" not in labels(page)

    button(page, "Bring it back").click().run()
    assert everybody(session, receptionist) == [asha]


def test_two_who_change_one_record_lose_nothing(session, open_page, receptionist):
    asha = a_patient(session, "Asha Rao", phone=PHONE, address="1 Lake Road")
    page = open_page("patients", receptionist, {"patient": asha.mrn})
    button(page, "Change").click().run()
    field(page, "Name").set_value("Asha R. Rao")
    elsewhere = PatientDetails("Asha Rao", Sex.FEMALE, phone="9811111111", address="1 Lake Road")
    patients.amend(session, receptionist, asha.patient_id, elsewhere)

    send(page, f"amend_{asha.patient_id}", "Save").run()
    assert "phone is now" in page.warning[0].value
    assert (field(page, "Name").value, field(page, "Phone").value) == ("Asha R. Rao", "+919811111111")
    send(page, f"amend_{asha.patient_id}", "Save").run()

    now = patients.get(session, receptionist, asha.patient_id)
    assert (now.name, now.phone) == ("Asha R. Rao", "+919811111111")


def test_two_records_are_compared_merged_and_parted_again(session, open_page, receptionist, asha):
    double = a_patient(session, "Aasha Rao", phone=PHONE, address="4 Lake Road", allergies="Dust")
    page = open_page("patients", receptionist, {"patient": asha.mrn})
    button(page, "Merge").click().run()
    button(page, "Compare").click().run()
    assert "Nothing hangs on it." in said(page)
    next(radio for radio in page.radio if radio.label == "Name").set_value(patients.Keep.GOES)

    button(page, "Merge into one").click().run()

    (card,) = everybody(session, receptionist)
    kept = patients.details(session, receptionist, card.patient_id)
    assert (card.patient_id, kept.name, kept.address) == (asha.patient_id, "Aasha Rao", "4 Lake Road")
    assert kept.allergies == "Penicillin, Dust"

    button(page, "Undo").click().run()
    assert {card.name for card in everybody(session, receptionist)} == {"Asha Rao", "Aasha Rao"}
    assert patients.get(session, receptionist, double.patient_id).archived is False


def test_a_pair_that_cannot_be_merged_now_says_why(session, open_page, receptionist, asha):
    double = a_patient(session, "Aasha Rao")
    token_queue.walk_in(session, receptionist, double.patient_id)
    page = open_page("patients", receptionist, {"patient": asha.mrn, "merge": double.mrn})

    assert "is in today's queue with token 2" in page.error[0].value.replace("\\", "")
    assert "Merge into one" not in labels(page)
    button(page, "Keep the other one instead").click().run()
    assert "Merge into one" in labels(page)
