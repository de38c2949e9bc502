"""Races of the doctor's room: visits, findings, prescriptions and papers."""

from core import billing, dispensing, documents, prescriptions, token_queue, visits
from core.permissions import Role
from tests import factories
from tests.races.table import does, race


def a_prescription(session):
    """The doctor, and a prescription of an open visit."""
    doctor = factories.a_user(session, Role.DOCTOR)
    visit = factories.a_visit(session, doctor)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    return doctor, prescriptions.prescribe(session, doctor, visit.visit_id, [factories.an_item(session)])


@race("SELECT count(*) = 1 FROM visits")
def one_visit_is_begun_in_two_tabs(session):
    doctor = factories.a_user(session, Role.DOCTOR)
    factories.a_token(session, "Asha Rao", doctor)
    called = token_queue.call_next(session, doctor, doctor.user_id).token_id
    return does(visits.start, doctor, called), does(visits.start, doctor, called)


@race("SELECT count(*) = 1 FROM prescriptions WHERE state = 'ISSUED'", prescriptions.AlreadyPrescribed)
def two_prescriptions_are_issued_for_a_visit(session):
    doctor = factories.a_user(session, Role.DOCTOR)
    visit_id, item = factories.a_visit(session, doctor).visit_id, factories.an_item(session)
    return tuple(does(prescriptions.prescribe, doctor, visit_id, [item]) for _ in range(2))


@race("SELECT count(*) = 1 FROM prescriptions WHERE state = 'ISSUED'", prescriptions.PrescriptionCancelled)
def one_prescription_is_amended_twice(session):
    doctor, issued = a_prescription(session)
    items = [factories.an_item(session, factories.a_medicine(session, "Zinc"))]
    return tuple(does(prescriptions.amend, doctor, issued.prescription_id, items, "Rash") for _ in range(2))


def prescribed_and_paid(session):
    doctor, pharmacist = (factories.a_user(session, role) for role in (Role.DOCTOR, Role.PHARMACIST))
    medicine = factories.a_medicine(session)
    factories.a_batch(session, medicine, 100)
    visit_id, items = factories.a_visit(session, doctor).visit_id, [factories.an_item(session, medicine)]
    issued = prescriptions.prescribe(session, doctor, visit_id, items)
    visits.add_note(session, doctor, visit_id, "Cough")
    visits.complete(session, doctor, visit_id)
    bill = factories.pay(session, billing.invoice_visit(session, factories.an_admin(session), visit_id))
    amend = does(prescriptions.amend, doctor, issued.prescription_id, items, "Another dose")
    return amend, does(dispensing.dispense, pharmacist, bill.invoice_id)


BOTH = "SELECT NOT (EXISTS (SELECT 1 FROM dispensings) AND EXISTS (SELECT 1 FROM prescriptions WHERE replaces_id > 0))"


@race(BOTH, dispensing.PrescriptionTakenBack)
def what_the_doctor_changes_is_handed_over(session):
    return prescribed_and_paid(session)


@race(BOTH, prescriptions.PrescriptionDispensed)
def what_is_handed_over_is_changed(session):
    amend, hand_over = prescribed_and_paid(session)
    return hand_over, amend


@race("SELECT count(*) = 1 FROM documents")
def one_paper_is_made_in_two_tabs(session):
    doctor = factories.a_user(session, Role.DOCTOR)
    paper = does(documents.visit_summary, doctor, factories.a_completed_visit(session, doctor).visit_id)
    return paper, paper


@race("SELECT count(*) = 0 FROM documents", prescriptions.PrescriptionCancelled)
def a_paper_is_made_of_what_is_cancelled(session):
    doctor, issued = a_prescription(session)
    cancel = does(prescriptions.cancel, doctor, issued.prescription_id, "Rash")
    return cancel, does(documents.prescription_paper, doctor, issued.prescription_id)


@race("SELECT count(*) = 1 FROM visit_reopenings", visits.NotCompleted)
def two_administrators_reopen_a_visit(session):
    visit = factories.a_completed_visit(session, factories.a_user(session, Role.DOCTOR)).visit_id
    admin, other = factories.an_admin(session), factories.a_user(session, Role.ADMIN)
    return does(visits.reopen, admin, visit, "Check"), does(visits.reopen, other, visit, "Check too")


@race("SELECT count(*) = 1 FROM audit_events WHERE event = 'diagnosis.struck'", visits.StruckAlready)
def one_diagnosis_is_struck_twice(session):
    doctor = factories.a_user(session, Role.DOCTOR)
    visit = factories.a_completed_visit(session, doctor)
    strike = visits.strike_diagnosis, doctor, visit.visit_id, visit.diagnoses[0].diagnosis_id
    return does(*strike, "Not hers"), does(*strike, "Slip of the pen")


@race("SELECT count(*) = 1 FROM diagnoses WHERE code = 'I10'", visits.DiagnosisThere)
def one_code_comes_late_twice(session):
    doctor = factories.a_user(session, Role.DOCTOR)
    visit = factories.a_completed_visit(session, doctor).visit_id
    return tuple(does(visits.add_diagnosis, doctor, visit, "I10", reason="Swab came back") for _ in range(2))
