"""The doctor takes a prescription back at the moment it is handed over: whoever comes second is refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core import billing, db, dispensing, prescriptions, visits
from core.dispensing import PrescriptionTakenBack
from core.permissions import Role
from core.prescriptions import PrescriptionDispensed
from tests.factories import a_batch, a_medicine, a_user, a_visit, an_item, pay
from tests.races.waiting import tried, wait_until_someone_waits

pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.fixture
def changing_and_dispensing(committed):
    """Amending and handing over one paid prescription, as calls."""
    with db.transaction() as session:
        doctor, pharmacist = a_user(session, Role.DOCTOR), a_user(session, Role.PHARMACIST)
        receptionist, medicine = a_user(session, Role.RECEPTION), a_medicine(session)
        a_batch(session, medicine, 100)
        visit_id, items = a_visit(session, doctor).visit_id, [an_item(session, medicine)]
        issued = prescriptions.prescribe(session, doctor, visit_id, items)
        visits.add_note(session, doctor, visit_id, "Cough")
        visits.complete(session, doctor, visit_id)
        bill = pay(session, billing.invoice_visit(session, receptionist, visit_id))
    return (
        (prescriptions.amend, doctor, issued.prescription_id, items, "Another dose"),
        (dispensing.dispense, pharmacist, bill.invoice_id),
    )


def meanwhile(engine, first, second):
    """What became of the second call, made while the first held its locks."""
    with ThreadPoolExecutor() as pool, db.transaction() as session:
        first[0](session, *first[1:])
        waiting = pool.submit(tried, *second)
        wait_until_someone_waits(engine)
        session.commit()
        return waiting.result(timeout=5)


def test_what_the_doctor_is_changing_is_not_handed_over(engine, changing_and_dispensing):
    changing, dispensing_it = changing_and_dispensing

    assert isinstance(meanwhile(engine, changing, dispensing_it), PrescriptionTakenBack)


def test_what_is_being_handed_over_is_not_changed(engine, changing_and_dispensing):
    changing, dispensing_it = changing_and_dispensing

    assert isinstance(meanwhile(engine, dispensing_it, changing), PrescriptionDispensed)
