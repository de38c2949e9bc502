"""A doctor's weekly hours: several spans on a weekday, each cut into slots of the same length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import TypeAlias

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core import audit, clock, users
from core.errors import Invalid
from core.models import Appointment, Availability, Slot, SlotState
from core.permissions import Actor, Permission, require
from core.scheduling.records import SlotRecord, slots, to_slot
from core.scheduling.typed_hours import short, spans
from core.users import DoctorChoice
from core.words import later, say

WEEKDAYS = (
    later("Monday"),
    later("Tuesday"),
    later("Wednesday"),
    later("Thursday"),
    later("Friday"),
    later("Saturday"),
    later("Sunday"),
)

_Place: TypeAlias = tuple[int, time, int]  # weekday, start and minutes of a slot


@dataclass(frozen=True, order=True)
class Hours:
    """From when to when on a weekday (0 is Monday), on the clinic's wall clock. A day may have several."""

    weekday: int
    starts: time
    ends: time
    slot_minutes: int

    def __str__(self) -> str:
        return f"{short(self.starts)}-{short(self.ends)}"

    def starts_of_slots(self) -> list[time]:
        """The last slot ends by `ends`."""
        return slot_starts(self.starts, self.ends, self.slot_minutes)


@dataclass(frozen=True)
class WeekSet:
    """How many free slots were taken away, and who is booked outside the new hours."""

    withdrawn: int
    booked: tuple[SlotRecord, ...]


@dataclass(frozen=True)
class DoctorWeek:
    """`open_until` is the last day on which the doctor has a slot to come, booked or not."""

    doctor: DoctorChoice
    week: tuple[Hours, ...]
    open_until: date | None


def list_weeks(session: Session, actor: Actor) -> list[DoctorWeek]:
    """Of every doctor who works here, by name."""
    require(actor, Permission.SEE_SCHEDULE)
    last = select(Slot.doctor_id, func.max(Slot.starts_at)).where(Slot.starts_at > clock.now()).group_by(Slot.doctor_id)
    until: dict[int, datetime] = {doctor: moment for doctor, moment in session.execute(last)}
    weeks = _weeks(session)
    return [
        DoctorWeek(
            doctor,
            tuple(weeks.get(doctor.doctor_id, ())),
            clock.day_of(until[doctor.doctor_id]) if doctor.doctor_id in until else None,
        )
        for doctor in users.list_doctors(session, actor)
    ]


def set_week(
    session: Session, actor: Actor, doctor_id: int, week: Sequence[Hours], *, withdraw: bool = False
) -> WeekSet:
    """The whole week at once. Raises Invalid with everything that is wrong.

    With `withdraw` the free slots to come that followed from the old hours and do not from the new are taken away, so
    that others can be opened there. Those that were opened by hand stay, and so do booked ones.
    """
    require(actor, Permission.MANAGE_SCHEDULE)
    week = sorted(week)
    _refuse(_problems(week))
    doctor = users.working_doctor(session, doctor_id, lock=True)
    before = week_of(session, doctor_id)
    if week == before:
        return WeekSet(0, ())
    session.execute(delete(Availability).where(Availability.doctor_id == doctor_id))
    session.add_all(Availability(doctor_id=doctor_id, **vars(hours)) for hours in week)
    days = _withdraw(session, doctor_id, _grid(before) - _grid(week)) if withdraw else []
    changes: audit.Changes = {"hours": (_in_words(before), _in_words(week))}
    if days:
        changes |= {"first_on": (None, min(days)), "last_on": (None, max(days)), "slots": (None, len(days))}
    audit.record(session, actor, audit.UPDATE, "hours.changed", doctor, changes)
    return WeekSet(len(days), tuple(_left_outside(session, doctor_id, before, week)))


def week_from_text(days: Sequence[str], slot_minutes: int) -> list[Hours]:
    """A line for each weekday from Monday on. Raises Invalid with one sentence for each line that is wrong."""
    week: list[Hours] = []
    problems: dict[str, str] = {}
    for weekday, text in enumerate(days):
        try:
            week += [Hours(weekday, starts, ends, slot_minutes) for starts, ends in spans(text)]
        except ValueError as problem:
            problems[WEEKDAYS[weekday]] = _of_the_day(weekday, str(problem))
    _refuse(problems | _problems(sorted(week)))
    return sorted(week)


def day_in_text(week: Sequence[Hours], weekday: int) -> str:
    """As `week_from_text` reads it: "9-13, 14-17"."""
    return ", ".join(str(hours) for hours in sorted(week) if hours.weekday == weekday)


def week_of(session: Session, doctor_id: int) -> list[Hours]:
    """For workflows that hold the doctor: by weekday and time."""
    return _weeks(session, doctor_id).get(doctor_id, [])


def length_problem(slot_minutes: int) -> str | None:
    return None if 5 <= slot_minutes <= 240 else say("A slot must take between 5 and 240 minutes.")


def slot_starts(starts: time, ends: time, slot_minutes: int) -> list[time]:
    """When slots start on the wall clock; the last one ends by `ends`."""
    first, last = (wall.hour * 60 + wall.minute for wall in (starts, ends))
    return [time(*divmod(minute, 60)) for minute in range(first, last - slot_minutes + 1, slot_minutes)]


def _withdraw(session: Session, doctor_id: int, places: set[_Place]) -> list[date]:
    """The days of the slots that were taken away. One that somebody was booked in before is closed instead."""
    to_come = (Slot.doctor_id == doctor_id, Slot.starts_at > clock.now())
    # What leave has closed would be free again without it.
    found = select(Slot).where(*to_come, (Slot.state == SlotState.FREE) | Slot.absence_id.is_not(None))
    locked = session.scalars(found.order_by(Slot.id).with_for_update().execution_options(populate_existing=True))
    gone = {slot.id: slot for slot in locked if _place(slot.starts_at, slot.ends_at) in places}
    used = set(session.scalars(select(Appointment.slot_id).where(Appointment.slot_id.in_(gone))))
    for slot_id in used:
        gone[slot_id].state, gone[slot_id].absence_id = SlotState.CLOSED, None
    days = [clock.day_of(slot.starts_at) for slot in gone.values()]
    session.execute(delete(Slot).where(Slot.id.in_(gone.keys() - used)))
    return days


def _left_outside(
    session: Session, doctor_id: int, before: Sequence[Hours], week: Sequence[Hours]
) -> Iterator[SlotRecord]:
    booked = (Slot.doctor_id == doctor_id, Slot.state == SlotState.BOOKED, Slot.starts_at > clock.now())
    for slot in map(to_slot, session.execute(slots().where(*booked))):
        if _within(before, slot) and not _within(week, slot):
            yield slot


def _within(week: Sequence[Hours], slot: SlotRecord) -> bool:
    starts, ends = clock.local(slot.starts_at), clock.local(slot.ends_at)
    return any(
        hours.weekday == starts.weekday() and hours.starts <= starts.time() and ends.time() <= hours.ends
        for hours in week
    )


def _grid(week: Sequence[Hours]) -> set[_Place]:
    return {(hours.weekday, wall, hours.slot_minutes) for hours in week for wall in hours.starts_of_slots()}


def _place(starts_at: datetime, ends_at: datetime) -> _Place:
    shown = clock.local(starts_at)
    return shown.weekday(), shown.time(), int((ends_at - starts_at).total_seconds() // 60)


def _weeks(session: Session, doctor_id: int | None = None) -> dict[int, list[Hours]]:
    found = select(Availability).order_by(Availability.weekday, Availability.starts)
    if doctor_id is not None:
        found = found.where(Availability.doctor_id == doctor_id)
    weeks: dict[int, list[Hours]] = {}
    for row in session.scalars(found):
        weeks.setdefault(row.doctor_id, []).append(Hours(row.weekday, row.starts, row.ends, row.slot_minutes))
    return weeks


def _problems(week: Sequence[Hours]) -> dict[str, str]:
    """Of a sorted week; one sentence for a weekday: its first problem."""
    problems: dict[str, str] = {}
    for hours in week:
        if not 0 <= hours.weekday <= 6:
            return {"weekday": say("A weekday is a number from 0, Monday, to 6, Sunday.")}
        if problem := length_problem(hours.slot_minutes):
            return {"slot_minutes": problem}
        if problem := _problem(hours):
            problems.setdefault(WEEKDAYS[hours.weekday], _of_the_day(hours.weekday, problem))
    for one, other in pairwise(week):
        if one.weekday == other.weekday and other.starts < one.ends:
            overlap = say("{one} and {other} overlap.", one=one, other=other)
            problems.setdefault(WEEKDAYS[one.weekday], _of_the_day(one.weekday, overlap))
    return problems


def _of_the_day(weekday: int, problem: str) -> str:
    return f"{say(WEEKDAYS[weekday])}: {problem}"


def _problem(hours: Hours) -> str | None:
    if hours.ends <= hours.starts:
        return say("{hours} ends before it begins; what comes after midnight stands on the next day.", hours=hours)
    if hours.starts_of_slots():
        return None
    minutes = hours.slot_minutes
    return say("{hours} is too short for a slot of {minutes} minutes.", hours=hours, minutes=minutes)


def _refuse(problems: dict[str, str]) -> None:
    if problems:
        raise Invalid({day: problems[day] for day in sorted(problems, key=(*WEEKDAYS, *problems).index)})


def _in_words(week: Sequence[Hours]) -> list[str]:
    return [f"{WEEKDAYS[hours.weekday][:3]} {hours} ({hours.slot_minutes})" for hours in week]
