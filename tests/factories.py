"""Short ways to a world, reached by running the workflows. Each names only what its test cares about."""

from decimal import Decimal
from itertools import count

from sqlalchemy import select

from core import patients, token_queue, users
from core.models import Priority, Sex, User
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
