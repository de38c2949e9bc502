"""Steps of a clinic's day to be swept, each in a world of its own: (verb, actor, *arguments)."""

from datetime import time
from decimal import Decimal

from core import (
    billing,
    clock,
    dispensing,
    drawers,
    inventory,
    patients,
    prescriptions,
    scheduling,
    token_queue,
    visits,
)
from core.inventory import Delivery
from core.models import PaymentMethod
from core.patients import PatientDetails, Sex
from core.permissions import Role
from tests import factories


def registering(session):
    return patients.register, factories.an_admin(session), PatientDetails("Asha Rao", Sex.FEMALE)


def walking_in(session):
    return token_queue.register_and_walk_in, factories.an_admin(session), PatientDetails("Vikram Sen", Sex.MALE)


def calling(session):
    doctor = factories.a_user(session, Role.DOCTOR)
    factories.a_token(session, doctor=doctor)
    return token_queue.call_next, doctor, doctor.user_id


def booking(session):
    doctor = factories.a_user(session, Role.DOCTOR)
    return (
        scheduling.book,
        factories.an_admin(session),
        factories.a_slot(session, doctor),
        factories.a_patient(session).patient_id,
    )


def opening_slots(session):
    doctor = factories.a_user(session, Role.DOCTOR)
    plan = scheduling.SlotPlan(clock.today(), clock.today(), time(14), time(16), slot_minutes=15)
    return scheduling.open_slots, factories.an_admin(session), doctor.user_id, plan


def starting_a_visit(session):
    doctor = factories.a_user(session, Role.DOCTOR)
    factories.a_token(session, doctor=doctor)
    return visits.start, doctor, token_queue.call_next(session, doctor, doctor.user_id).token_id


def signing(session):
    doctor = factories.a_user(session, Role.DOCTOR)
    visit = factories.a_visit(session, doctor)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    return visits.complete, doctor, visit.visit_id


def prescribing(session):
    doctor = factories.a_user(session, Role.DOCTOR)
    visit = factories.a_visit(session, doctor)
    return prescriptions.prescribe, doctor, visit.visit_id, [factories.an_item(session, a_medicine(session))]


def billing_by_hand(session):
    patient, medicine = factories.a_patient(session), a_medicine(session)
    lines = [
        billing.LineDetails("Certificate", unit_price=Decimal(300)),
        billing.LineDetails(medicine_id=medicine.medicine_id, quantity=3),
    ]
    return billing.invoice_by_hand, factories.an_admin(session), patient.patient_id, lines


def paying(session):
    bill = factories.an_invoice(session)
    return billing.pay, factories.an_admin(session), bill.invoice_id, bill.due, PaymentMethod.CASH


def refunding(session):
    bill = factories.an_invoice(session, paid=True)
    quantities = {bill.lines[0].line_id: 1}
    return billing.refund, factories.an_admin(session), bill.invoice_id, quantities, PaymentMethod.UPI, "Not needed"


def handing_over(session):
    """From two batches."""
    medicine = a_medicine(session)
    for _ in range(2):
        factories.a_batch(session, medicine, 10)
    bill = factories.an_invoice(session, (medicine, 15), paid=True)
    return dispensing.dispense, factories.a_user(session, Role.PHARMACIST), bill.invoice_id


def receiving(session):
    delivery = Delivery(
        f"R{next(factories._numbers)}", 30, clock.today().replace(year=2026), Decimal("1.25"), supplier="Sun Pharma"
    )
    return inventory.receive, factories.an_admin(session), a_medicine(session).medicine_id, delivery


def closing_a_drawer(session):
    cashier = factories.a_user(session, Role.RECEPTION)
    bill = factories.an_invoice(session)
    billing.pay(session, cashier, bill.invoice_id, bill.due, PaymentMethod.CASH)
    count = drawers.Count({Decimal(100): 3}, Decimal(0), Decimal(300))
    return drawers.close, cashier, cashier.user_id, clock.today(), count


def merging(session):
    kept, gone = factories.a_token(session, "Asha Rao").patient_id, factories.a_patient(session, "Asha R").patient_id
    return patients.merge, factories.an_admin(session), kept, gone


def a_medicine(session):
    return factories.a_medicine(session, f"Amoxil {next(factories._numbers)}")


STEPS = [
    *(registering, walking_in, calling, booking, opening_slots, starting_a_visit, signing, prescribing),
    *(billing_by_hand, paying, refunding, handing_over, receiving, closing_a_drawer, merging),
]
