from decimal import Decimal

import pytest

from core import billing, dispensing, prescriptions, visits
from core.analytics import store
from core.models import PaymentMethod
from core.prescriptions import ItemDetails
from core.visits import Measurements
from etl import feed, rebuild, relay, verify
from tests.emptying import empty_mongo, wait_for_mongo
from tests.factories import a_batch, a_medicine, a_patient, a_visit, an_admin


@pytest.fixture
def mongo(session):
    """MongoDB as a new clinic finds it: empty, whole, and with everything still to come."""
    session.flush()
    empty_mongo()
    feed.write(session, None, whole=True)
    yield store.database()
    empty_mongo()


@pytest.fixture
def whole_mongo(committed):
    """For what really commits: MongoDB says all that PostgreSQL says."""
    wait_for_mongo()
    rebuild.run()
    relay.drain()
    yield
    empty_mongo()


@pytest.fixture
def carry(session, mongo):
    """One pass of the relay over what the test has done so far."""

    def run():
        session.flush()
        return relay.run()

    return run


@pytest.fixture
def equal(carry):
    """Carry over what was done; then MongoDB must say what PostgreSQL says, and a second pass has nothing to do."""

    def holds():
        carry()
        assert verify.run() == []
        assert not any(carry())

    return holds


@pytest.fixture
def treat(session, doctor):
    """A patient's way from the queue to the medicines in their hands: 500.00 for the doctor, 45.00 for ten capsules.

    Returns the visit's and the invoice's number. `paid` is how much of it; medicines are handed over once it is all.
    """
    amoxicillin = a_medicine(session, "Amoxicillin 500 mg", price="4.50")
    a_batch(session, amoxicillin, 1000)

    def walk(patient=None, paid="545.00", method=PaymentMethod.CASH):
        visit_id = a_visit(session, doctor, patient or a_patient(session)).visit_id
        measured = Measurements(temperature_c=Decimal("38.5"), weight_kg=Decimal(60), height_cm=Decimal(165))
        visits.record_vitals(session, doctor, visit_id, measured)
        visits.add_diagnosis(session, doctor, visit_id, "J06.9")
        prescribed = ItemDetails(amoxicillin.medicine_id, Decimal(1), "BD", 5)
        prescriptions.prescribe(session, doctor, visit_id, [prescribed])
        visits.complete(session, doctor, visit_id)
        admin = an_admin(session)
        invoice = billing.invoice_visit(session, admin, visit_id)
        if Decimal(paid):
            billing.pay(session, admin, invoice.invoice_id, Decimal(paid), method)
        if Decimal(paid) == invoice.total:
            dispensing.dispense(session, admin, invoice.invoice_id)
        return visit_id, invoice.invoice_id

    return walk
