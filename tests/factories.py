"""Short ways to a world, reached by running the workflows. Each names only what its test cares about."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from sqlalchemy import select

from core import clock, inventory, patients, scheduling, token_queue, users
from core.inventory import Delivery, MedicineDetails
from core.models import MedicineForm, Priority, Sex, User
from core.patients import PatientDetails
from core.permissions import Actor, Role
from core.users import DoctorDetails, NewClinic, NewUser

PASSWORD = "correct horse battery"
_numbers = count(1)


def set_up(session):
    """The clinic and its administrator."""
    return users.set_up(session, NewClinic("Lotus Clinic", "Asia/Kolkata", "INR"), "asha", "Asha Admin", PASSWORD)


def an_admin(session):
    user = session.scalar(select(User).where(User.role == Role.ADMIN).order_by(User.id))
    return Actor(user.id, user.name, user.role)


def a_user(session, role, name=None):
    """A new user as an actor. A doctor takes 500.00, and 200.00 for a follow-up."""
    number = next(_numbers)
    name = name or f"{role.title()} {number}"
    fees = DoctorDetails(Decimal("500.00"), Decimal("200.00"), room=f"Room {number}")
    new = NewUser(f"user{number}", name, role, PASSWORD, fees if role is Role.DOCTOR else None)
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
