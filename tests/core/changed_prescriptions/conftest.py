import pytest

from core import billing, prescriptions, visits
from tests.factories import a_batch, a_medicine, a_visit, an_item


@pytest.fixture
def amoxicillin(session):
    medicine = a_medicine(session)
    a_batch(session, medicine, 100)
    return medicine


@pytest.fixture
def issued(session, doctor, amoxicillin):
    """The prescription of a completed visit."""
    visit_id = a_visit(session, doctor).visit_id
    record = prescriptions.prescribe(session, doctor, visit_id, [an_item(session, amoxicillin)])
    visits.add_note(session, doctor, visit_id, "Cough")
    visits.complete(session, doctor, visit_id)
    return record


@pytest.fixture
def bill(session, receptionist, issued):
    return billing.invoice_visit(session, receptionist, issued.visit_id)
