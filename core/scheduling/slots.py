"""Open, close and look at slots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit, clock, users
from core.errors import Invalid, NotFound, check
from core.models import Slot, SlotState, User
from core.permissions import Actor, Permission, require
from core.scheduling.records import SlotRecord, slots, to_slot

MOST_SLOTS = 5_000
MOST_DAYS_AHEAD = 366


@dataclass(frozen=True)
class SlotPlan:
    """Slots from `starts` to `ends` on the clinic's wall clock, on some weekdays (0 is Monday), both days included."""

    first_on: date
    last_on: date
    starts: time
    ends: time
    slot_minutes: int
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True)
class SlotsOpened:
    """What became of a plan.

    `overlapping` stood in the way of others, `past` had begun already, `missing` fell into the hour that summer time
    skips.
    """

    opened: int
    overlapping: int
    past: int
    missing: int


@dataclass(frozen=True)
class Blocked:
    """How many slots were closed, and those left alone because someone is booked in them."""

    closed: int
    booked: tuple[SlotRecord, ...]


def open_slots(session: Session, actor: Actor, doctor_id: int, plan: SlotPlan) -> SlotsOpened:
    """Open all slots of a plan that are still to come and overlap no other of the doctor. Raises Invalid."""
    require(actor, Permission.MANAGE_SCHEDULE)
    doctor = users.working_doctor(session, doctor_id)
    _check(plan)
    wanted = _planned(plan)
    starts = [clock.at(day, wall) for day, wall in wanted]
    # The hour that summer time skips is on no clock: such an instant reads as another time of day.
    real = [at for at, (_, wall) in zip(starts, wanted, strict=True) if clock.local(at).time() == wall]
    coming = [at for at in real if at > clock.now()]
    opened = _insert(session, doctor_id, coming, timedelta(minutes=plan.slot_minutes))
    result = SlotsOpened(opened, len(coming) - opened, len(real) - len(coming), len(starts) - len(real))
    audit.record(session, actor, audit.CREATE, "slots.opened", doctor, _plan_changes(plan, opened))
    return result


def block(session: Session, actor: Actor, doctor_id: int, starts_at: datetime, ends_at: datetime) -> Blocked:
    """Close the free slots that touch a range of time. Booked ones stay as they are and are returned."""
    require(actor, Permission.MANAGE_SCHEDULE)
    doctor = users.working_doctor(session, doctor_id)
    touched = _locked_range(session, doctor_id, starts_at, ends_at)
    closed = _turn(touched, SlotState.FREE, SlotState.CLOSED)
    audit.record(session, actor, audit.UPDATE, "slots.blocked", doctor, _range_changes(starts_at, ends_at, closed))
    booked = [slot.id for slot in touched if slot.state is SlotState.BOOKED]
    rows = session.execute(slots().where(Slot.id.in_(booked))) if booked else ()
    return Blocked(closed, tuple(to_slot(row) for row in rows))


def unblock(session: Session, actor: Actor, doctor_id: int, starts_at: datetime, ends_at: datetime) -> int:
    """Free the closed slots that touch a range of time; returns how many."""
    require(actor, Permission.MANAGE_SCHEDULE)
    doctor = users.working_doctor(session, doctor_id)
    touched = _locked_range(session, doctor_id, starts_at, ends_at)
    freed = _turn(touched, SlotState.CLOSED, SlotState.FREE)
    audit.record(session, actor, audit.UPDATE, "slots.unblocked", doctor, _range_changes(starts_at, ends_at, freed))
    return freed


def list_slots(
    session: Session, actor: Actor, day: date, doctor_id: int | None = None, days: int = 1
) -> list[SlotRecord]:
    """The slots of a clinic day, or of several from it on, by time, of one doctor or of all."""
    require(actor, Permission.SEE_SCHEDULE)
    starts, ends = clock.day_bounds(day)[0], clock.day_bounds(day + timedelta(days=days - 1))[1]
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
    touched = (Slot.doctor_id == doctor_id, Slot.starts_at < ends_at, Slot.ends_at > starts_at)
    return [to_slot(row) for row in session.execute(slots().where(*touched))] if starts_at < ends_at else []


def next_free(session: Session, actor: Actor, doctor_id: int | None = None, limit: int = 5) -> list[SlotRecord]:
    """The next slots that can be booked, with one doctor or with any who works here."""
    require(actor, Permission.SEE_SCHEDULE)
    found = slots().where(Slot.starts_at > clock.now(), Slot.state == SlotState.FREE, User.disabled_at.is_(None))
    if doctor_id is not None:
        found = found.where(Slot.doctor_id == doctor_id)
    return [to_slot(row) for row in session.execute(found.limit(limit))]


def _check(plan: SlotPlan) -> None:
    today = clock.today()
    known = plan.weekdays and all(0 <= weekday <= 6 for weekday in plan.weekdays)
    check(
        first_on="The first day is in the past." if plan.first_on < today else None,
        last_on=_last_day_problem(plan, today),
        ends="The end must be later than the start." if plan.ends <= plan.starts else None,
        slot_minutes=None if 5 <= plan.slot_minutes <= 240 else "A slot must take between 5 and 240 minutes.",
        weekdays=None if known else "Choose at least one day of the week.",
    )
    count = _count(plan)
    if count == 0:
        raise Invalid({"slot_minutes": f"No slot of {plan.slot_minutes} minutes fits into these times and days."})
    if count > MOST_SLOTS:
        raise Invalid({"last_on": f"These would be {count:,} slots at once; at most {MOST_SLOTS:,} can be opened."})


def _last_day_problem(plan: SlotPlan, today: date) -> str | None:
    if plan.last_on < plan.first_on:
        return "The last day must not be before the first."
    if (plan.last_on - today).days > MOST_DAYS_AHEAD:
        return "Slots can be opened at most a year ahead."
    return None


def _count(plan: SlotPlan) -> int:
    return len(_days(plan)) * len(_walls(plan))


def _planned(plan: SlotPlan) -> list[tuple[date, time]]:
    walls = _walls(plan)
    return [(day, wall) for day in _days(plan) for wall in walls]


def _days(plan: SlotPlan) -> list[date]:
    days = ((plan.first_on + timedelta(days=n)) for n in range((plan.last_on - plan.first_on).days + 1))
    return [day for day in days if day.weekday() in plan.weekdays]


def _walls(plan: SlotPlan) -> list[time]:
    """When slots start on the wall clock; the last one ends by `plan.ends`."""
    first, last = (wall.hour * 60 + wall.minute for wall in (plan.starts, plan.ends))
    return [time(*divmod(minute, 60)) for minute in range(first, last - plan.slot_minutes + 1, plan.slot_minutes)]


def _insert(session: Session, doctor_id: int, starts: Sequence[datetime], length: timedelta) -> int:
    """The exclusion constraint decides what overlaps, so that two people may open slots at once."""
    if not starts:
        return 0
    rows = [{"doctor_id": doctor_id, "starts_at": at, "ends_at": at + length, "state": SlotState.FREE} for at in starts]
    return len(session.scalars(insert(Slot).on_conflict_do_nothing().returning(Slot.id), rows).all())


def _locked_range(session: Session, doctor_id: int, starts_at: datetime, ends_at: datetime) -> Sequence[Slot]:
    check(ends_at="The end must be later than the start." if ends_at <= starts_at else None)
    touched = select(Slot).where(Slot.doctor_id == doctor_id, Slot.starts_at < ends_at, Slot.ends_at > starts_at)
    locked = touched.order_by(Slot.id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(locked).all()


def _turn(touched: Sequence[Slot], before: SlotState, after: SlotState) -> int:
    changed = [slot for slot in touched if slot.state is before]
    for slot in changed:
        slot.state = after
    return len(changed)


def _plan_changes(plan: SlotPlan, opened: int) -> audit.Changes:
    return {"first_on": (None, plan.first_on), "last_on": (None, plan.last_on), "opened": (None, opened)}


def _range_changes(starts_at: datetime, ends_at: datetime, count: int) -> audit.Changes:
    return {"starts_at": (None, starts_at), "ends_at": (None, ends_at), "slots": (None, count)}
