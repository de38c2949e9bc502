"""Open slots: a plan of days and times, or the doctors' weekly hours.

Doing it twice opens nothing twice: the exclusion constraint decides what overlaps, and what is left out is counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit, clock, users
from core.errors import Conflict, Invalid, check, listed
from core.models import Slot, SlotState, User
from core.permissions import Actor, Permission, require
from core.scheduling.hours import Hours, length_problem, slot_starts, week_of
from core.scheduling.leave import leave_between
from core.words import say, say_count

MOST_SLOTS = 5_000  # of one plan
MOST_AT_ONCE = 20_000  # of all doctors together
MOST_DAYS_AHEAD = 366


class NoWeeklyHours(Conflict):
    def __init__(self, doctors: Sequence[str]) -> None:
        self.doctors = tuple(doctors)
        super().__init__(
            say_count(
                len(self.doctors),
                "{doctors} has no weekly hours yet. Set them first.",
                "{doctors} have no weekly hours yet. Set them first.",
                doctors=listed(self.doctors),
            )
        )


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

    `overlapping` stood in the way of others or were there already, `past` had begun, `missing` fell into the hour that
    summer time skips, `away` into a doctor's leave.
    """

    opened: int
    overlapping: int
    past: int
    missing: int
    away: int = 0

    def __add__(self, other: "SlotsOpened") -> "SlotsOpened":
        return SlotsOpened(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True, order=True)
class _Place:
    """Where a slot would be."""

    day: date
    wall: time
    minutes: int

    @property
    def starts_at(self) -> datetime:
        return clock.at(self.day, self.wall)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


def open_slots(session: Session, actor: Actor, doctor_id: int, plan: SlotPlan) -> SlotsOpened:
    """Open all slots of a plan that are still to come and overlap no other of the doctor, nor leave. Raises Invalid."""
    require(actor, Permission.MANAGE_SCHEDULE)
    doctor = users.working_doctor(session, doctor_id, lock=True)
    _check(plan)
    return _open(session, actor, doctor, plan.first_on, plan.last_on, _planned(plan))


def open_from_availability(
    session: Session, actor: Actor, doctor_ids: Sequence[int], first_on: date, last_on: date
) -> SlotsOpened:
    """Open the slots of the doctors' weekly hours, leave left out. Raises NoWeeklyHours or Invalid."""
    require(actor, Permission.MANAGE_SCHEDULE)
    check(doctors=None if doctor_ids else say("Choose at least one doctor."), **_range_problems(first_on, last_on))
    # Always in the same order: two people who open slots at once do not wait for each other in a ring.
    doctors = [users.working_doctor(session, number, lock=True) for number in sorted(set(doctor_ids))]
    weeks = {doctor: week_of(session, doctor.id) for doctor in doctors}
    if without := [doctor.name for doctor in doctors if not weeks[doctor]]:
        raise NoWeeklyHours(without)
    wanted = {doctor: _usual(week, first_on, last_on) for doctor, week in weeks.items()}
    _refuse_too_many(sum(map(len, wanted.values())), MOST_AT_ONCE)
    results = [_open(session, actor, doctor, first_on, last_on, places) for doctor, places in wanted.items()]
    return sum(results, SlotsOpened(0, 0, 0, 0))


def _open(
    session: Session, actor: Actor, doctor: User, first_on: date, last_on: date, wanted: Sequence[_Place]
) -> SlotsOpened:
    """The doctor is locked, so that no leave is added meanwhile."""
    # The hour that summer time skips is on no clock: such an instant reads as another time of day.
    real = [place for place in sorted(wanted) if clock.local(place.starts_at).time() == place.wall]
    coming = [place for place in real if place.starts_at > clock.now()]
    leave = [one for _, one in leave_between(session, doctor.id, first_on, last_on)]
    here = [place for place in coming if not any(one.covers(place.starts_at, place.ends_at) for one in leave)]
    opened = _insert(session, doctor.id, here)
    past, missing, away = len(real) - len(coming), len(wanted) - len(real), len(coming) - len(here)
    changes: audit.Changes = {"first_on": (None, first_on), "last_on": (None, last_on), "opened": (None, opened)}
    audit.record(session, actor, audit.CREATE, "slots.opened", doctor, changes)
    return SlotsOpened(opened, len(here) - opened, past, missing, away)


def _insert(session: Session, doctor_id: int, places: Sequence[_Place]) -> int:
    rows = [
        {"doctor_id": doctor_id, "starts_at": place.starts_at, "ends_at": place.ends_at, "state": SlotState.FREE}
        for place in places
    ]
    statement = insert(Slot).on_conflict_do_nothing().returning(Slot.id)
    return len(session.scalars(statement, rows).all()) if rows else 0


def _planned(plan: SlotPlan) -> list[_Place]:
    walls = slot_starts(plan.starts, plan.ends, plan.slot_minutes)
    days = [day for day in _days(plan.first_on, plan.last_on) if day.weekday() in plan.weekdays]
    return [_Place(day, wall, plan.slot_minutes) for day in days for wall in walls]


def _usual(week: Sequence[Hours], first_on: date, last_on: date) -> list[_Place]:
    return [
        _Place(day, wall, hours.slot_minutes)
        for day in _days(first_on, last_on)
        for hours in week
        if hours.weekday == day.weekday()
        for wall in hours.starts_of_slots()
    ]


def _days(first_on: date, last_on: date) -> list[date]:
    return [first_on + timedelta(days=number) for number in range((last_on - first_on).days + 1)]


def _check(plan: SlotPlan) -> None:
    known = plan.weekdays and all(0 <= weekday <= 6 for weekday in plan.weekdays)
    check(
        **_range_problems(plan.first_on, plan.last_on),
        ends=say("The end must be later than the start.") if plan.ends <= plan.starts else None,
        slot_minutes=length_problem(plan.slot_minutes),
        weekdays=None if known else say("Choose at least one day of the week."),
    )
    count = len(_planned(plan))
    if count == 0:
        none_fits = say("No slot of {minutes} minutes fits into these times and days.", minutes=plan.slot_minutes)
        raise Invalid({"slot_minutes": none_fits})
    _refuse_too_many(count, MOST_SLOTS)


def _range_problems(first_on: date, last_on: date) -> dict[str, str | None]:
    today, last = clock.today(), None
    if last_on < first_on:
        last = say("The last day must not be before the first.")
    elif (last_on - today).days > MOST_DAYS_AHEAD:
        last = say("Slots can be opened at most a year ahead.")
    return {"first_on": say("The first day is in the past.") if first_on < today else None, "last_on": last}


def _refuse_too_many(count: int, most: int) -> None:
    if count > most:
        problem = say("These would be {count:,} slots at once; at most {most:,} can be opened.", count=count, most=most)
        raise Invalid({"last_on": problem})
