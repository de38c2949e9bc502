"""What happens elsewhere while a doctor sits at a visit: nothing that was typed is lost, and somebody says so."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core import day_end, patients, token_queue, visits
from core.models import VisitState
from core.patients import CannotMerge
from core.permissions import Role
from tests.factories import a_completed_visit, a_patient, a_user, a_visit
from tests.pages.test_room import box, button, fresh, press, words

pytestmark = pytest.mark.usefixtures("without_redis")


def test_a_second_doctor_is_told_who_has_the_visit(session, doctor, open_page):
    visit = a_visit(session, doctor)
    other = a_user(session, Role.DOCTOR, "Dr Iyer")

    page = open_page("room", other, query={"visit": str(visit.visit_id)})

    assert page.error[0].value == "This visit is with Dr Sen. Only Dr Sen can change it."
    assert not page.text_area
    press(page, "Go on")
    assert "Nobody is with you" in words(page)


@pytest.mark.parametrize(
    ("address", "told"),
    [("999", "There is no visit 999"), *((nonsense, "Nobody is with you") for nonsense in ("9" * 40, "-1", "x"))],
)
def test_a_link_to_no_visit_does_no_harm(doctor, open_page, address, told):
    assert told in words(open_page("room", doctor, query={"visit": address}))


def test_a_visit_completed_in_another_tab_keeps_what_was_typed_here(session, doctor, open_page):
    visit = a_visit(session, doctor)
    page = open_page("room", doctor)
    box(page, "text_area", "New note").set_value("Cough for 3 days")
    box(page, "number_input", "Pulse /min").set_value(72)
    page.run()
    visits.add_note(session, doctor, visit.visit_id, "Cough")
    visits.complete(session, doctor, visit.visit_id)

    press(page, "Complete visit")

    assert "was completed: 1 Mar 2025" in words(page)
    assert "pulse\u00a072" in words(page)
    assert page.code[0].value == "Cough for 3 days"
    press(page, "Add it to the completed visit")
    assert "This visit is completed and cannot be changed" in page.error[0].value
    box(page, "text_input", "Why it is added late").set_value("Typed in another tab")
    press(page, "Add it to the completed visit")
    assert [note.body for note in fresh(session, doctor, visit).notes] == ["Cough", "Cough for 3 days"]
    assert "Nobody is with you" in words(page)


@pytest.mark.parametrize("meanwhile", ["From the other tab", ""])
def test_what_was_typed_or_saved_in_another_tab_stops_the_signature(session, doctor, open_page, meanwhile):
    visit = a_visit(session, doctor)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    page = open_page("room", doctor)
    box(page, "text_area", "New note").set_value("Cough").run()
    visits.keep_draft(session, doctor, visit.visit_id, "note", meanwhile)

    press(page, "Complete visit")

    assert "In another tab the note of this visit was changed" in page.error[0].value
    assert (fresh(session, doctor, visit).state, fresh(session, doctor, visit).notes) == (VisitState.OPEN, ())
    again = open_page("room", doctor)
    assert box(again, "text_area", "New note").value == meanwhile


def test_an_allergy_noted_elsewhere_meanwhile_is_told_and_what_was_typed_is_kept(session, doctor, open_page):
    asha = a_patient(session)
    a_visit(session, doctor, asha)
    page = open_page("room", doctor)
    page.button(key="edit_clinical").click().run()
    elsewhere = replace(patients.details(session, doctor, asha.patient_id), allergies="Latex")
    patients.amend(session, doctor, asha.patient_id, elsewhere)

    box(page, "text_input", "Allergies").set_value("Penicillin")
    box(page, "text_input", "Chronic conditions").set_value("Asthma")
    press(page, "Save")
    assert "allergies is now **Latex**; what you typed stands below" in words(page)
    assert patients.details(session, doctor, asha.patient_id).allergies == "Latex"
    box(page, "text_input", "Allergies").set_value("Penicillin, latex")
    press(page, "Save")

    now = patients.details(session, doctor, asha.patient_id)
    assert (now.allergies, now.chronic_conditions) == ("Penicillin, latex", "Asthma")


def test_a_note_half_written_stays_when_the_patient_leaves(session, doctor, open_page):
    visit = a_visit(session, doctor)
    page = open_page("room", doctor)
    box(page, "text_area", "New note").set_value("Came for a certificate").run()
    press(page, "Patient left")
    box(page, "text_input", "Reason").set_value("Called away")

    press(page, "Cancel the visit")

    assert [note.body for note in fresh(session, doctor, visit).notes] == ["Came for a certificate", "Called away"]


def test_a_note_of_another_tab_is_not_lost_when_the_patient_leaves(session, doctor, open_page):
    visit = a_visit(session, doctor)
    page = open_page("room", doctor)
    box(page, "text_area", "New note").set_value("Came").run()
    visits.keep_draft(session, doctor, visit.visit_id, "note", "Came for a certificate")
    press(page, "Patient left")
    box(page, "text_input", "Reason").set_value("Called away")

    press(page, "Cancel the visit")

    assert "In another tab the note of this visit was changed" in page.error[0].value
    assert (fresh(session, doctor, visit).state, fresh(session, doctor, visit).notes) == (VisitState.OPEN, ())


@pytest.mark.parametrize("ended", ["token finished", "day ended"])
def test_a_token_that_ends_elsewhere_takes_no_visit_along(session, doctor, receptionist, open_page, ended):
    left_open = a_visit(session, doctor, a_patient(session, "Left Open"))
    token_queue.finish(session, doctor, left_open.token_id)
    visit = a_visit(session, doctor)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    page = open_page("room", doctor)
    box(page, "text_area", "New note").set_value("Cough").run()
    if ended == "day ended":
        day_end.end_day(session, receptionist, visit.started_at.date())
    else:
        token_queue.finish(session, receptionist, visit.token_id)

    page.run()
    assert "Token 2 has left the queue. The visit is open until you complete it." in words(page)
    assert box(page, "text_area", "New note").value == "Cough"
    press(page, "Complete visit")

    done = fresh(session, doctor, visit)
    assert (done.state, [note.body for note in done.notes]) == (VisitState.COMPLETED, ["Cough"])


def test_who_is_called_elsewhere_does_not_push_the_visit_from_the_screen(session, doctor, receptionist, open_page):
    a_visit(session, doctor, a_patient(session, "Asha Rao"))
    page = open_page("room", doctor)
    box(page, "text_area", "New note").set_value("Cough").run()
    token_queue.finish(session, receptionist, visits.current(session, doctor, doctor.user_id)[0].token_id)
    vikram = a_patient(session, "Vikram Sen")
    token_queue.walk_in(session, receptionist, vikram.patient_id, doctor.user_id)
    token_queue.call_next(session, receptionist, doctor.user_id)

    page.run()
    assert box(page, "text_area", "New note").value == "Cough"

    press(page, "Show")
    assert button(page, "Start visit")
    press(page, "Go on")
    assert box(page, "text_area", "New note").value == "Cough"


def test_a_record_merged_into_the_one_in_the_room_brings_its_past_and_its_allergies(
    session, doctor, receptionist, open_page
):
    twin, asha = a_patient(session, "Asha Rao", allergies="Penicillin"), a_patient(session, "Asha Rao")
    a_completed_visit(session, doctor, twin)
    visit = a_visit(session, doctor, asha)
    page = open_page("room", doctor)
    assert "Allergies not recorded" in words(page)

    with pytest.raises(CannotMerge, match="is still open"):
        patients.merge(session, receptionist, twin.patient_id, asha.patient_id)
    patients.merge(session, receptionist, asha.patient_id, twin.patient_id)

    page.run()
    assert "Allergic to Penicillin" in words(page)
    assert "Acute upper respiratory infection" in words(page)
    linked = open_page("room", doctor, query={"visit": str(visit.visit_id)})
    assert asha.mrn.replace("-", "\\-") in words(linked)


def test_a_visit_whose_patient_was_merged_away_since_shows_the_record_that_stays(
    session, doctor, receptionist, open_page
):
    twin, asha = a_patient(session, "Asha R"), a_patient(session, "Asha Rao")
    done = a_completed_visit(session, doctor, twin)
    patients.merge(session, receptionist, asha.patient_id, twin.patient_id)

    page = open_page("room", doctor, query={"visit": str(done.visit_id)})

    assert "The visit of Asha Rao" in words(page)


def test_a_weight_in_pounds_is_asked_about_before_anything_is_signed(session, doctor, open_page):
    asha = a_patient(session, age_years=40)
    first = a_visit(session, doctor, asha)
    visits.record_vitals(session, doctor, first.visit_id, visits.Measurements(weight_kg=Decimal(70)))
    page = open_page("room", doctor)

    box(page, "number_input", "Weight kg").set_value(154.0).run()
    assert "154 pounds are 69\\.9 kg" in words(page)
    assert button(page, "Save vitals").disabled
    press(page, "Complete visit")
    assert "Is 154 really kg?" in page.error[0].value

    page.checkbox[0].check().run()
    press(page, "Save vitals")
    assert [taken.measured.weight_kg for taken in fresh(session, doctor, first).vitals] == [70, 154]
