"""How long somebody will wait, by what the clinic's own days have taught. Pure: numbers in, numbers out.

The queue as it stands is reckoned forward: the people ahead, in the order of their places, each with the doctor who
may call them first, at that doctor's pace and in the hours in which that doctor is usually there. How far such
reckonings were off lately makes a range of it: half of the waits end before `p50`, nine in ten before `p90`. With too
little history nothing is said. `core.token_queue.lessons` draws the model from past days.

Minutes are those of the clinic's wall clock, since midnight.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

_STILL_IN_ROOM = 0.2  # of the usual length, for whoever stays longer than usual

Away = tuple[tuple[float, float], ...]
Wanted = int | None  # the doctor who is waited for; None: whoever is free first


@dataclass(frozen=True, slots=True)
class Hours:
    """A doctor's usual hours on a weekday: when not there though people wait, and until when ever seen at work."""

    away: Away
    until: float

    def back(self, minute: float) -> float:
        """The first minute from this one on at which the doctor is there."""
        for start, end in self.away:
            if start <= minute < end:
                return end
        return minute


ALWAYS = Hours((), 24 * 60.0)


@dataclass(frozen=True, slots=True)
class Range:
    """Whole minutes."""

    p50: int
    p90: int


@dataclass(frozen=True)
class Model:
    """`minutes` from one patient to the next: the clinic's, and in `pace` of the doctors who have one of their own.

    `hours` by doctor and weekday, of those who usually work then. `curve` as (minutes reckoned, p50, p90), ascending.
    """

    minutes: float
    pace: Mapping[int, float] = field(default_factory=dict)
    hours: Mapping[int, Mapping[int, Hours]] = field(default_factory=dict)
    curve: tuple[tuple[float, float, float], ...] = ()

    @cached_property
    def bases(self) -> list[float]:
        """The minutes reckoned of the curve."""
        return [base for base, _, _ in self.curve]

    def pace_of(self, doctor: int) -> float:
        return self.pace.get(doctor, self.minutes)

    def hours_of(self, doctor: int, weekday: int) -> Hours:
        return self.hours.get(doctor, {}).get(weekday, ALWAYS)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The minute at which each of those who wait is called (None: no doctor is there for them), and `ready`: the
    minute at which each doctor could call somebody who comes now."""

    calls: Sequence[float | None]
    ready: Mapping[int, float]


def reckoned(model: Model, weekday: int, free: Mapping[int, float], waiting: Iterable[Wanted]) -> Reckoning:
    """Everybody's turn, by whom they want, in the order of places. `free`: when each doctor at work could call."""
    hours = {doctor: model.hours_of(doctor, weekday) for doctor in free}
    pace = {doctor: model.pace_of(doctor) for doctor in free}
    ready = {doctor: hours[doctor].back(minute) for doctor, minute in free.items()}
    calls: list[float | None] = []
    for wanted in waiting:
        doctor = min(ready, key=ready.__getitem__, default=None) if wanted is None else wanted
        if doctor is None or doctor not in ready:
            calls.append(None)
            continue
        calls.append(ready[doctor])
        ready[doctor] = hours[doctor].back(ready[doctor] + pace[doctor])
    return Reckoning(calls, ready)


def free_from(model: Model, doctor: int, now: float, called: float | None) -> float:
    """When a doctor could call again who called the patient in the room at `called`; None: nobody is there."""
    if called is None:
        return now
    usual = model.pace_of(doctor)
    return max(called + usual, now + usual * _STILL_IN_ROOM)


def said(model: Model, minutes: float | None) -> Range | None:
    """What to say of so many minutes reckoned: as people say it, from ten on in fives. None: nothing to go by."""
    if minutes is None or not model.curve:
        return None
    place = bisect_left(model.bases, minutes)
    if place == len(model.curve):
        base, low, high = model.curve[-1]
        low, high = low + minutes - base, high + minutes - base
    else:
        base, low, high = model.curve[place]
        before, *lower = model.curve[max(place - 1, 0)]
        share = (base - minutes) / (base - before) if base > before else 0.0
        low, high = low + (lower[0] - low) * share, high + (lower[1] - high) * share
    p50 = _in_words(low)
    return Range(p50, max(p50, _in_words(high)))


def _in_words(minutes: float) -> int:
    return round(minutes) if minutes < 10 else 5 * round(minutes / 5)
