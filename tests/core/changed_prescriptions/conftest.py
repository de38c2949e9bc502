import pytest

from core import billing
from tests.factories import a_batch, a_medicine, a_prescribed_visit


@pytest.fixture
def amoxicillin(session):
    medicine = a_medicine(session)
    a_batch(session, medicine, 100)
    return medicine


@pytest.fixture
def issued(session, doctor, amoxicillin):
    """The prescription of a completed visit."""
    return a_prescribed_visit(session, doctor, amoxicillin)


@pytest.fixture
def bill(session, receptionist, issued):
    return billing.invoice_visit(session, receptionist, issued.visit_id)
