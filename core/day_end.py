"""End of day: who still stands in the queue or in the book is closed, and what was left undone is listed.

Only what waits for nobody any more is closed: tokens, appointments, the waiting list. What somebody has to mend (a
visit left open, a visit without a bill, a bill not paid, medicines not handed over, a drawer not counted) is listed and
stays as it is. A day is ended as often as one likes; a forgotten day can be ended later, and takes the days before it
along. Nothing depends on it: a new clinic day begins at midnight in any case.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core import audit, billing, clock, dispensing, drawers, scheduling, token_queue
from core.billing import Piled, Unbilled
from core.drawers import OpenDay
from core.errors import Conflict
from core.models import (
    OPEN_TOKEN_STATES,
    Appointment,
    AppointmentState,
    AuditEvent,
    Clinic,
    Patient,
    Slot,
    Token,
    TokenState,
    User,
    Visit,
    VisitState,
)
from core.permissions import Actor, Permission, require
from core.words import say

ENDED = "day.ended"
BILLS_NAMED = 12  # of each kind; the others are counted


class DayToCome(Conflict):
    def __init__(self) -> None:
        super().__init__(say("This day has not begun yet."))


@dataclass(frozen=True)
class StillOpen:
    """A token, an appointment or a visit that nobody has closed. `number` is the token's, None of an appointment."""

    record_id: int
    day: date
    at: datetime
    patient: str
    doctor: str
    state: str
    number: int | None = None


@dataclass(frozen=True)
class LeftUndone:
    """Of a day and the days before it, oldest first, but of bills the newest. Ending the day closes `tokens` and
    `appointments`.

    `drawers` are the own ones, or all where the actor may close them.
    """

    tokens: tuple[StillOpen, ...]
    appointments: tuple[StillOpen, ...]
    visits: tuple[StillOpen, ...]
    unbilled: tuple[Unbilled, ...]
    unpaid: Piled
    not_handed_over: Piled
    drawers: tuple[OpenDay, ...]


@dataclass(frozen=True)
class DayEnded:
    """How many were closed; `finished` are tokens whose visit stays open."""

    day: date
    no_shows: int
    finished: int
    appointments: int


def left_undone(session: Session, actor: Actor, day: date) -> LeftUndone:
    require(actor, Permission.END_DAY)
    end = clock.day_bounds(day)[1]
    unbilled = [visit for visit in billing.list_unbilled(session, actor) if visit.completed_at < end]
    return LeftUndone(
        tokens=_read(session, _open_tokens(day)),
        appointments=_read(session, _missed(day)),
        visits=_read(session, _open_visits(end)),
        unbilled=tuple(unbilled),
        unpaid=billing.find_unpaid(session, actor, until=day, limit=BILLS_NAMED),
        not_handed_over=dispensing.find_owing(session, actor, until=day, limit=BILLS_NAMED),
        drawers=tuple(one for one in drawers.open_days(session, actor) if one.day <= day),
    )


def forgotten_days(session: Session, actor: Actor) -> list[date]:
    """Days before today on which somebody still stands in the queue or in the book, oldest first."""
    require(actor, Permission.END_DAY)
    today = clock.today()
    tokens = session.scalars(_open_of(Token.issued_on).where(Token.issued_on < today).distinct())
    starts = session.scalars(_booked_of(Slot.starts_at).where(Slot.starts_at < clock.day_bounds(today)[0]))
    return sorted({*tokens, *map(clock.day_of, starts)})


def ended_at(session: Session, actor: Actor, day: date) -> datetime | None:
    """When somebody last ended this day."""
    require(actor, Permission.END_DAY)
    return session.scalar(
        select(AuditEvent.occurred_at)
        .where(
            AuditEvent.resource_type == Clinic.__tablename__,
            AuditEvent.event == ENDED,
            AuditEvent.changes["day"][1].as_string() == day.isoformat(),
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )


def end_day(session: Session, actor: Actor, day: date) -> DayEnded:
    """Close the queue and the book of a day and of those before it. Again, it closes what came since.

    Who waits, was skipped or was called in vain has left; who sits with a doctor is out of the queue, and the visit
    stays open. Raises DayToCome.
    """
    require(actor, Permission.END_DAY)
    if day > clock.today():
        raise DayToCome
    appointments = _close_appointments(session, actor, day)
    states = _close_tokens(session, actor, day)
    scheduling.end_waiting(session, actor, day)
    finished = states.count(TokenState.FINISHED)
    ended = DayEnded(day, len(states) - finished, finished, appointments)
    if states or appointments or ended_at(session, actor, day) is None:
        counts: audit.Changes = {name: (None, getattr(ended, name)) for name in DayEnded.__dataclass_fields__}
        audit.record(session, actor, audit.UPDATE, ENDED, session.get_one(Clinic, 1), counts, days={day})
    return ended


def _close_appointments(session: Session, actor: Actor, day: date) -> int:
    """All are locked before the first is closed: a slot is never waited for while another appointment is to come."""
    ids = _booked_of(Appointment.id).where(Slot.starts_at < _until(day)).order_by(Appointment.id)
    locked = session.scalars(ids.with_for_update(of=Appointment)).all()
    for appointment_id in locked:
        scheduling.mark_no_show(session, actor, appointment_id)
    return len(locked)


def _close_tokens(session: Session, actor: Actor, day: date) -> list[TokenState]:
    """Their appointments, too; those are locked before the tokens, here as everywhere."""
    open_by_then = Token.issued_on <= day
    held = _open_of(Appointment.id).join(Appointment, Appointment.id == Token.appointment_id).where(open_by_then)
    session.execute(held.order_by(Appointment.id).with_for_update(of=Appointment))
    ids = session.scalars(_open_of(Token.id).where(open_by_then).order_by(Token.id).with_for_update()).all()
    visited = set(
        session.scalars(select(Visit.token_id).where(Visit.token_id.in_(ids), Visit.state == VisitState.OPEN))
    )
    return [
        (token_queue.finish if token_id in visited else token_queue.mark_no_show)(session, actor, token_id).state
        for token_id in ids
    ]


def _until(day: date) -> datetime:
    """Whoever is booked for later today may still come."""
    return min(clock.day_bounds(day)[1], clock.now())


def _open_of(*columns: Any) -> Select[*tuple[Any, ...]]:
    return select(*columns).select_from(Token).where(Token.state.in_(OPEN_TOKEN_STATES))


def _booked_of(*columns: Any) -> Select[*tuple[Any, ...]]:
    return select(*columns).join_from(Appointment, Slot).where(Appointment.state == AppointmentState.BOOKED)


def _open_tokens(day: date) -> Select[*tuple[Any, ...]]:
    return (
        _open_of(Token.id, Token.issued_at, Patient.name, User.name, Token.state, Token.number)
        .join(Patient, Patient.id == Token.patient_id)
        .outerjoin(User, User.id == Token.doctor_id)
        .where(Token.issued_on <= day)
        .order_by(Token.issued_on, Token.number)
    )


def _missed(day: date) -> Select[*tuple[Any, ...]]:
    return (
        _booked_of(Appointment.id, Slot.starts_at, Patient.name, User.name, Appointment.state)
        .join(Patient, Patient.id == Appointment.patient_id)
        .join(User, User.id == Slot.doctor_id)
        .where(Slot.starts_at < _until(day))
        .order_by(Slot.starts_at, Appointment.id)
    )


def _open_visits(end: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(Visit.id, Visit.started_at, Patient.name, User.name, Visit.state, Token.number)
        .join(Patient, Patient.id == Visit.patient_id)
        .join(User, User.id == Visit.doctor_id)
        .join(Token, Token.id == Visit.token_id)
        .where(Visit.state == VisitState.OPEN, Visit.started_at < end)
        .order_by(Visit.started_at, Visit.id)
    )


def _read(session: Session, wanted: Select[*tuple[Any, ...]]) -> tuple[StillOpen, ...]:
    rows: Iterable[Sequence[Any]] = session.execute(wanted)
    return tuple(
        StillOpen(record_id, clock.day_of(at), at, patient, doctor or "", str(state), *number)
        for record_id, at, patient, doctor, state, *number in rows
    )
