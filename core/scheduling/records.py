"""Slots and appointments as screens show them, and the queries that read them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import Session

from core import clinic, clock
from core.models import Appointment, AppointmentState, Doctor, Patient, Slot, SlotState, User, members
from core.words import date_in_words, say

OPEN = (AppointmentState.BOOKED, AppointmentState.ARRIVED)
ACTIVE = (*OPEN, AppointmentState.COMPLETED)


@dataclass(frozen=True)
class SlotRecord:
    """A slot of the day grid. From `appointment_id` on, all is None unless the slot is booked."""

    slot_id: int
    doctor_id: int
    doctor_name: str
    starts_at: datetime
    ends_at: datetime
    state: SlotState
    appointment_id: int | None
    appointment_state: AppointmentState | None
    patient_id: int | None
    patient_name: str | None
    mrn: str | None
    phone: str | None


@dataclass(frozen=True)
class AppointmentRecord:
    """`reason` says why it was cancelled."""

    appointment_id: int
    state: AppointmentState
    reason: str
    slot_id: int
    starts_at: datetime
    ends_at: datetime
    doctor_id: int
    doctor_name: str
    room: str
    patient_id: int
    patient_name: str
    mrn: str
    phone: str
    reminded_at: datetime | None


def slots() -> Select[*tuple[object, ...]]:
    """Slots by time, with who is in them; columns in the order of SlotRecord's fields."""
    active = and_(Appointment.slot_id == Slot.id, Appointment.state.in_(ACTIVE))
    return (
        select(
            *(Slot.id, Slot.doctor_id, User.name, Slot.starts_at, Slot.ends_at, Slot.state),
            *(Appointment.id, Appointment.state, Patient.id, Patient.name, Patient.mrn, Patient.phone),
        )
        .join(User, User.id == Slot.doctor_id)
        .outerjoin(Appointment, active)
        .outerjoin(Patient, Patient.id == Appointment.patient_id)
        .order_by(Slot.starts_at, User.name, Slot.id)
    )


def appointments() -> Select[*tuple[object, ...]]:
    """Appointments by time; columns in the order of AppointmentRecord's fields."""
    return (
        select(
            *(
                Appointment.id,
                members(Appointment.state, AppointmentState),
                Appointment.reason,
                Slot.id,
                Slot.starts_at,
                Slot.ends_at,
            ),
            *(Slot.doctor_id, User.name, Doctor.room, Patient.id, Patient.name, Patient.mrn, Patient.phone),
            Appointment.reminded_at,
        )
        .join(Slot, Slot.id == Appointment.slot_id)
        .join(Doctor, Doctor.user_id == Slot.doctor_id)
        .join(User, User.id == Slot.doctor_id)
        .join(Patient, Patient.id == Appointment.patient_id)
        .order_by(Slot.starts_at, User.name, Appointment.id)
    )


def to_slot(row: Row[*tuple[object, ...]]) -> SlotRecord:
    return SlotRecord(*row)  # type: ignore[arg-type]


def to_appointment(row: Row[*tuple[object, ...]]) -> AppointmentRecord:
    return AppointmentRecord(*row)  # type: ignore[arg-type]


def appointment_record(session: Session, appointment_id: int) -> AppointmentRecord:
    session.flush()
    return to_appointment(session.execute(appointments().where(Appointment.id == appointment_id)).one())


def day_in_words(day: date) -> str:
    """ "3 March", with the year when it is another one."""
    pattern = "d MMMM" if day.year == clock.today().year else "d MMMM y"
    return date_in_words(day, pattern)


def moment_in_words(session: Session, moment: datetime) -> str:
    """ "10:30 AM on 3 March", as the clinic's country writes times."""
    time = clinic.profile(session).clock_time(moment)
    return say("{time} on {day}", time=time, day=day_in_words(clock.day_of(moment)))
