"""The doctor's room, from calling to signing."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core import patients, token_queue, visits
from core.models import Prescription, TokenState, Visit, VisitNote, VisitState
from core.visits import Measurements
from tests.factories import a_completed_visit, a_medicine, a_patient, a_token, a_visit

pytestmark = pytest.mark.usefixtures("without_redis")


def button(page, label):
    return next(button for button in page.button if button.label == label)


def press(page, label):
    button(page, label).click()
    page.run()
    assert not page.exception, page.exception
    return page


def press_first_hit(page, medicine):
    next(button for button in page.button if medicine.name in button.label.replace("\\", "")).click()
    page.run()
    assert not page.exception, page.exception


def box(page, kind, label):
    return next(widget for widget in page.get(kind) if widget.label == label)


def words(page):
    shown = [*page.markdown, *page.caption, *page.error, *page.warning, *page.subheader, *page.text]
    return "\n".join(str(element.value) for element in shown)


def fresh(session, doctor, visit):
    session.expire_all()
    return visits.get(session, doctor, visit.visit_id)


def test_the_next_patient_is_called_and_the_visit_starts(session, doctor, open_page):
    token = a_token(session, "Asha Rao", doctor)
    page = open_page("room", doctor)
    assert "Nobody is with you" in words(page)

    press(page, "Call next")
    assert "Asha Rao" in words(page)
    press(page, "Start visit")

    [visit] = visits.current(session, doctor, doctor.user_id)
    assert visit.token_id == token.token_id
    assert "Vitals" in words(page)


def test_who_does_not_come_is_skipped_and_no_visit_starts(session, doctor, open_page):
    token = a_token(session, "Asha Rao", doctor)
    page = press(open_page("room", doctor), "Call next")

    press(page, "Call again")
    press(page, "Skip")

    assert token_queue.get(session, doctor, token.token_id).state is TokenState.SKIPPED
    assert session.scalar(select(func.count(Visit.id))) == 0
    press(page, "Bring back")
    assert token_queue.get(session, doctor, token.token_id).state is TokenState.WAITING


def test_an_empty_queue_says_so(doctor, open_page):
    page = open_page("room", doctor)

    assert "Nobody waits for you" in words(page)
    assert button(page, "Call next").disabled


def test_a_whole_visit_is_saved_by_completing_it(session, doctor, open_page, frozen_clock):
    visit = a_visit(session, doctor)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    page = open_page("room", doctor)

    box(page, "number_input", "Temperature °C").set_value(37.2)
    box(page, "number_input", "Weight kg").set_value(70.0)
    box(page, "number_input", "Height cm").set_value(172.0)
    box(page, "text_area", "New note").set_value("Cough for 3 days")
    page.run()
    assert "BMI **23.7**" in words(page)
    press(page, "Complete visit")

    done = fresh(session, doctor, visit)
    assert (done.state, done.vitals[0].measured.bmi) == (VisitState.COMPLETED, Decimal("23.7"))
    assert [note.body for note in done.notes] == ["Cough for 3 days"]
    assert "Nobody is with you" in words(page)


def test_a_visit_that_cannot_be_completed_gets_no_prescription(session, doctor, open_page):
    visit, medicine = a_visit(session, doctor), a_medicine(session)
    page = open_page("room", doctor)
    box(page, "text_input", "Add a medicine").set_value("amox").run()
    press_first_hit(page, medicine)

    press(page, "Complete visit")

    assert page.error[0].value == "A diagnosis or a note is missing. Write one down, then complete the visit."
    assert session.scalar(select(func.count(Prescription.id))) == 0
    assert "**Amoxicillin 500 mg**" in words(page)
    assert fresh(session, doctor, visit).state is VisitState.OPEN


def test_a_note_too_long_is_refused_in_words_and_stays_in_its_box(session, doctor, open_page):
    visit = a_visit(session, doctor)
    page = open_page("room", doctor)
    box(page, "text_area", "New note").set_value("अ\0" * 10_001)
    page.run()
    press(page, "Add note")

    assert page.error[0].value == "The text of the note is too long: 10,001 characters, at most 10,000."
    assert box(page, "text_area", "New note").value == "अ\0" * 10_001
    assert box(open_page("room", doctor), "text_area", "New note").value == "अ" * 10_001
    assert fresh(session, doctor, visit).notes == ()


def test_a_reload_brings_back_what_was_typed(session, doctor, open_page):
    visit, medicine = a_visit(session, doctor), a_medicine(session)
    page = open_page("room", doctor)
    box(page, "text_area", "New note").set_value("Cough")
    box(page, "number_input", "Pulse /min").set_value(72)
    page.run()
    box(page, "text_input", "Add a medicine").set_value("amox").run()
    press_first_hit(page, medicine)

    again = open_page("room", doctor)

    assert box(again, "text_area", "New note").value == "Cough"
    assert box(again, "number_input", "Pulse /min").value == 72
    assert "**Amoxicillin 500 mg**" in words(again)
    assert fresh(session, doctor, visit).notes == ()


def test_a_diagnosis_is_found_by_its_words_added_and_removed(session, doctor, open_page):
    visit = a_visit(session, doctor)
    page = open_page("room", doctor)

    box(page, "text_input", "Add a diagnosis").set_value("acute upper resp unspecified").run()
    next(button for button in page.button if "J06" in button.label).click()
    page.run()
    [found] = fresh(session, doctor, visit).diagnoses
    assert found.code == "J06.9"

    next(button for button in page.button if button.key.startswith("remove_diagnosis_")).click()
    page.run()
    assert fresh(session, doctor, visit).diagnoses == ()


def test_a_favourite_is_one_click_away(session, doctor, open_page, click_twice):
    visit = a_visit(session, doctor)
    visits.add_diagnosis(session, doctor, visit.visit_id, "I10")
    page = open_page("room", doctor)
    next(button for button in page.button if button.key.startswith("pin_I10")).click().run()
    assert visits.usual_codes(session, doctor).favourites == ("I10",)
    next(button for button in page.button if button.key.startswith("remove_diagnosis_")).click().run()

    click_twice(page, f"usual_{visit.visit_id}_I10", button(page, r"Essential \(primary\) hypertension"))

    assert [found.code for found in fresh(session, doctor, visit).diagnoses] == ["I10"]


def test_vitals_measured_in_error_are_struck(session, doctor, open_page):
    visit = a_visit(session, doctor)
    wrong = visits.record_vitals(session, doctor, visit.visit_id, Measurements(pulse_bpm=172))
    page = open_page("room", doctor)

    page.button(key=f"strike_vitals_{wrong.vitals_id}").click().run()
    box(page, "text_input", "Reason").set_value("Another patient's cuff")
    press(page, "Strike")

    assert fresh(session, doctor, visit).vitals == ()
    assert "~~pulse\u00a0172~~" in words(page)


def test_what_was_signed_before_a_reopening_is_struck_with_a_reason(session, doctor, admin, open_page):
    visit = a_completed_visit(session, doctor, code="J06.9")
    visits.reopen(session, admin, visit.visit_id, "Wrong patient")
    page = open_page("room", doctor)

    page.button(key=f"strike_diagnosis_{visit.diagnoses[0].diagnosis_id}").click().run()
    box(page, "text_input", "Reason").set_value("Not hers")
    press(page, "Strike")

    assert [found.struck.reason for found in fresh(session, doctor, visit).struck_diagnoses] == ["Not hers"]
    assert "~~J06" in words(page)


def test_a_refusal_is_told_in_words_and_what_was_saved_before_it_stays(session, doctor, open_page):
    visit = a_visit(session, doctor)
    page = press(open_page("room", doctor), "Complete visit")
    assert "A diagnosis or a note is missing." in page.error[0].value

    box(page, "number_input", "Temperature °C").set_value(98.6)
    page.run()
    press(page, "Complete visit")
    assert "looks like °F" in page.error[0].value
    assert fresh(session, doctor, visit).state is VisitState.OPEN


def test_past_visits_stand_beside_the_patient(session, doctor, open_page, frozen_clock):
    asha = a_patient(session)
    a_completed_visit(session, doctor, asha)
    frozen_clock(2025, 3, 2)
    a_visit(session, doctor, asha)

    page = open_page("room", doctor)

    assert [step.label for step in page.expander] == ["**1 Mar 2025** Acute upper respiratory infection, unspecified"]


def test_an_allergy_learnt_in_the_room_is_kept(session, doctor, open_page):
    asha = a_patient(session, age_years=34)
    a_visit(session, doctor, asha)
    page = open_page("room", doctor)
    assert "Allergies not recorded" in words(page)

    page.button(key="edit_clinical").click().run()
    box(page, "text_input", "Allergies").set_value("Penicillin")
    press(page, "Save")

    assert "Allergic to Penicillin" in words(page)
    assert patients.get(session, doctor, asha.patient_id).age == "~34 y"


def test_a_patient_who_left_is_noted_with_a_reason(session, doctor, open_page):
    visit = a_visit(session, doctor)
    page = press(open_page("room", doctor), "Patient left")

    box(page, "text_input", "Reason").set_value("Called away")
    press(page, "Cancel the visit")

    assert fresh(session, doctor, visit).state is VisitState.CANCELLED
    assert "Nobody is with you" in words(page)


def test_a_note_is_added_once_however_often_the_button_is_clicked(session, doctor, open_page, click_twice):
    visit = a_visit(session, doctor)
    page = open_page("room", doctor)
    box(page, "text_area", "New note").set_value("Cough").run()

    click_twice(page, f"note_{visit.visit_id}", button(page, "Add note"))

    assert session.scalar(select(func.count(VisitNote.id))) == 1


def test_an_amended_note_shows_its_earlier_wording(session, doctor, open_page):
    visit = a_visit(session, doctor)
    first = visits.add_note(session, doctor, visit.visit_id, "Cough for 3 days")
    visits.amend_note(session, doctor, first.note_id, "Cough for 5 days")

    page = open_page("room", doctor)

    assert [text.value for text in page.text] == ["Cough for 5 days", "Cough for 3 days"]


def test_a_visit_left_open_can_be_gone_on_with(session, doctor, open_page):
    left = a_visit(session, doctor, a_patient(session, "Left Open"))
    token_queue.finish(session, doctor, left.token_id)
    a_visit(session, doctor, a_patient(session, "Asha Rao"))
    page = open_page("room", doctor)
    assert "### :green-badge[2] Asha Rao" in words(page)

    press(page, "Go on")

    assert "### :green-badge[1] Left Open" in words(page)


def test_an_administrator_who_is_no_doctor_reads_why_the_room_is_empty(admin, open_page):
    assert "Only doctors treat patients here" in words(open_page("room", admin))


def test_reception_and_pharmacy_are_stopped(receptionist, pharmacist, open_page):
    for actor in (receptionist, pharmacist):
        page = open_page("room", actor)

        assert "you may not record visits" in page.error[0].value
        assert not page.button
