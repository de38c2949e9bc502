"""An operation and its floor, timed in turns."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles

from sqlalchemy import event

from core import db

Job = Callable[[], object]
WARM_UP, REPEATS = 3, 40
_SPINS = 20_000  # of a loop that takes about a millisecond: what it varies by is the machine's doing


@dataclass(frozen=True)
class Operation:
    """One thing that people do all day, and the floor under it.

    `work` and `floor` each get ready for one time and return what is timed: what a new patient is called, or which
    token is free, is no part of the cost. `budget` is the ratio to stay within, None where a
    figure is only told. `repeats` are fewer where one takes seconds.
    """

    name: str
    budget: float | None
    work: Callable[[], Job]
    floor: Callable[[], Job]
    repeats: int = REPEATS
    warm_up: int = WARM_UP


@dataclass(frozen=True)
class Figure:
    """Milliseconds, and how many statements one time of the work sends to PostgreSQL. `noise`: how much longer than
    the median the slowest twentieth of an unchanging computation took meanwhile; 0.1 is a quiet machine."""

    name: str
    budget: float | None
    p50: float
    p95: float
    floor: float
    floor_p95: float
    statements: int
    noise: float
    repeats: int

    @property
    def ratio(self) -> float:
        return self.p50 / self.floor

    @property
    def is_within(self) -> bool | None:
        return None if self.budget is None else self.ratio <= self.budget


def measure(operation: Operation) -> Figure:
    """The first rounds warm caches, plans and connections, and are not counted."""
    for _ in range(operation.warm_up):
        _took(operation.work())
        _took(operation.floor())
    first = operation.work()
    with counted_statements() as sent:  # in the first round: what takes minutes is not done once more for it
        work = [_took(first)]
    floor, spins = [_took(operation.floor())], [_took(_spin)]
    for number in range(1, operation.repeats):
        turns = [(operation.work, work), (operation.floor, floor)]
        for prepare, times in turns if number % 2 else reversed(turns):
            times.append(_took(prepare()))
        spins.append(_took(_spin))
    return Figure(
        operation.name,
        operation.budget,
        median(work),
        _p95(work),
        median(floor),
        _p95(floor),
        len(sent),
        _p95(spins) / median(spins) - 1,
        operation.repeats,
    )


def _took(job: Job) -> float:
    """Milliseconds. The collector of garbage runs between, not within: whose garbage it met would be chance."""
    gc.collect(0)
    gc.disable()
    try:
        began = time.perf_counter()
        job()
        return (time.perf_counter() - began) * 1000
    finally:
        gc.enable()


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def _spin() -> None:
    total = 0
    for number in range(_SPINS):
        total += number * number


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """What this process sends to PostgreSQL through core meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    both = (db.engine(), db.lookers(db.engine()))
    for engine in both:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in both:
            event.remove(engine, "before_cursor_execute", note)
