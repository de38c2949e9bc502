"""Short ways to a world, reached by running the workflows. Each names only what its test cares about."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from sqlalchemy import select

from core import (
    billing,
    clock,
    drawers,
    fields,
    inventory,
    patients,
    prescriptions,
    scheduling,
    token_queue,
    users,
    visits,
)
from core.billing import LineDetails, ServiceDetails
from core.inventory import Delivery, MedicineDetails
from core.models import MedicineForm, PaymentMethod, Priority, Sex, User
from core.patients import PatientDetails
from core.permissions import Actor, Role
from core.prescriptions import ItemDetails
from core.users import DoctorDetails, NewClinic, NewUser

PASSWORD = "correct horse battery"
_numbers = count(1)


def set_up(session):
    """The clinic and its administrator."""
    return users.set_up(session, NewClinic("Lotus Clinic", "Asia/Kolkata", "INR"), "asha", "Asha Admin", PASSWORD)


def an_admin(session):
    """The first one; asked for by nearly everything here, and looked for once."""
    if "an admin" not in session.info:
        user = session.scalar(select(User).where(User.role == Role.ADMIN).order_by(User.id))
        session.info["an admin"] = Actor(user.id, user.name, user.role)
    return session.info["an admin"]


def a_user(session, role, name=None):
    """A new user as an actor. A doctor takes 500.00, and 200.00 for a follow-up."""
    number = next(_numbers)
    name = name or f"{role.title()} {number}"
    fees = DoctorDetails(Decimal("500.00"), Decimal("200.00"), room=f"Room {number}")
    new = NewUser(f"user{number}", name, role, PASSWORD, fees if role is Role.DOCTOR else None, False)
    return Actor(users.add(session, an_admin(session), new), name, role)


def a_patient(session, name="Asha Rao", **details):
    """A registered patient (PatientCard)."""
    return patients.register(
        session, an_admin(session), PatientDetails(name, details.pop("sex", Sex.FEMALE), **details)
    )


def a_token(session, patient_name="Asha Rao", doctor=None, priority=Priority.NORMAL):
    """A new patient who walked in (TokenCard); without a doctor, for whoever is free first."""
    patient = a_patient(session, patient_name)
    doctor_id = doctor.user_id if doctor else None
    return token_queue.walk_in(session, an_admin(session), patient.patient_id, doctor_id, priority)


def a_medicine(session, name="Amoxicillin 500 mg", price="4.50", **details):
    """A capsule on the list of medicines (MedicineRecord)."""
    form, unit = details.pop("form", MedicineForm.CAPSULE), details.pop("unit", "capsule")
    medicine = MedicineDetails(name, form, unit, Decimal(price), **details)
    return inventory.add_medicine(session, an_admin(session), medicine)


def a_batch(session, medicine, quantity, received="2025-01-10", expires="2026-01-01", **delivery):
    """A delivery of a medicine, bought for 3.00 each (BatchRecord)."""
    arrived = Delivery(
        delivery.pop("number", f"B{next(_numbers)}"),
        quantity,
        date.fromisoformat(expires),
        Decimal(delivery.pop("unit_cost", "3.00")),
        date.fromisoformat(received),
        **delivery,
    )
    return inventory.receive(session, an_admin(session), medicine.medicine_id, arrived)


def a_slot(session, doctor, day=date(2025, 3, 3), starts=time(9)):
    """A free half hour of a doctor (slot id)."""
    ends = (datetime.combine(day, starts) + timedelta(minutes=30)).time()
    plan = scheduling.SlotPlan(day, day, starts, ends, slot_minutes=30)
    scheduling.open_slots(session, an_admin(session), doctor.user_id, plan)
    slots = scheduling.list_slots(session, an_admin(session), day, doctor.user_id)
    return next(slot.slot_id for slot in slots if slot.starts_at == clock.at(day, starts))


def an_appointment(session, doctor, name="Asha Rao", day=date(2025, 3, 3), starts=time(9)):
    """A booked slot (AppointmentRecord)."""
    slot_id, patient = a_slot(session, doctor, day, starts), a_patient(session, name)
    return scheduling.book(session, an_admin(session), slot_id, patient.patient_id)


def a_visit(session, doctor, patient=None):
    """The patient walked in, was called and sits with the doctor (VisitRecord)."""
    patient = patient or a_patient(session)
    token_queue.walk_in(session, an_admin(session), patient.patient_id, doctor.user_id)
    token = token_queue.call_next(session, doctor, doctor.user_id)
    return visits.start(session, doctor, token.token_id)


def a_completed_visit(session, doctor, patient=None, code="J06.9"):
    """A visit with a diagnosis, signed (VisitRecord)."""
    visit = a_visit(session, doctor, patient)
    visits.add_diagnosis(session, doctor, visit.visit_id, code)
    visits.complete(session, doctor, visit.visit_id)
    return visits.get(session, doctor, visit.visit_id)


def a_prescribed_visit(session, doctor, medicine):
    """A signed visit with a note, and fifteen capsules prescribed (PrescriptionRecord)."""
    visit_id = a_visit(session, doctor).visit_id
    issued = prescriptions.prescribe(session, doctor, visit_id, [an_item(session, medicine)])
    visits.add_note(session, doctor, visit_id, "Cough")
    visits.complete(session, doctor, visit_id)
    return issued


def an_item(session, medicine=None, **details):
    """A capsule three times a day for five days, after food (ItemDetails)."""
    medicine = medicine or a_medicine(session)
    usual = {"dose": Decimal(1), "frequency": "TDS", "duration_days": 5, "instructions": "after food"}
    return ItemDetails(medicine.medicine_id, **(usual | details))


def an_invoice(session, *medicines, price="300.00", paid=False, patient=None):
    """A bill by hand for a certificate and (medicine, quantity) lines (InvoiceRecord)."""
    lines = [LineDetails("Certificate", unit_price=Decimal(price))]
    lines += [LineDetails(medicine_id=medicine.medicine_id, quantity=quantity) for medicine, quantity in medicines]
    patient = patient or a_patient(session)
    invoice = billing.invoice_by_hand(session, an_admin(session), patient.patient_id, lines)
    return pay(session, invoice) if paid else invoice


def pay(session, invoice):
    """The whole bill in cash (InvoiceRecord)."""
    return billing.pay(session, an_admin(session), invoice.invoice_id, invoice.due, PaymentMethod.CASH)


def a_service(session, name="Dressing", price="100.00", tax="0"):
    """Something on the price list (ServiceRecord)."""
    return billing.add_service(session, an_admin(session), ServiceDetails(name, Decimal(price), Decimal(tax)))


def a_drawer_closed(session, cashier, day, missing="0"):
    """What is expected was counted, in small coins, but for what is missing; nothing stays (Close)."""
    expected = drawers.drawer(session, cashier, cashier.user_id, day).expected
    coins = {fields.CENT: int((expected - Decimal(missing)) * 100)}
    count = drawers.Count(coins, Decimal(0), expected, "Nobody knows" if Decimal(missing) else "")
    return drawers.close(session, cashier, cashier.user_id, day, count)
