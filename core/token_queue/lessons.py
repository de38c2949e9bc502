"""What past days teach a forecast: the doctors' paces and hours, and how far reckonings were off. Pure as well."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import itemgetter
from statistics import fmean

from core.token_queue.forecast import ALWAYS, Hours, Model, free_from, reckoned

FEWEST_WAITS = 50  # before anything is said
FEWEST_GAPS = 20  # before a doctor has a pace of the own
MOST_WAITS = 3000  # that a curve is made of
_QUARTER, _SAMPLE = 15, 5  # minutes; who is there is looked at three times in a quarter hour
_LONGEST_GAP = 90.0  # minutes between two calls that are still one patient
_GROUPS, _FEWEST_IN_GROUP = 12, 25
_AT_ONCE = 0.5  # minutes


@dataclass(frozen=True, slots=True)
class Wait:
    """One token of a day. `doctor` called it or was to call it; with `anyone`, whoever was free first."""

    issued: float
    place: float
    doctor: int | None
    anyone: bool
    called: float | None
    ended: float | None

    @property
    def wanted(self) -> int | None:
        return None if self.anyone else self.doctor

    @property
    def waited(self) -> float | None:
        return None if self.called is None else self.called - self.issued


@dataclass(frozen=True, slots=True)
class Day:
    """`waits` in the order of arrival."""

    weekday: int
    waits: Sequence[Wait]

    @property
    def doctors(self) -> set[int]:
        """Who called anybody."""
        return {wait.doctor for wait in self.waits if wait.doctor is not None and wait.called is not None}


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a day taught of each doctor who was there: minutes between two calls while somebody waited, and how often
    the doctor was seen at work (above zero) or waited for in vain (below), by quarter hour."""

    weekday: int
    gaps: Mapping[int, Sequence[float]]
    presence: Mapping[int, Mapping[int, int]]


def learned(days: Sequence[Day]) -> tuple[Model | None, int]:
    """The model of these days, oldest first, and how many waits its curve is made of."""
    model = paced([observed(day) for day in days])
    if model is None:
        return None, 0
    newest_first: list[tuple[float, float]] = []
    for day in reversed(days):
        if len(newest_first) >= MOST_WAITS:
            break
        newest_first += reversed(pairs(day, reckonings(model, day, day.doctors)))
    return calibrated(model, newest_first[::-1]), min(len(newest_first), MOST_WAITS)


def pairs(day: Day, reckonings: Iterable[float | None]) -> list[tuple[float, float]]:
    """(minutes reckoned, minutes waited) of those who were called."""
    both = zip(reckonings, day.waits, strict=True)
    return [(minutes, wait.waited) for minutes, wait in both if minutes is not None and wait.waited is not None]


def observed(day: Day) -> Lesson:
    gaps: dict[int, list[float]] = {}
    presence: dict[int, dict[int, int]] = {}
    for doctor in day.doctors:
        mine = [wait for wait in day.waits if wait.doctor == doctor and wait.called is not None]
        gaps[doctor] = _gaps(mine)
        presence[doctor] = _presence(doctor, mine, day.waits)
    return Lesson(day.weekday, gaps, presence)


def paced(lessons: Sequence[Lesson]) -> Model | None:
    """Paces and hours of these days, oldest first; None if nobody ever waited for the next call."""
    gaps: dict[int, list[float]] = defaultdict(list)
    for lesson in lessons:
        for doctor, found in lesson.gaps.items():
            gaps[doctor] += found
    every = [gap for found in gaps.values() for gap in found]
    if not every:
        return None
    pace = {doctor: fmean(found) for doctor, found in gaps.items() if len(found) >= FEWEST_GAPS}
    return Model(fmean(every), pace, _usual_hours(lessons))


def reckonings(model: Model, day: Day, doctors: Iterable[int]) -> list[float | None]:
    """For each wait of a day the minutes that were to be reckoned on arrival, from nothing that came after it."""
    found: list[float | None] = []
    here: list[Wait] = []
    for wait in day.waits:
        now = wait.issued
        here = [one for one in here if one.ended is None or one.ended > now]
        rooms = {one.doctor: one.called for one in here if one.called is not None and one.called <= now}
        free = {doctor: free_from(model, doctor, now, rooms.get(doctor)) for doctor in doctors}
        line = [(one.place, one.wanted) for one in here if one.called is None or one.called > now]
        ahead = sorted((one for one in line if one[0] <= wait.place), key=itemgetter(0))
        call = reckoned(model, day.weekday, free, [*(wanted for _, wanted in ahead), wait.wanted]).calls[-1]
        found.append(None if call is None else call - now)
        here.append(wait)
    return found


def calibrated(model: Model, found: Sequence[tuple[float, float]]) -> Model:
    """With the curve that these pairs of (minutes reckoned, minutes waited) draw, the newest last; without one if
    there are too few."""
    latest = sorted(found[-MOST_WAITS:])
    if len(latest) < FEWEST_WAITS:
        return replace(model, curve=())
    first = bisect_left(latest, (_AT_ONCE, 0.0))  # before it: nobody was ahead
    curve: list[tuple[float, float, float]] = []
    low = high = 0.0
    for group in (latest[:first], *_groups(latest[first:])):
        if group:
            waited = sorted(actual for _, actual in group)
            low, high = max(low, _quantile(waited, 0.5)), max(high, _quantile(waited, 0.9))
            curve.append((fmean(base for base, _ in group), low, high))
    return replace(model, curve=tuple(curve))


def _groups(found: Sequence[tuple[float, float]]) -> list[Sequence[tuple[float, float]]]:
    number = max(1, min(_GROUPS, len(found) // _FEWEST_IN_GROUP))
    edges = [len(found) * place // number for place in range(number + 1)]
    return [found[start:end] for start, end in pairwise(edges)]


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The conformal one: of further waits like these, at least this share is no longer."""
    return ordered[min(len(ordered) - 1, int((len(ordered) + 1) * share))]


def _gaps(calls: Sequence[Wait]) -> list[float]:
    ordered = sorted((wait.called or 0.0, wait.ended or wait.called or 0.0, wait.issued) for wait in calls)
    return [
        following - called
        for (called, ended, _), (following, _, issued) in pairwise(ordered)
        if issued <= ended and 0 < following - called <= _LONGEST_GAP
    ]


def _presence(doctor: int, mine: Sequence[Wait], waits: Sequence[Wait]) -> dict[int, int]:
    at_work = {sample for wait in mine for sample in _samples(wait.called, wait.ended)}
    wanted = [wait for wait in waits if wait.anyone or wait.doctor == doctor]
    waited = {sample for wait in wanted for sample in _samples(wait.issued, wait.called or wait.ended)}
    found: dict[int, int] = defaultdict(int)
    for sample in at_work | waited:
        found[sample * _SAMPLE // _QUARTER] += 1 if sample in at_work else -1
    return dict(found)


def _samples(start: float | None, end: float | None) -> range:
    """Which of the moments that are looked at lie between."""
    if start is None or end is None:
        return range(0)
    return range(-int(-start // _SAMPLE), -int(-end // _SAMPLE))


def _usual_hours(lessons: Sequence[Lesson]) -> dict[int, dict[int, Hours]]:
    """Of doctors who worked on at least half of the days of a weekday since they were first seen on one."""
    kept: dict[tuple[int, int], list[Mapping[int, int]]] = defaultdict(list)
    held: dict[int, int] = defaultdict(int)
    before: dict[tuple[int, int], int] = {}
    for lesson in lessons:
        for doctor, quarters in lesson.presence.items():
            before.setdefault((doctor, lesson.weekday), held[lesson.weekday])
            kept[doctor, lesson.weekday].append(quarters)
        held[lesson.weekday] += bool(lesson.presence)
    found: dict[int, dict[int, Hours]] = defaultdict(dict)
    for (doctor, weekday), days in kept.items():
        if 2 * len(days) >= held[weekday] - before[doctor, weekday]:
            found[doctor][weekday] = _hours(days)
    return dict(found)


def _hours(days: Sequence[Mapping[int, int]]) -> Hours:
    balance: dict[int, int] = defaultdict(int)
    for quarters in days:
        for quarter, number in quarters.items():
            balance[quarter] += number
    there = sorted(quarter for quarter, number in balance.items() if number >= 0)
    if not there:
        return ALWAYS
    away = [(0.0, float(there[0] * _QUARTER))]
    for one, following in pairwise(there):
        missed = [quarter for quarter in range(one + 1, following) if balance.get(quarter, 0) < 0]
        if missed:
            away.append((float(missed[0] * _QUARTER), float(following * _QUARTER)))
    return Hours(tuple(away), float((there[-1] + 1) * _QUARTER))
