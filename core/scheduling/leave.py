"""Leave and other exceptions to a doctor's hours: whole days, or a part of each day.

Leave closes what is free in it and never touches a booked slot; whoever is booked is named, to be called. While it
lasts nothing is opened in it, and a slot whose patient cancels or moves is closed, too. Taking it back frees what it
closed, and only that. Whoever changes leave holds the doctor, then the slots.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core import audit, clinic, clock, fields, users
from core.clinic import Profile
from core.errors import Conflict, NotFound, check
from core.models import Absence, Slot, SlotState, User
from core.permissions import Actor, Permission, require
from core.scheduling.records import SlotRecord, slots, to_slot
from core.words import say

MOST_DAYS = 366


class AlreadyOnLeave(Conflict):
    def __init__(self, doctor: str, other: str) -> None:
        super().__init__(say("{doctor} is already away: {other}.", doctor=doctor, other=other))


class LeaveOver(Conflict):
    def __init__(self, doctor: str, leave: str) -> None:
        super().__init__(
            say("{doctor} was away: {leave}. That is over, and stays on record.", doctor=doctor, leave=leave)
        )


@dataclass(frozen=True)
class Leave:
    """Both days included. With `starts` and `ends` that part of each day on the clinic's wall clock, else all of it."""

    first_on: date
    last_on: date
    reason: str = ""
    starts: time | None = None
    ends: time | None = None

    def in_words(self, profile: Profile) -> str:
        """ "3 Mar 2025", "3 Mar 2025 to 7 Mar 2025, 2:00 PM to 4:00 PM" """
        days = profile.day(self.first_on)
        if self.last_on != self.first_on:
            days = say("{first} to {last}", first=days, last=profile.day(self.last_on))
        if self.starts is None or self.ends is None:
            return days
        starts, ends = (profile.clock_time(clock.at(self.first_on, wall)) for wall in (self.starts, self.ends))
        return say("{days}, {starts} to {ends}", days=days, starts=starts, ends=ends)

    def covers(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether a slot is touched by it. No slot goes past midnight."""
        day = clock.day_of(starts_at)
        if not self.first_on <= day <= self.last_on:
            return False
        if self.starts is None or self.ends is None:
            return True
        return starts_at < clock.at(day, self.ends) and ends_at > clock.at(day, self.starts)

    def overlaps(self, other: "Leave") -> bool:
        """Two parts of a day may stand side by side."""
        if self.first_on > other.last_on or other.first_on > self.last_on:
            return False
        if self.starts is None or self.ends is None or other.starts is None or other.ends is None:
            return True
        return self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True)
class LeaveRecord:
    """`booked` are the slots to come whose patients have not been moved or called yet."""

    leave_id: int
    doctor_id: int
    doctor_name: str
    leave: Leave
    booked: tuple[SlotRecord, ...] = ()


@dataclass(frozen=True)
class LeaveAdded:
    """How many slots it closed, and who is booked in it all the same."""

    leave_id: int
    closed: int
    booked: tuple[SlotRecord, ...]


def list_leave(session: Session, actor: Actor, doctor_id: int | None = None) -> list[LeaveRecord]:
    """Leave that is not over, by its first day and the doctor's name."""
    require(actor, Permission.SEE_SCHEDULE)
    found = (
        select(Absence, User.name)
        .join(User, User.id == Absence.doctor_id)
        .where(Absence.last_on >= clock.today(), User.disabled_at.is_(None))
        .order_by(Absence.first_on, User.name, Absence.starts, Absence.id)
    )
    if doctor_id is not None:
        found = found.where(Absence.doctor_id == doctor_id)
    rows = [(row, name, _leave(row)) for row, name in session.execute(found)]
    booked = _booked_until(session, max((row.last_on for row, _, _ in rows), default=None))
    return [
        LeaveRecord(row.id, row.doctor_id, name, leave, tuple(_within(booked, row.doctor_id, leave)))
        for row, name, leave in rows
    ]


def touched_by_leave(session: Session, actor: Actor, doctor_id: int, leave: Leave) -> list[SlotRecord]:
    """The slots to come that the leave would touch, by time: what `add_leave` would find."""
    require(actor, Permission.SEE_SCHEDULE)
    if not 0 <= (leave.last_on - leave.first_on).days <= MOST_DAYS:
        return []
    rows = session.execute(slots().where(*_around(doctor_id, leave)))
    return _within(map(to_slot, rows), doctor_id, leave)


def add_leave(session: Session, actor: Actor, doctor_id: int, leave: Leave) -> LeaveAdded:
    """Close what is free in it. Raises AlreadyOnLeave or Invalid."""
    require(actor, Permission.MANAGE_SCHEDULE)
    leave = _checked(leave)
    doctor = users.working_doctor(session, doctor_id, lock=True)
    for _, other in leave_between(session, doctor_id, leave.first_on, leave.last_on):
        if leave.overlaps(other):
            raise AlreadyOnLeave(doctor.name, other.in_words(clinic.profile(session)))
    absence = Absence(doctor_id=doctor_id, **vars(leave))
    session.add(absence)
    session.flush()  # before the slots are locked: whoever gives one back after us sees the leave
    touched = [slot for slot in _locked(session, *_around(doctor_id, leave)) if _covers(leave, slot)]
    free = [slot for slot in touched if slot.state is SlotState.FREE]
    for slot in free:
        slot.state, slot.absence_id = SlotState.CLOSED, absence.id
    audit.record(session, actor, audit.CREATE, "leave.added", absence, _changes(leave, len(free)))
    booked = [slot.id for slot in touched if slot.state is SlotState.BOOKED]
    rows = session.execute(slots().where(Slot.id.in_(booked))) if booked else ()
    return LeaveAdded(absence.id, len(free), tuple(map(to_slot, rows)))


def remove_leave(session: Session, actor: Actor, leave_id: int) -> int:
    """Free the slots to come that it closed; returns how many. The days that are over stay on record.

    Raises LeaveOver.
    """
    require(actor, Permission.MANAGE_SCHEDULE)
    doctor = _locked_doctor_of(session, leave_id)
    absence = session.get(Absence, leave_id, populate_existing=True)
    if absence is None:  # somebody removed it while we waited for the doctor
        raise NotFound("leave", leave_id)
    today, leave = clock.today(), _leave(absence)
    if leave.last_on < today:
        raise LeaveOver(doctor.name, leave.in_words(clinic.profile(session)))
    begins = max(leave.first_on, today)
    closed = _locked(session, Slot.absence_id == leave_id, Slot.starts_at >= clock.day_bounds(begins)[0])
    freed = [slot for slot in closed if slot.starts_at > clock.now()]
    for slot in closed:
        slot.absence_id = None
    for slot in freed:
        slot.state = SlotState.FREE
    rest = Leave(begins, leave.last_on)
    action = audit.UPDATE if leave.first_on < today else audit.DELETE
    audit.record(session, actor, action, "leave.removed", absence, _changes(rest, len(freed)))
    if leave.first_on < today:
        absence.last_on = today - timedelta(days=1)
    else:
        session.delete(absence)
    return len(freed)


def leave_between(session: Session, doctor_id: int, first_on: date, last_on: date) -> list[tuple[int, Leave]]:
    """For workflows that hold the doctor or the slots: leave that touches these days, with its number."""
    session.flush()
    found = select(Absence).where(
        Absence.doctor_id == doctor_id, Absence.first_on <= last_on, Absence.last_on >= first_on
    )
    rows = session.scalars(found.order_by(Absence.first_on).execution_options(populate_existing=True))
    return [(absence.id, _leave(absence)) for absence in rows]


def give_back(session: Session, slot: Slot) -> None:
    """For workflows that hold the slot: its patient will not come. It is free, unless the doctor is away."""
    day = clock.day_of(slot.starts_at)
    away = [number for number, leave in leave_between(session, slot.doctor_id, day, day) if _covers(leave, slot)]
    slot.state, slot.absence_id = (SlotState.CLOSED, away[0]) if away else (SlotState.FREE, None)


def _locked_doctor_of(session: Session, leave_id: int) -> User:
    doctor_id = session.scalar(select(Absence.doctor_id).where(Absence.id == leave_id))
    if doctor_id is None:
        raise NotFound("leave", leave_id)
    return users.working_doctor(session, doctor_id, lock=True)


def _around(doctor_id: int, leave: Leave) -> tuple[ColumnElement[bool], ...]:
    """The slots to come of its days; which of them it touches, `Leave.covers` says."""
    since, until = clock.day_bounds(leave.first_on)[0], clock.day_bounds(leave.last_on)[1]
    return Slot.doctor_id == doctor_id, Slot.starts_at > clock.now(), Slot.starts_at >= since, Slot.starts_at < until


def _locked(session: Session, *which: ColumnElement[bool]) -> Sequence[Slot]:
    found = select(Slot).where(*which).order_by(Slot.id).with_for_update()
    return session.scalars(found.execution_options(populate_existing=True)).all()


def _booked_until(session: Session, last_on: date | None) -> list[SlotRecord]:
    if last_on is None:
        return []
    bounds = (Slot.starts_at > clock.now(), Slot.starts_at < clock.day_bounds(last_on)[1])
    return [to_slot(row) for row in session.execute(slots().where(Slot.state == SlotState.BOOKED, *bounds))]


def _within(found: Iterable[SlotRecord], doctor_id: int, leave: Leave) -> list[SlotRecord]:
    return [slot for slot in found if slot.doctor_id == doctor_id and leave.covers(slot.starts_at, slot.ends_at)]


def _covers(leave: Leave, slot: Slot) -> bool:
    return leave.covers(slot.starts_at, slot.ends_at)


def _leave(absence: Absence) -> Leave:
    return Leave(absence.first_on, absence.last_on, absence.reason, absence.starts, absence.ends)


def _changes(leave: Leave, count: int) -> audit.Changes:
    """As events of slots have them, which is how the summaries know the days. The reason stays out of the trail."""
    return {"first_on": (None, leave.first_on), "last_on": (None, leave.last_on), "slots": (None, count)}


def _checked(leave: Leave) -> Leave:
    reason = fields.line(leave.reason)
    check(
        first_on=say("The first day is in the past.") if leave.first_on < clock.today() else None,
        last_on=_last_day_problem(leave),
        ends=_part_problem(leave),
        reason=fields.length_problem(reason, say("The reason")),
    )
    return Leave(leave.first_on, leave.last_on, reason, leave.starts, leave.ends)


def _last_day_problem(leave: Leave) -> str | None:
    if leave.last_on < leave.first_on:
        return say("The last day must not be before the first.")
    if (leave.last_on - clock.today()).days > 2 * MOST_DAYS:
        return say("The last day can be at most two years ahead.")
    return say("Leave can take at most a year.") if (leave.last_on - leave.first_on).days > MOST_DAYS else None


def _part_problem(leave: Leave) -> str | None:
    if (leave.starts is None) != (leave.ends is None):
        return say("A part of a day needs both its start and its end.")
    if leave.starts is None or leave.ends is None or leave.ends > leave.starts:
        return None
    return say("The end must be later than the start.")
