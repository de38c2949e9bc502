"""The waiting room of one day: who is called when, and by whom, follows from arrivals and lengths of visits alone.

Nothing is drawn here, so the same day can be replayed with another doctor or other hours. Minutes are counted from
midnight on the clinic's wall clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

OVERTIME = 90.0  # minutes that a doctor stays on for those who still wait
PAUSE = 1.5  # minutes between two patients
NOT_THERE = 2.0  # minutes lost on somebody who has left


@dataclass(frozen=True, slots=True)
class Arrival:
    """Someone who waits from `minute`. A lower `place` is called first; `doctor` None means whoever is free.

    The visit takes `factor` times the doctor's usual length; whoever waits longer than `patience` has left.
    """

    minute: float
    place: float
    doctor: int | None
    factor: float = 1.0
    patience: float = 1e9


@dataclass(frozen=True, slots=True)
class Seat:
    """A doctor's day: usual minutes for a visit, and working hours as (from, to), earliest first."""

    minutes: float
    hours: tuple[tuple[float, float], ...]

    @property
    def closes(self) -> float:
        return self.hours[-1][1] + OVERTIME

    def works(self, minute: float) -> bool:
        return any(start <= minute < end for start, end in self.hours) or self.hours[-1][1] <= minute < self.closes


@dataclass(frozen=True, slots=True)
class Outcome:
    """`doctor` is None when nobody called them before the end of the day; who had `left` was called in vain."""

    doctor: int | None
    called: float | None
    ended: float
    left: bool


def serve(arrivals: Sequence[Arrival], seats: Mapping[int, Seat]) -> list[Outcome]:
    """The outcome of each arrival, in their order."""
    return _WaitingRoom(arrivals, seats).run()


class _WaitingRoom:
    def __init__(self, arrivals: Sequence[Arrival], seats: Mapping[int, Seat]) -> None:
        self.arrivals, self.seats = arrivals, seats
        self.waiting: dict[int | None, list[tuple[float, int]]] = {None: [], **{doctor: [] for doctor in seats}}
        self.idle: set[int] = set()
        self.busy_until = dict.fromkeys(seats, 0.0)
        self.outcomes: list[Outcome | None] = [None] * len(arrivals)
        self.events: list[tuple[float, int, int]] = []  # minute, 0 a doctor is free or 1 someone arrives, which

    def run(self) -> list[Outcome]:
        for doctor, seat in self.seats.items():
            for start, _ in seat.hours:
                heappush(self.events, (start, 0, doctor))
        for index, arrival in enumerate(self.arrivals):
            heappush(self.events, (arrival.minute, 1, index))
        while self.events:
            minute, kind, which = heappop(self.events)
            if kind == 0:
                self._free(minute, which)
            else:
                self._arrived(minute, which)
        closing = max((seat.closes for seat in self.seats.values()), default=0.0)
        never = [Outcome(None, None, max(closing, arrival.minute), True) for arrival in self.arrivals]
        return [outcome or nobody for outcome, nobody in zip(self.outcomes, never, strict=True)]

    def _free(self, minute: float, doctor: int) -> None:
        if minute < self.busy_until[doctor] or not self.seats[doctor].works(minute):
            return
        line = min(self.waiting[doctor], self.waiting[None], key=lambda line: line[0] if line else (1e12, 0))
        if line:
            self._call(minute, doctor, heappop(line)[1])
        else:
            self.idle.add(doctor)

    def _arrived(self, minute: float, index: int) -> None:
        arrival = self.arrivals[index]
        heappush(self.waiting[arrival.doctor], (arrival.place, index))
        meant = self.idle if arrival.doctor is None else self.idle & {arrival.doctor}
        for doctor in sorted(meant, key=lambda doctor: (self.busy_until[doctor], doctor)):
            if self.seats[doctor].works(minute):
                self._free(minute, doctor)
                return

    def _call(self, minute: float, doctor: int, index: int) -> None:
        arrival = self.arrivals[index]
        left = minute - arrival.minute > arrival.patience
        ended = minute + (NOT_THERE if left else self.seats[doctor].minutes * arrival.factor)
        self.outcomes[index] = Outcome(doctor, minute, ended, left)
        self.idle.discard(doctor)
        self.busy_until[doctor] = ended + PAUSE
        heappush(self.events, (ended + PAUSE, 0, doctor))
