"""Who is to be reminded of an appointment, and the message that is ready to be sent.

Qure sends nothing by itself: somebody copies the messages, or takes the list to another program, and then says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date, format_time
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clinic, clock
from core.clinic import Profile
from core.models import Appointment, AppointmentState, Slot
from core.permissions import Actor, Permission, require
from core.scheduling.appointments import locked
from core.scheduling.records import AppointmentRecord, appointment_record, appointments, to_appointment
from core.words import say


@dataclass(frozen=True)
class Reminder:
    """`appointment` is BOOKED. `message` is what the patient reads: nothing about why they come."""

    appointment: AppointmentRecord
    message: str


@dataclass(frozen=True)
class Reminded:
    """`left_out` were moved, cancelled or reminded by somebody else while the list was on the screen."""

    marked: int
    left_out: int


def list_reminders(session: Session, actor: Actor, day: date) -> list[Reminder]:
    """Everybody who is booked for a clinic day and has not come yet, by time."""
    require(actor, Permission.BOOK)
    starts, ends = clock.day_bounds(day)
    booked = appointments().where(
        Appointment.state == AppointmentState.BOOKED, Slot.starts_at >= starts, Slot.starts_at < ends
    )
    profile = clinic.profile(session)
    found = [to_appointment(row) for row in session.execute(booked)]
    return [Reminder(record, _message(profile, record)) for record in found]


def mark_reminded(session: Session, actor: Actor, slots: Mapping[int, int]) -> Reminded:
    """These appointments, and no others, have been reminded. `slots` says in which slot each was when it was shown:
    whoever was moved since was told the wrong time."""
    require(actor, Permission.BOOK)
    shown = select(Appointment).where(Appointment.id.in_(slots), Appointment.state == AppointmentState.BOOKED)
    shown = shown.where(Appointment.reminded_at.is_(None)).order_by(Appointment.id).with_for_update()
    found = session.scalars(shown.execution_options(populate_existing=True))
    reminded = [appointment for appointment in found if appointment.slot_id == slots[appointment.id]]
    with session.no_autoflush:  # all of them, and their entries, in a statement each
        for appointment in reminded:
            changes = audit.assign(appointment, reminded_at=clock.now())
            audit.record(session, actor, audit.UPDATE, "appointment.reminded", appointment, changes)
    return Reminded(len(reminded), len(slots) - len(reminded))


def forget_reminder(session: Session, actor: Actor, appointment_id: int) -> AppointmentRecord:
    """It was marked by mistake, or did not reach the patient."""
    require(actor, Permission.BOOK)
    appointment = locked(session, appointment_id)
    if changes := audit.assign(appointment, reminded_at=None):
        audit.record(session, actor, audit.UPDATE, "appointment.reminder_taken_back", appointment, changes)
    return appointment_record(session, appointment_id)


def _message(profile: Profile, record: AppointmentRecord) -> str:
    at = clock.local(record.starts_at)
    day = format_date(at.date(), "EEEE, d MMMM", locale=profile.locale)
    time = format_time(at, "short", locale=profile.locale).replace("\u202f", " ")  # which would double an SMS
    told = {"name": record.patient_name, "doctor": record.doctor_name, "day": day, "time": time}
    what = say("{name} has an appointment with {doctor} on {day} at {time}.", **told)
    change = say("If you cannot come, please call {phone}.", phone=profile.phone) if profile.phone else ""
    return f"{profile.name}: {what} {change}".rstrip()
