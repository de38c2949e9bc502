"""Close slots, open them again, and look at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, literal, select
from sqlalchemy.orm import Session

from core import audit, clinic, clock, users
from core.errors import Conflict, NotFound, check
from core.models import Slot, SlotState, User
from core.permissions import Actor, Permission, require
from core.scheduling.leave import leave_between
from core.scheduling.records import SlotRecord, slots, to_slot
from core.words import say


class OnLeave(Conflict):
    def __init__(self, doctor: str, leave: str) -> None:
        super().__init__(
            say(
                "{doctor} is away: {leave}. Take the leave back first, under Doctors' hours.",
                doctor=doctor,
                leave=leave,
            )
        )


@dataclass(frozen=True)
class Blocked:
    """How many slots were closed, and those left alone because someone is booked in them."""

    closed: int
    booked: tuple[SlotRecord, ...]


def block(session: Session, actor: Actor, doctor_id: int, starts_at: datetime, ends_at: datetime) -> Blocked:
    """Close the free slots that touch a range of time. Booked ones stay and are returned. Raises Invalid."""
    require(actor, Permission.MANAGE_SCHEDULE)
    doctor = users.working_doctor(session, doctor_id)
    touched = _locked_range(session, doctor_id, starts_at, ends_at)
    closed = _turn(touched, SlotState.FREE, SlotState.CLOSED)
    audit.record(session, actor, audit.UPDATE, "slots.blocked", doctor, _range_changes(starts_at, ends_at, closed))
    booked = [slot.id for slot in touched if slot.state is SlotState.BOOKED]
    rows = session.execute(slots().where(Slot.id.in_(booked))) if booked else ()
    return Blocked(closed, tuple(to_slot(row) for row in rows))


def unblock(session: Session, actor: Actor, doctor_id: int, starts_at: datetime, ends_at: datetime) -> int:
    """Free the closed slots that touch a range of time, except in leave; returns how many.

    Raises OnLeave where leave is all that keeps them closed, or Invalid.
    """
    require(actor, Permission.MANAGE_SCHEDULE)
    doctor = users.working_doctor(session, doctor_id)
    touched = _locked_range(session, doctor_id, starts_at, ends_at)
    leaves = [leave for _, leave in leave_between(session, doctor_id, clock.day_of(starts_at), clock.day_of(ends_at))]
    closed = [slot for slot in touched if slot.state is SlotState.CLOSED]
    away = {slot: leave for slot in closed for leave in leaves if leave.covers(slot.starts_at, slot.ends_at)}
    freed = _turn([slot for slot in closed if slot not in away], SlotState.CLOSED, SlotState.FREE)
    if not freed and away:
        raise OnLeave(doctor.name, away[closed[0]].in_words(clinic.profile(session)))
    audit.record(session, actor, audit.UPDATE, "slots.unblocked", doctor, _range_changes(starts_at, ends_at, freed))
    return freed


def list_slots(
    session: Session, actor: Actor, day: date, doctor_id: int | None = None, days: int = 1
) -> list[SlotRecord]:
    """The slots of a clinic day, or of several from it on, by time, of one doctor or of all."""
    require(actor, Permission.SEE_SCHEDULE)
    starts, ends = clock.day_bounds(day)[0], clock.day_bounds(clock.days_after(day, days - 1))[1]
    found = slots().where(Slot.starts_at >= starts, Slot.starts_at < ends)
    if doctor_id is not None:
        found = found.where(Slot.doctor_id == doctor_id)
    return [to_slot(row) for row in session.execute(found)]


def get_slot(session: Session, actor: Actor, slot_id: int) -> SlotRecord:
    """Raises NotFound."""
    require(actor, Permission.SEE_SCHEDULE)
    found = session.execute(slots().where(Slot.id == slot_id)).one_or_none()
    if found is None:
        raise NotFound("slot", slot_id)
    return to_slot(found)


def list_touched(
    session: Session, actor: Actor, doctor_id: int, starts_at: datetime, ends_at: datetime
) -> list[SlotRecord]:
    """The slots of a doctor that touch a range of time, by time: what `block` would find. An empty range has none."""
    require(actor, Permission.SEE_SCHEDULE)
    touched = slots().where(*_touching(doctor_id, starts_at, ends_at))
    return [to_slot(row) for row in session.execute(touched)] if starts_at < ends_at else []


def next_free(session: Session, actor: Actor, doctor_id: int | None = None, limit: int = 5) -> list[SlotRecord]:
    """The next slots that can be booked, with one doctor or with any who works here."""
    require(actor, Permission.SEE_SCHEDULE)
    found = slots().where(Slot.starts_at > clock.now(), Slot.state == SlotState.FREE, User.disabled_at.is_(None))
    if doctor_id is not None:
        found = found.where(Slot.doctor_id == doctor_id)
    return [to_slot(row) for row in session.execute(found.limit(limit))]


def _locked_range(session: Session, doctor_id: int, starts_at: datetime, ends_at: datetime) -> Sequence[Slot]:
    check(ends_at=say("The end must be later than the start.") if ends_at <= starts_at else None)
    touched = select(Slot).where(*_touching(doctor_id, starts_at, ends_at))
    locked = touched.order_by(Slot.id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(locked).all()


def _touching(doctor_id: int, starts_at: datetime, ends_at: datetime) -> tuple[ColumnElement[bool], ...]:
    """None is longer than a day: so those of the years before are not read."""
    earliest = literal(starts_at) - timedelta(days=1)
    return Slot.doctor_id == doctor_id, Slot.starts_at > earliest, Slot.starts_at < ends_at, Slot.ends_at > starts_at


def _turn(touched: Sequence[Slot], before: SlotState, after: SlotState) -> int:
    changed = [slot for slot in touched if slot.state is before]
    for slot in changed:
        slot.state = after
    return len(changed)


def _range_changes(starts_at: datetime, ends_at: datetime, count: int) -> audit.Changes:
    return {"starts_at": (None, starts_at), "ends_at": (None, ends_at), "slots": (None, count)}
