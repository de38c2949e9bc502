"""The queue and the calendar: what was never closed when its day was over, and who is booked with nobody there."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, Time, and_, cast, exists, func, or_, select

from core import clock
from core.models import (
    OPEN_TOKEN_STATES,
    Absence,
    Appointment,
    AppointmentState,
    Patient,
    Slot,
    Token,
    User,
    Visit,
    VisitState,
    WaitingListEntry,
)
from core.permissions import Permission
from core.quality.check import LOOK_BACK_DAYS, Check, Found, a_year_ago, clinic_day, columns, today_began, told, who
from core.words import later, say


def _tokens() -> Found:
    """Those with an open visit are counted as visits left open: the doctor ends both at once."""
    begun = exists().where(Visit.token_id == Token.id, Visit.state == VisitState.OPEN)
    detail = func.concat_ws(" · ", told(say("Token {number}"), number=Token.number), User.name)
    return (
        select(*columns(Token.id, who(), detail, Token.issued_on, patient_id=Patient.id))
        .join(Patient, Patient.id == Token.patient_id)
        .outerjoin(User, User.id == Token.doctor_id)
        .where(Token.issued_on < clock.today(), Token.state.in_(OPEN_TOKEN_STATES), ~begun)
        .order_by(Token.issued_on.desc(), Token.number)
    )


def _issued() -> Select[int]:
    since = clock.today() - timedelta(days=LOOK_BACK_DAYS)
    return select(func.count(Token.id)).where(Token.issued_on.between(since, clock.today() - timedelta(days=1)))


def _bookings() -> Found:
    return (
        select(*columns(Appointment.id, who(), User.name, clinic_day(Slot.starts_at), patient_id=Patient.id))
        .join(Slot, Slot.id == Appointment.slot_id)
        .join(Patient, Patient.id == Appointment.patient_id)
        .join(User, User.id == Slot.doctor_id)
        .where(*_past(), Appointment.state == AppointmentState.BOOKED)
        .order_by(Slot.starts_at.desc(), Appointment.id)
    )


def _appointments() -> Select[int]:
    return select(func.count(Appointment.id)).join(Slot, Slot.id == Appointment.slot_id).where(*_past())


def _away() -> Found:
    """Whoever was booked before the leave was added."""
    starts, ends = (cast(func.timezone(clock.zone().key, moment), Time) for moment in (Slot.starts_at, Slot.ends_at))
    touched = and_(
        Absence.doctor_id == Slot.doctor_id,
        clinic_day(Slot.starts_at).between(Absence.first_on, Absence.last_on),
        or_(Absence.starts.is_(None), and_(starts < Absence.ends, ends > Absence.starts)),
    )
    detail = func.concat_ws(" · ", User.name, func.to_char(starts, "HH24:MI"), func.nullif(Patient.phone, ""))
    return (
        select(*columns(Appointment.id, who(), detail, clinic_day(Slot.starts_at), patient_id=Patient.id))
        .join(Slot, Slot.id == Appointment.slot_id)
        .join(Patient, Patient.id == Appointment.patient_id)
        .join(User, User.id == Slot.doctor_id)
        .where(*_to_come(), exists().where(touched))
        .order_by(Slot.starts_at, Appointment.id)
    )


def _booked_ahead() -> Select[int]:
    return select(func.count(Appointment.id)).join(Slot, Slot.id == Appointment.slot_id).where(*_to_come())


def _to_come() -> tuple[Any, ...]:
    return (Slot.starts_at > clock.now(), Appointment.state == AppointmentState.BOOKED)


def _wishes() -> Found:
    return (
        select(*columns(WaitingListEntry.id, who(), User.name, WaitingListEntry.wanted_on, patient_id=Patient.id))
        .join(Patient, Patient.id == WaitingListEntry.patient_id)
        .outerjoin(User, User.id == WaitingListEntry.doctor_id)
        .where(*_of_past_days(), WaitingListEntry.settled_at.is_(None))
        .order_by(WaitingListEntry.wanted_on.desc(), WaitingListEntry.id)
    )


def _wishes_at_all() -> Select[int]:
    return select(func.count(WaitingListEntry.id)).where(*_of_past_days())


def _of_past_days() -> tuple[Any, ...]:
    today = clock.today()
    return (WaitingListEntry.wanted_on.between(today - timedelta(days=LOOK_BACK_DAYS), today - timedelta(days=1)),)


def _past() -> tuple[Any, ...]:
    return (Slot.starts_at >= a_year_ago(), Slot.starts_at < today_began())


CHECKS = (
    Check(
        "tokens",
        later("Tokens left open"),
        later("Nobody knows whether these patients were seen or left; waiting times of that day are wrong."),
        later("tokens of the last year before today"),
        Permission.SEE_QUEUE,
        _tokens,
        _issued,
    ),
    Check(
        "bookings",
        later("Past appointments still booked"),
        later("Without “did not come” the rate of no-shows looks better than it is."),
        later("appointments of the last year before today"),
        Permission.SEE_SCHEDULE,
        _bookings,
        _appointments,
    ),
    Check(
        "away",
        later("Booked while the doctor is away"),
        later("Nobody will see these patients unless they are called and moved to another time or doctor."),
        later("appointments to come"),
        Permission.SEE_SCHEDULE,
        _away,
        _booked_ahead,
    ),
    Check(
        "wishes",
        later("Waiting for a day that is over"),
        later("Nobody told these patients that no slot became free; the end of the day takes them off the list."),
        later("entries on the waiting list for the last year before today"),
        Permission.SEE_SCHEDULE,
        _wishes,
        _wishes_at_all,
    ),
)
