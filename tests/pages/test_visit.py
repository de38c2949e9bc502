"""One visit, whole: read by whoever may, amended by its doctor, reopened by an administrator."""

from datetime import date
from decimal import Decimal

import pytest

from core import patients, prescriptions, visits
from core.models import VisitState
from core.permissions import Role
from core.visits import Measurements
from tests.factories import a_completed_visit, a_patient, a_user, a_visit, an_item

pytestmark = pytest.mark.usefixtures("without_redis")


def said(page):
    shown = [*page.markdown, *page.caption, *page.error, *page.text, *page.subheader]
    return "\n".join(str(element.value) for element in shown)


def button(page, label):
    return next(button for button in page.button if button.label == label)


def labels(page):
    return [button.label for button in page.button if button.label]


def outsider(session, actor, visit):
    """Who has said why they open this file."""
    patients.open_file(session, actor, visit.patient.patient_id, "Quality check")
    return actor


def look(open_page, actor, visit):
    return open_page("visit", actor, {"id": str(visit.visit_id)})


def fresh(session, doctor, visit):
    session.expire_all()
    return visits.get(session, doctor, visit.visit_id)


def test_a_completed_visit_is_read_whole(session, doctor, open_page, frozen_clock):
    visit = a_visit(session, doctor)
    visits.record_vitals(session, doctor, visit.visit_id, Measurements(pulse_bpm=72))
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    first = visits.add_note(session, doctor, visit.visit_id, "Cough, left")
    prescriptions.prescribe(session, doctor, visit.visit_id, [an_item(session)])
    visits.complete(session, doctor, visit.visit_id, date(2025, 3, 10))
    frozen_clock(day=4)
    visits.amend_note(session, doctor, first.note_id, "Cough, right", "The side was wrong")

    shown = said(look(open_page, outsider(session, a_user(session, Role.DOCTOR), visit), visit))

    for words in (
        *("Asha Rao", "pulse\u00a072", "J06\\.9", "Cough, right", "~~Cough, left~~", "The side was wrong"),
        *("Amoxicillin", "three times a day", "follow-up on 10 Mar 2025", "**Completed**", "Note amended"),
    ):
        assert words in shown


def test_another_doctor_reads_and_changes_nothing(session, doctor, open_page):
    visit = a_completed_visit(session, doctor)
    page = look(open_page, outsider(session, a_user(session, Role.DOCTOR), visit), visit)

    assert "Only Dr Sen can change this visit" in said(page)
    assert labels(page) == []


def test_the_doctor_adds_a_note_with_a_reason(session, doctor, open_page, click_twice):
    visit = a_completed_visit(session, doctor)
    page = look(open_page, doctor, visit)

    button(page, "Add a note").click().run()
    page.text_area[0].set_value("X-ray clear")
    button(page, "Add the note").click().run()
    assert "cannot be changed. Amend it with a reason" in page.error[0].value
    page.text_area[0].set_value("X-ray clear")
    page.text_input[0].set_value("Came later")
    click_twice(page, f"late_note_{visit.visit_id}", button(page, "Add the note"))

    assert [(note.body, note.reason) for note in fresh(session, doctor, visit).notes] == [("X-ray clear", "Came later")]


def test_the_doctor_amends_a_signed_note_with_a_reason(session, doctor, open_page):
    visit = a_visit(session, doctor)
    visits.add_note(session, doctor, visit.visit_id, "Cough, left")
    visits.complete(session, doctor, visit.visit_id)
    page = look(open_page, doctor, visit)

    button(page, "Amend").click().run()
    page.text_area[0].set_value("Cough, right")
    button(page, "Save the new wording").click().run()
    assert "cannot be changed. Amend it with a reason" in page.error[0].value
    page.text_input[0].set_value("The side was wrong")
    button(page, "Save the new wording").click().run()

    assert [note.body for note in fresh(session, doctor, visit).notes] == ["Cough, left", "Cough, right"]
    assert "~~Cough, left~~" in said(page)


def test_the_doctor_strikes_a_diagnosis_and_adds_another(session, doctor, open_page):
    visit = a_completed_visit(session, doctor, code="J06.9")
    page = look(open_page, doctor, visit)

    page.button(key=f"strike_diagnosis_{visit.diagnoses[0].diagnosis_id}").click().run()
    page.text_input[0].set_value("It was measles")
    button(page, "Strike").click().run()
    assert "~~J06" in said(page)
    button(page, "Add a diagnosis").click().run()
    page.text_input[0].set_value("Rash came out").run()
    page.text_input[1].set_value("measles").run()
    next(hit for hit in page.button if hit.label.startswith(":blue-badge[B05\\.9]")).click().run()

    amended = fresh(session, doctor, visit)
    assert [(found.code, found.reason) for found in amended.diagnoses] == [("B05.9", "Rash came out")]
    assert [found.struck.reason for found in amended.struck_diagnoses] == ["It was measles"]


def test_the_doctor_adds_vitals_and_moves_the_follow_up(session, doctor, open_page):
    asha = a_patient(session, age_years=40)
    visit = a_visit(session, doctor, asha)
    visits.record_vitals(session, doctor, visit.visit_id, Measurements(weight_kg=Decimal(70)))
    visits.add_note(session, doctor, visit.visit_id, "Fine")
    visits.complete(session, doctor, visit.visit_id)
    page = look(open_page, doctor, visit)

    button(page, "Add vitals").click().run()
    next(box for box in page.number_input if box.label == "Weight kg").set_value(154.0)
    page.text_input[0].set_value("On paper")
    button(page, "Add the vitals").click().run()
    assert "154 pounds are 69.9 kg" in page.warning[0].value.replace("\\", "")
    page.checkbox[0].check()
    button(page, "Add the vitals").click().run()
    button(page, "Change the follow-up").click().run()
    page.date_input[0].set_value(date(2025, 3, 9))
    page.text_input[0].set_value("Forgotten")
    button(page, "Change").click().run()

    amended = fresh(session, doctor, visit)
    assert [str(taken.measured.weight_kg) for taken in amended.vitals] == ["70.00", "154.00"]
    assert amended.follow_up_on == date(2025, 3, 9)
    assert "Follow-up: 9 March 2025 instead of none" in said(page)


def test_an_administrator_reopens_and_the_doctor_goes_on_in_the_room(session, doctor, admin, open_page, links):
    visit = a_completed_visit(session, doctor)
    page = look(open_page, outsider(session, admin, visit), visit)
    assert labels(page) == ["Reopen the visit"]

    button(page, "Reopen the visit").click().run()
    button(page, "Reopen").click().run()
    assert page.error[0].value == "The reason is missing."
    page.text_input[0].set_value("Wrong patient")
    button(page, "Reopen").click().run()

    assert fresh(session, doctor, visit).state is VisitState.OPEN
    assert "Wrong patient" in said(page)
    assert labels(page) == []
    look(open_page, doctor, visit)
    assert ("room", {"visit": str(visit.visit_id)}) in links
    room = open_page("room", doctor)
    assert "Reopened by Asha Admin" in room.info[0].value
    assert button(room, "Patient left").disabled


@pytest.mark.parametrize("asked", ["", "abc", "²", "9" * 30, "-1"])
def test_an_address_that_names_no_visit_says_so(doctor, open_page, asked):
    assert "Which visit?" in said(open_page("visit", doctor, {"id": asked}))


def test_an_unknown_visit_is_said_to_be_none(doctor, open_page):
    assert "There is no visit 999999" in said(open_page("visit", doctor, {"id": "999999"}))


def test_a_role_without_clinical_rights_reads_nothing(session, doctor, receptionist, open_page):
    page = look(open_page, receptionist, a_completed_visit(session, doctor))

    assert "may not read clinical records" in page.error[0].value
    assert "Asha" not in said(page)
