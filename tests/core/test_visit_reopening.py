"""An administrator opens a completed visit once more, and nothing is lost by it."""

from datetime import date

import pytest
from sqlalchemy import select

from core import billing, patients, prescriptions, token_queue, users, visits
from core.errors import Invalid, NotFound, NotPermitted
from core.models import AuditEvent, Patient, TokenState, VisitState
from core.permissions import Role
from core.visits import Measurements
from tests.factories import a_completed_visit, a_patient, a_user, a_visit, an_appointment, an_item

pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.fixture
def signed(session, doctor, frozen_clock):
    """Completed on 1 March with a diagnosis, vitals, a note, a prescription and a follow-up; it is 4 March."""
    visit = a_visit(session, doctor)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    visits.record_vitals(session, doctor, visit.visit_id, Measurements(pulse_bpm=72))
    visits.add_note(session, doctor, visit.visit_id, "Cough")
    prescriptions.prescribe(session, doctor, visit.visit_id, [an_item(session)])
    visits.complete(session, doctor, visit.visit_id, date(2025, 3, 10))
    frozen_clock(day=4)
    return visits.get(session, doctor, visit.visit_id)


def fresh(session, doctor, visit):
    session.expire_all()
    return visits.get(session, doctor, visit.visit_id)


def test_a_reopened_visit_is_open_for_its_own_doctor_and_holds_what_it_held(session, doctor, admin, signed):
    visits.reopen(session, admin, signed.visit_id, "Wrong patient's diagnosis")

    again = fresh(session, doctor, signed)
    assert (again.state, again.completed_at) == (VisitState.OPEN, None)
    assert (again.diagnoses, again.vitals, again.notes) == (signed.diagnoses, signed.vitals, signed.notes)
    [reopened] = again.reopenings
    assert (reopened.reopened_by, reopened.reason) == ("Asha Admin", "Wrong patient's diagnosis")
    assert reopened.signed_at == signed.completed_at
    assert [visit.visit_id for visit in visits.current(session, doctor, doctor.user_id)] == [signed.visit_id]
    assert visits.draft(session, doctor, signed.visit_id) == {"follow_up": "2025-03-10"}
    assert prescriptions.for_visit(session, doctor, signed.visit_id) is not None
    noted = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (noted.event, noted.visit_id, noted.actor_name) == ("visit.reopened", signed.visit_id, "Asha Admin")
    assert noted.days == [date(2025, 3, 1), date(2025, 3, 4)]
    assert "Wrong patient" not in str(noted.changes)


def test_it_is_completed_again_though_token_and_appointment_are_over(
    session, receptionist, doctor, admin, frozen_clock
):
    appointment = an_appointment(session, doctor, "Asha Rao")
    frozen_clock(2025, 3, 3, 8, 50)
    token = token_queue.check_in(session, receptionist, appointment.appointment_id)
    token_queue.call_next(session, doctor, doctor.user_id)
    visit = visits.start(session, doctor, token.token_id)
    visits.add_note(session, doctor, visit.visit_id, "Cough")
    visits.complete(session, doctor, visit.visit_id)
    was_here = session.get(Patient, visit.patient.patient_id).last_visit_at
    frozen_clock(2025, 3, 5)
    visits.reopen(session, admin, visit.visit_id, "A diagnosis is missing")
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")

    visits.complete(session, doctor, visit.visit_id)

    done = fresh(session, doctor, visit)
    assert (done.state, [found.code for found in done.diagnoses]) == (VisitState.COMPLETED, ["J06.9"])
    assert done.completed_at > done.reopenings[0].signed_at
    assert token_queue.get(session, doctor, token.token_id).state is TokenState.FINISHED
    assert session.get(Patient, visit.patient.patient_id).last_visit_at == was_here


def test_what_was_signed_is_struck_and_what_came_since_is_taken_back(session, doctor, admin, signed, frozen_clock):
    visits.reopen(session, admin, signed.visit_id, "Check")
    frozen_clock(day=5)
    since = visits.add_diagnosis(session, doctor, signed.visit_id, "I10")
    before = signed.diagnoses[0]
    again = fresh(session, doctor, signed)
    assert [again.was_signed(found.recorded_at) for found in again.diagnoses] == [True, False]

    with pytest.raises(visits.DiagnosisSigned, match=r"J06\.9 stood in the visit when it was completed"):
        visits.remove_diagnosis(session, doctor, signed.visit_id, before.diagnosis_id)
    visits.remove_diagnosis(session, doctor, signed.visit_id, since.diagnosis_id)
    visits.strike_diagnosis(session, doctor, signed.visit_id, before.diagnosis_id, "Not hers")
    with pytest.raises(visits.StruckAlready, match=r"J06\.9 is struck already"):
        visits.remove_diagnosis(session, doctor, signed.visit_id, before.diagnosis_id)

    again = fresh(session, doctor, signed)
    assert ([found.code for found in again.struck_diagnoses], again.diagnoses) == (["J06.9"], ())


def test_a_visit_left_with_nothing_but_struck_findings_is_not_completed(session, doctor, admin):
    visit = a_completed_visit(session, doctor)
    visits.reopen(session, admin, visit.visit_id, "Check")
    visits.strike_diagnosis(session, doctor, visit.visit_id, visit.diagnoses[0].diagnosis_id, "Not hers")

    with pytest.raises(visits.EmptyVisit):
        visits.complete(session, doctor, visit.visit_id)


def test_a_visit_that_was_signed_once_is_not_cancelled(session, doctor, admin, signed):
    visits.reopen(session, admin, signed.visit_id, "Check")

    with pytest.raises(visits.SignedBefore, match="completed before it was reopened and cannot be cancelled"):
        visits.cancel(session, doctor, signed.visit_id, "Left")


def test_another_follow_up_is_told_with_the_reason_of_the_reopening(session, doctor, admin, signed):
    visits.reopen(session, admin, signed.visit_id, "Follow-up was wrong")

    visits.complete(session, doctor, signed.visit_id, date(2025, 3, 20))

    told = fresh(session, doctor, signed).notes[-1]
    assert told.body == "Follow-up: 20 March 2025 instead of 10 March 2025."
    assert told.reason == "Follow-up was wrong"
    noted = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert date(2025, 3, 10) in noted.days


def test_a_follow_up_that_has_passed_stays(session, doctor, admin, signed, frozen_clock):
    frozen_clock(2025, 4, 1)
    visits.reopen(session, admin, signed.visit_id, "Check")
    assert visits.draft(session, doctor, signed.visit_id) == {}

    visits.complete(session, doctor, signed.visit_id)

    done = fresh(session, doctor, signed)
    assert (done.follow_up_on, done.notes) == (date(2025, 3, 10), signed.notes)


def test_a_bill_stays_as_it_is(session, doctor, admin, receptionist, signed):
    bill = billing.invoice_visit(session, receptionist, signed.visit_id)
    visits.reopen(session, admin, signed.visit_id, "Check")
    assert billing.list_unbilled(session, receptionist) == []

    visits.complete(session, doctor, signed.visit_id)

    assert billing.get(session, receptionist, bill.invoice_id) == bill
    assert billing.list_unbilled(session, receptionist) == []


def test_the_visit_of_a_merged_record_is_reopened_under_the_one_that_stayed(session, doctor, admin, signed):
    stays = a_patient(session, "Aasha Rao")
    patients.merge(session, admin, stays.patient_id, signed.patient.patient_id)
    visits.reopen(session, admin, signed.visit_id, "Check")

    visits.complete(session, doctor, signed.visit_id, signed.follow_up_on)

    assert [past.visit_id for past in visits.history(session, doctor, stays.patient_id)] == [signed.visit_id]


def test_only_a_completed_visit_is_reopened(session, doctor, admin):
    visit = a_visit(session, doctor)
    with pytest.raises(visits.NotCompleted, match="This visit is open"):
        visits.reopen(session, admin, visit.visit_id, "Check")
    visits.cancel(session, doctor, visit.visit_id, "Left")
    with pytest.raises(visits.NotCompleted, match="This visit is cancelled"):
        visits.reopen(session, admin, visit.visit_id, "Check")
    with pytest.raises(NotFound, match="There is no visit 999999"):
        visits.reopen(session, admin, 999999, "Check")


@pytest.mark.parametrize(("reason", "sentence"), [(" \0 ", "The reason is missing"), ("x" * 201, "too long")])
def test_a_reopening_says_why(session, admin, signed, reason, sentence):
    with pytest.raises(Invalid, match=sentence):
        visits.reopen(session, admin, signed.visit_id, reason)


def test_only_an_administrator_reopens(session, doctor, receptionist, signed):
    for actor in (doctor, receptionist, a_user(session, Role.MANAGER)):
        with pytest.raises(NotPermitted, match="may not reopen completed visits"):
            visits.reopen(session, actor, signed.visit_id, "Check")


def test_the_visit_of_a_doctor_who_left_stays_locked(session, doctor, admin, signed):
    users.disable(session, admin, doctor.user_id)

    with pytest.raises(visits.DoctorGone, match="Only Dr Sen could change this visit"):
        visits.reopen(session, admin, signed.visit_id, "Check")
