import pytest

from core import clock, icd10, quality, scheduling, token_queue, visits
from core.models import AppointmentState, Sex
from core.permissions import Role
from core.scheduling import Leave
from pages.ui.office import quality_list
from tests.factories import (
    a_completed_visit,
    a_medicine,
    a_patient,
    a_token,
    a_user,
    a_visit,
    an_admin,
    an_appointment,
    an_invoice,
)

pytestmark = pytest.mark.usefixtures("without_redis")


def said(page):
    return " ".join(element.value for kind in ("markdown", "caption", "subheader") for element in page.get(kind))


def labels(page):
    return [button.label for button in page.button]


def button(page, label):
    return next(button for button in page.button if button.label == label)


@pytest.fixture(autouse=True)
def ways(monkeypatch):
    """Where links lead, with what they take along; a page without its frame knows no other page."""
    drawn = []
    monkeypatch.setattr(quality_list, "link", lambda address, label=None, **query: drawn.append((address, query)))
    return drawn


def test_a_clinic_in_order_is_told_so(open_page, admin):
    page = open_page("quality", admin)

    assert "every check is clean" in said(page)
    assert labels(page) == []
    assert said(page).count("check_circle") == len(quality.CHECKS)


def test_who_is_booked_in_leave_is_moved_in_the_calendar(session, open_page, receptionist, doctor, ways):
    booked = an_appointment(session, doctor)
    day = clock.day_of(booked.starts_at)
    scheduling.add_leave(session, receptionist, doctor.user_id, Leave(day, day))

    open_page("quality", receptionist, {"check": "away"})

    assert ways == [("calendar", {"day": "2025-03-03"})]


def test_the_worst_comes_first_and_a_click_lists_its_records(session, open_page, pharmacist):
    a_medicine(session, "Cough syrup", price="0")
    page = open_page("quality", pharmacist)
    assert "1 to mend, found by 1 of 4 checks" in said(page)

    page.button(key="open_medicines").click().run()

    assert page.query_params["check"] == "medicines"
    assert "No price, generic name" in said(page)


def test_an_analyst_sees_counts_and_no_record(session, open_page):
    a_patient(session, "Lakshmi Sharma", sex=Sex.UNKNOWN)
    analyst = a_user(session, Role.ANALYST)
    assert "1 to mend" in said(open_page("quality", analyst))

    page = open_page("quality", analyst, {"check": "incomplete"})

    assert "You may not see patients" in said(page)
    assert "Lakshmi" not in said(page)


def test_a_check_of_another_role_is_closed(open_page, pharmacist):
    page = open_page("quality", pharmacist, {"check": "duplicates"})

    assert "This check is not for your role." in said(page)


def test_an_address_that_names_no_check_shows_them_all(open_page, admin):
    assert "every check is clean" in said(open_page("quality", admin, {"check": "nonsense"}))


def test_a_doctor_adds_the_missing_code_in_place(session, open_page, lists_read, doctor):
    visit = a_visit(session, doctor)
    visits.add_note(session, doctor, visit.visit_id, "Sore throat.")
    visits.complete(session, doctor, visit.visit_id)
    page = open_page("quality", doctor, {"check": "uncoded"})
    (read,) = lists_read()
    assert read.startswith("data quality: ")

    button(page, "Add the code").click().run()
    page.text_input[0].set_value("J02.9").run()
    hit = icd10.find("J02.9")
    next(b for b in page.button if hit.title.split(",")[0] in b.label).click().run()

    assert [found.code for found in visits.get(session, doctor, visit.visit_id).diagnoses] == ["J02.9"]
    assert "Nothing to mend here." in said(page.run())


def test_another_doctor_sees_the_visit_and_does_not_code_it(session, open_page, doctor):
    visit = a_visit(session, doctor)
    visits.add_note(session, doctor, visit.visit_id, "Sore throat.")
    visits.complete(session, doctor, visit.visit_id)

    page = open_page("quality", a_user(session, Role.DOCTOR), {"check": "uncoded"})

    assert "Asha Rao" in said(page)
    assert "Add the code" not in labels(page)


def test_the_desk_closes_a_token_and_a_missed_appointment_in_place(
    session, open_page, click_twice, receptionist, doctor, frozen_clock
):
    token, booked = a_token(session, "Asha Rao"), an_appointment(session, doctor, "Vikram Sen")
    frozen_clock(day=4)

    page = open_page("quality", receptionist, {"check": "tokens"})
    click_twice(page, f"left_{token.token_id}", button(page, "Left unseen"))
    assert token_queue.get(session, receptionist, token.token_id).state == "NO_SHOW"

    page = open_page("quality", receptionist, {"check": "bookings"})
    button(page, "Did not come").click().run()
    session.expire_all()
    assert scheduling.locked(session, booked.appointment_id).state is AppointmentState.NO_SHOW


def test_the_desk_opens_the_incomplete_record_in_place(session, open_page, receptionist):
    a_patient(session, "Asha Rao", sex=Sex.UNKNOWN)
    page = open_page("quality", receptionist, {"check": "incomplete"})

    button(page, "Complete").click().run()

    assert next(box.value for box in page.text_input if box.label == "Name") == "Asha Rao"
    assert "Save" in labels(page)


def test_each_record_leads_to_where_it_is_mended(session, open_page, receptionist, doctor, frozen_clock, ways):
    one, other = (a_patient(session, "Asha Rao", phone="9876543210") for _ in range(2))
    a_completed_visit(session, doctor, one)
    left = a_visit(session, doctor, other)
    frozen_clock(day=2)

    open_page("quality", receptionist, {"check": "duplicates"})
    open_page("quality", receptionist, {"check": "unbilled"})
    open_page("quality", doctor, {"check": "left-open"})
    assert ways == [
        ("patients", {"patient": one.mrn, "merge": other.mrn}),
        ("cash", {"find": one.mrn}),
        ("room", {"visit": str(left.visit_id)}),
    ]


def test_the_way_leads_to_the_record(session, open_page, receptionist, doctor, pharmacist, frozen_clock):
    asha, vikram = a_patient(session, "Asha Rao"), a_patient(session, "Vikram Sen")
    a_completed_visit(session, doctor, asha)
    medicine = a_medicine(session)
    an_invoice(session, (medicine, 10), paid=True, patient=vikram)
    left = a_visit(session, doctor, vikram)

    desk = open_page("desk", receptionist, {"find": vikram.mrn})
    assert (desk.text_input[0].value, dict(desk.query_params)) == (vikram.mrn, {})
    assert "Give token" in labels(desk)
    cash = open_page("cash", receptionist, {"find": asha.mrn})
    assert "Make bill" in labels(cash)
    counter = open_page("counter", pharmacist, {"find": vikram.mrn})
    assert "Hand over" in labels(counter)
    room = open_page("room", doctor, {"visit": str(left.visit_id)})
    assert room.session_state["room_visit"] == left.visit_id


def test_who_is_signed_out_sees_nothing(session, open_page):
    page = open_page("quality", an_admin(session))
    page.session_state["token"] = "gone"
    page.run()

    assert "signed out" in page.warning[0].value
