"""Real work goes on in a simulated clinic, and no second one is simulated over it."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core import billing, token_queue, users, visits
from core.models import InvoiceCounter, Patient
from core.permissions import Actor, Role
from etl import simulate
from tests.etl.simulated.clinic import DAYS, PATIENTS
from tests.factories import an_admin


def test_real_work_goes_on_afterwards(clinic):
    admin = an_admin(clinic)
    choice = users.list_doctors(clinic, admin)[0]
    doctor = Actor(choice.doctor_id, choice.name, Role.DOCTOR)
    patient = clinic.scalars(select(Patient.id).limit(1)).one()
    last = clinic.scalar(select(InvoiceCounter.last_number))

    token_queue.walk_in(clinic, admin, patient, doctor.user_id)
    token = token_queue.call_next(clinic, doctor, doctor.user_id)
    visit = visits.start(clinic, doctor, token.token_id)
    visits.add_diagnosis(clinic, doctor, visit.visit_id, "J06.9")
    visits.complete(clinic, doctor, visit.visit_id)
    bill = billing.invoice_visit(clinic, admin, visit.visit_id)
    paid = billing.pay(clinic, admin, bill.invoice_id, bill.due, billing.PaymentMethod.CASH)

    assert paid.due == Decimal(0)
    assert paid.number == f"2024-25/{last + 1:06d}"
    assert token.number == 1


def test_a_clinic_with_records_of_its_own_is_left_alone(clinic):
    with pytest.raises(simulate.ClinicInUse):
        simulate.run(DAYS, PATIENTS, seed=4)
