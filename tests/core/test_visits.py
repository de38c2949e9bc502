from datetime import date, time
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from core import clock, patients, prescriptions, scheduling, token_queue, visits
from core.errors import Invalid, NotFound, NotPermitted
from core.idempotency import once
from core.models import AppointmentState, AuditEvent, Patient, TokenState, VisitState
from core.permissions import Role
from core.visits import Measurements
from tests.factories import a_completed_visit, a_patient, a_token, a_user, a_visit, an_appointment, an_item

pytestmark = pytest.mark.usefixtures("without_redis")


def test_a_visit_starts_from_a_called_token(session, doctor):
    asha = a_patient(session, "Asha Rao", age_years=34, allergies="Penicillin", chronic_conditions="Asthma")

    visit = a_visit(session, doctor, asha)

    assert (visit.state, visit.token_number, visit.doctor_name) == (VisitState.OPEN, 1, "Dr Sen")
    assert (visit.patient, visit.patient.age) == (asha, "~34 y")
    assert (visit.allergies, visit.chronic_conditions) == ("Penicillin", "Asthma")
    assert [open_visit.visit_id for open_visit in visits.current(session, doctor, doctor.user_id)] == [visit.visit_id]


def test_starting_again_gives_the_same_visit(session, doctor):
    visit = a_visit(session, doctor)
    assert visits.start(session, doctor, visit.token_id) == visit


def test_the_same_click_twice_starts_one_visit(session, doctor):
    a_token(session, doctor=doctor)
    token = token_queue.call_next(session, doctor, doctor.user_id)

    first = once("key-1", visits.start)(session, doctor, token.token_id)
    assert once("key-1", visits.start)(session, doctor, token.token_id) == first


def test_a_token_that_was_not_called_is_refused(session, doctor):
    with pytest.raises(visits.TokenNotCalled, match="Token 1 has not been called yet"):
        visits.start(session, doctor, a_token(session, doctor=doctor).token_id)


def test_a_token_that_was_finished_elsewhere_is_refused(session, doctor):
    a_token(session, doctor=doctor)
    token = token_queue.call_next(session, doctor, doctor.user_id)
    token_queue.finish(session, doctor, token.token_id)

    with pytest.raises(visits.TokenNotCalled, match="Token 1 is finished"):
        visits.start(session, doctor, token.token_id)


def test_a_patient_who_is_with_another_doctor_is_refused(session, doctor):
    other = a_user(session, Role.DOCTOR)
    a_token(session, doctor=doctor)
    token = token_queue.call_next(session, doctor, doctor.user_id)

    with pytest.raises(visits.WithAnotherDoctor, match="token 1 is with Dr Sen"):
        visits.start(session, other, token.token_id)
    visits.start(session, doctor, token.token_id)
    with pytest.raises(visits.WithAnotherDoctor):
        visits.start(session, other, token.token_id)


def test_only_a_doctor_sees_patients(session, admin, receptionist, doctor):
    token = a_token(session, doctor=doctor)

    with pytest.raises(visits.NotADoctor, match="Asha Admin is not on the list of doctors"):
        visits.start(session, admin, token.token_id)
    with pytest.raises(NotPermitted, match="may not record visits"):
        visits.start(session, receptionist, token.token_id)


def test_an_unknown_token_or_visit_is_refused(session, doctor):
    with pytest.raises(NotFound, match="There is no token 999"):
        visits.start(session, doctor, 999)
    with pytest.raises(NotFound, match="There is no visit 999"):
        visits.get(session, doctor, 999)
    with pytest.raises(NotFound, match="There is no visit 999"):
        visits.add_note(session, doctor, 999, "Cough")


def test_vitals_are_recorded_with_their_bmi(session, doctor):
    visit = a_visit(session, doctor)
    measured = Measurements(Decimal("37.04"), 72, 120, 80, 16, 98, Decimal(70), Decimal(172))

    recorded = visits.record_vitals(session, doctor, visit.visit_id, measured)

    assert visits.get(session, doctor, visit.visit_id).vitals == (recorded,)
    assert (recorded.measured.temperature_c, recorded.recorded_by) == (Decimal("37.0"), "Dr Sen")
    assert recorded.measured.bmi == Decimal("23.7")


@pytest.mark.parametrize(
    ("measured", "sentence"),
    [
        ({"temperature_c": Decimal("98.6")}, r"98.6 looks like °F: write 37.0 \(°C\)"),
        ({"temperature_c": Decimal("50")}, "temperature must be between 25 and 45 °C"),
        ({"height_cm": Decimal("1.72")}, r"1.72 looks like metres: write 172 \(cm\)"),
        ({"height_cm": Decimal("5.6")}, "5.6 looks like feet"),
        ({"weight_kg": Decimal("3200")}, r"3200 looks like grams: write 3.20 \(kg\)"),
        ({"weight_kg": Decimal("NaN")}, "weight is not a number"),
        ({"height_cm": Decimal("Infinity")}, "height is not a number"),
        ({"pulse_bpm": 7}, "pulse must be between 20 and 300 per minute"),
        ({"oxygen_saturation_pct": 101}, "oxygen saturation must be between 40 and 100 %"),
        ({"respiration_bpm": -1}, "breathing rate must be between 4 and 100"),
        ({"diastolic_mmhg": 2**63}, "diastolic pressure must be between 20 and 200 mmHg"),
        ({"systolic_mmhg": 80, "diastolic_mmhg": 120}, r"\(80\) must be above the diastolic \(120\)"),
        ({}, "Enter at least one measurement"),
    ],
)
def test_implausible_vitals_are_refused_and_a_wrong_unit_is_named(session, doctor, measured, sentence):
    visit = a_visit(session, doctor)

    with pytest.raises(Invalid, match=sentence):
        visits.record_vitals(session, doctor, visit.visit_id, Measurements(**measured))


def test_everything_wrong_with_vitals_is_told_at_once(session, doctor):
    wrong = Measurements(temperature_c=Decimal("98.6"), pulse_bpm=0, height_cm=Decimal("1.72"))

    with pytest.raises(Invalid) as refusal:
        visits.record_vitals(session, doctor, a_visit(session, doctor).visit_id, wrong)

    assert set(refusal.value.problems) == {"temperature_c", "pulse_bpm", "height_cm"}


@pytest.mark.parametrize(
    ("weight_kg", "height_cm", "expected"), [("70", "172", "23.7"), ("3.2", "50", "12.8"), ("120", "160", "46.9")]
)
def test_bmi(weight_kg, height_cm, expected):
    assert visits.bmi(Decimal(weight_kg), Decimal(height_cm)) == Decimal(expected)


def test_a_diagnosis_has_a_code_and_its_title_or_the_doctors_words(session, doctor):
    visit_id = a_visit(session, doctor).visit_id

    visits.add_diagnosis(session, doctor, visit_id, "j069")
    visits.add_diagnosis(session, doctor, visit_id, "I10", "Hypertension, well controlled")

    found = visits.get(session, doctor, visit_id).diagnoses
    assert [(diagnosis.code, diagnosis.text) for diagnosis in found] == [
        ("J06.9", "Acute upper respiratory infection, unspecified"),
        ("I10", "Hypertension, well controlled"),
    ]


def test_a_code_that_does_not_exist_is_refused(session, doctor):
    with pytest.raises(Invalid, match=r"J99\.99 is not an ICD-10 code"):
        visits.add_diagnosis(session, doctor, a_visit(session, doctor).visit_id, "J99.99")


def test_a_diagnosis_is_recorded_once_and_can_be_taken_back(session, doctor):
    visit_id = a_visit(session, doctor).visit_id
    diagnosis = visits.add_diagnosis(session, doctor, visit_id, "J06.9")

    with pytest.raises(visits.DiagnosisThere, match=r"J06\.9 is already among the diagnoses"):
        visits.add_diagnosis(session, doctor, visit_id, "J069")

    visits.remove_diagnosis(session, doctor, visit_id, diagnosis.diagnosis_id)
    assert visits.get(session, doctor, visit_id).diagnoses == ()
    with pytest.raises(NotFound, match="There is no diagnosis"):
        visits.remove_diagnosis(session, doctor, visit_id, diagnosis.diagnosis_id)


def test_a_completed_visit_finishes_its_token_and_its_appointment(session, receptionist, doctor, frozen_clock):
    appointment = an_appointment(session, doctor, "Asha Rao")
    frozen_clock(2025, 3, 3, 8, 50)
    token = token_queue.check_in(session, receptionist, appointment.appointment_id)
    frozen_clock(2025, 3, 3, 9, 5)
    token_queue.call_next(session, doctor, doctor.user_id)
    visit = visits.start(session, doctor, token.token_id)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")

    visits.complete(session, doctor, visit.visit_id, follow_up_on=date(2025, 3, 10))

    completed = visits.get(session, doctor, visit.visit_id)
    assert (completed.state, completed.follow_up_on) == (VisitState.COMPLETED, date(2025, 3, 10))
    assert token_queue.get(session, receptionist, token.token_id).state is TokenState.FINISHED
    [seen] = scheduling.list_appointments(session, receptionist, date(2025, 3, 3))
    assert seen.state is AppointmentState.COMPLETED
    assert session.get(Patient, seen.patient_id).last_visit_at == clock.now()
    assert visits.current(session, doctor, doctor.user_id) == []


def test_a_visit_is_completed_though_its_token_was_finished_at_the_queue(session, doctor):
    visit = a_visit(session, doctor)
    visits.add_note(session, doctor, visit.visit_id, "Cough")
    token_queue.finish(session, doctor, visit.token_id)
    visits.complete(session, doctor, visit.visit_id)
    assert visits.get(session, doctor, visit.visit_id).state is VisitState.COMPLETED
    assert token_queue.get(session, doctor, visit.token_id).state is TokenState.FINISHED


def test_an_empty_visit_is_not_completed(session, doctor):
    with pytest.raises(visits.EmptyVisit, match="A diagnosis or a note is missing"):
        visits.complete(session, doctor, a_visit(session, doctor).visit_id)


@pytest.mark.parametrize("day", [date(2025, 3, 1), date(2025, 2, 1), date.max])
def test_a_follow_up_is_after_today_and_not_too_far(session, doctor, day):
    visit = a_visit(session, doctor)
    visits.add_note(session, doctor, visit.visit_id, "Cough")

    with pytest.raises(Invalid, match="follow-up must be after today and within two years"):
        visits.complete(session, doctor, visit.visit_id, follow_up_on=day)


def test_a_patient_who_leaves_is_not_treated(session, receptionist, doctor, frozen_clock):
    appointment = an_appointment(session, doctor, starts=time(9))
    frozen_clock(2025, 3, 3, 8, 50)
    token = token_queue.check_in(session, receptionist, appointment.appointment_id)
    token_queue.call_next(session, doctor, doctor.user_id)
    visit = visits.start(session, doctor, token.token_id)

    with pytest.raises(Invalid, match="The reason is missing"):
        visits.cancel(session, doctor, visit.visit_id, " ")
    visits.cancel(session, doctor, visit.visit_id, "Called away")

    cancelled = visits.get(session, doctor, visit.visit_id)
    assert (cancelled.state, cancelled.notes[0].body) == (VisitState.CANCELLED, "Called away")
    assert token_queue.get(session, receptionist, token.token_id).state is TokenState.NO_SHOW
    [gone] = scheduling.list_appointments(session, receptionist, date(2025, 3, 3))
    assert (gone.state, gone.reason) == (AppointmentState.CANCELLED, "Left unseen")
    assert visits.history(session, doctor, visit.patient.patient_id) == []
    with pytest.raises(visits.VisitLocked, match="This visit is cancelled"):
        visits.add_note(session, doctor, visit.visit_id, "Cough", reason="Late")


def test_a_visit_with_a_prescription_is_not_cancelled(session, doctor):
    visit = a_visit(session, doctor)
    prescriptions.prescribe(session, doctor, visit.visit_id, [an_item(session)])

    with pytest.raises(visits.PrescriptionStands, match="Prescription RX-"):
        visits.cancel(session, doctor, visit.visit_id, "Called away")


def test_the_history_tells_past_visits_newest_first(session, doctor, frozen_clock):
    asha = a_patient(session)
    first = a_completed_visit(session, doctor, asha)
    frozen_clock(2025, 3, 2)
    visit = a_visit(session, doctor, asha)
    for pulse in (90, 72):
        visits.record_vitals(session, doctor, visit.visit_id, Measurements(pulse_bpm=pulse))
    note = visits.add_note(session, doctor, visit.visit_id, "Better")
    prescriptions.prescribe(session, doctor, visit.visit_id, [an_item(session)])
    assert [past.visit_id for past in visits.history(session, doctor, asha.patient_id)] == [first.visit_id]

    visits.complete(session, doctor, visit.visit_id, follow_up_on=date(2025, 3, 9))

    newest, oldest = visits.history(session, doctor, asha.patient_id)
    assert (newest.visit_on, newest.doctor_name, newest.follow_up_on) == (date(2025, 3, 2), "Dr Sen", date(2025, 3, 9))
    assert (newest.vitals.measured.pulse_bpm, newest.notes) == (72, (note,))
    assert newest.prescribed == ("Amoxicillin 500 mg: 1 capsule, three times a day, for 5 days, after food",)
    assert ([diagnosis.code for diagnosis in oldest.diagnoses], oldest.vitals) == (["J06.9"], None)


def test_the_history_is_read_in_five_statements_however_long_it_is(session, doctor):
    asha = a_patient(session)
    for _ in range(3):
        a_completed_visit(session, doctor, asha)
    session.flush()
    statements = []
    event.listen(session.connection(), "before_cursor_execute", lambda *args: statements.append(args[2]))

    assert len(visits.history(session, doctor, asha.patient_id)) == 3
    assert len(statements) == 5


def test_reception_and_pharmacy_do_not_read_clinical_records(session, receptionist, pharmacist):
    for actor in (receptionist, pharmacist):
        for read in (visits.get, visits.current, visits.history):
            with pytest.raises(NotPermitted, match="may not read clinical records"):
                read(session, actor, 1)


def test_the_trail_names_the_visit_and_its_day_and_holds_no_clinical_text(session, doctor, frozen_clock):
    visit = a_visit(session, doctor)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9", "Bad cold")
    visits.add_note(session, doctor, visit.visit_id, "Bad cold")
    frozen_clock(2025, 3, 2)
    visits.complete(session, doctor, visit.visit_id)

    events = session.scalars(select(AuditEvent).where(AuditEvent.visit_id == visit.visit_id)).all()
    assert [entry.event for entry in events] == [*("visit.started", "diagnosis.added", "note.added", "visit.completed")]
    assert events[-1].days == [date(2025, 3, 1), date(2025, 3, 2)]
    assert "cold" not in str([entry.changes for entry in events])


def test_an_archived_record_keeps_its_history(session, receptionist, doctor):
    asha = a_patient(session)
    a_completed_visit(session, doctor, asha)
    patients.archive(session, receptionist, asha.patient_id)

    assert len(visits.history(session, doctor, asha.patient_id)) == 1
