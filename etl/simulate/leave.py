"""The doctors' leave: weeks that are past, and some days of those to come, on which patients are booked already."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random

from core.models import Absence
from etl.simulate import demand
from etl.simulate.moments import Making
from etl.simulate.staff import AtWork

_SOON = range(3, 11)  # days after the last day that is simulated


@dataclass(frozen=True)
class Away:
    """`number` of the absence; `since` and `until` in minutes of each day."""

    number: int
    doctor: int
    first_on: date
    last_on: date
    since: int = 0
    until: int = 24 * 60

    def closes(self, doctor: AtWork, day: date, minute: int) -> bool:
        """Whether it touches the slot that starts at this minute."""
        ends = minute + doctor.hours.slot_minutes
        here = self.doctor == doctor.actor.user_id and self.first_on <= day <= self.last_on
        return here and minute < self.until and ends > self.since


def past(making: Making, doctor: int, first_on: date, last_on: date) -> set[date]:
    """A week each half year; its days, on which no slots are opened."""
    days: set[date] = set()
    for half in range(0, (last_on - first_on).days - 29, 182):
        first = first_on + timedelta(days=half + making.rng.randint(20, 175))
        last = first + timedelta(days=6)
        if last <= last_on:
            _write(making, doctor, first, last, "Holiday", first - timedelta(days=20))
            days |= {first + timedelta(days=number) for number in range(7)}
    return days


def to_come(making: Making, last_on: date, seed: int) -> list[Away]:
    """A day and an afternoon that two doctors asked for when slots were open and booked. Thrown with dice of its own:
    nothing else changes by it."""
    rng, found = Random(f"leave {seed}"), []
    for place, doctor in enumerate(making.setting.doctors[:2]):
        days = list(_workdays(doctor, last_on))
        if days:
            day, session = rng.choice(days), doctor.hours.sessions[-1] if place else None
            found.append(_asked_for(making, doctor.actor.user_id, day, session, last_on))
    return found


def _workdays(doctor: AtWork, last_on: date) -> Iterator[date]:
    for number in _SOON:
        day = last_on + timedelta(days=number)
        if demand.is_open(day) and day.weekday() in doctor.hours.weekdays:
            yield day


def _asked_for(making: Making, doctor: int, day: date, session: tuple[int, int] | None, on: date) -> Away:
    if session is None:
        return Away(_write(making, doctor, day, day, "Conference", on), doctor, day, day)
    since, until = session
    walls = (time(*divmod(since, 60)), time(*divmod(until, 60)))
    return Away(_write(making, doctor, day, day, "Meeting", on, walls), doctor, day, day, since, until)


def _write(
    making: Making,
    doctor: int,
    first: date,
    last: date,
    reason: str,
    on: date,
    walls: tuple[time, time] | tuple[None, None] = (None, None),
) -> int:
    absence = {"first_on": first, "last_on": last, "starts": walls[0], "ends": walls[1], "reason": reason}
    number = making.rows.add(Absence, doctor_id=doctor, **absence)
    changes = {"first_on": first, "last_on": last}
    making.rows.note(making.at(on, 1000), making.setting.desk[0], "leave.added", (Absence, number), changes)
    return number
