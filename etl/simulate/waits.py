"""What was said to each patient of the wait, as the clinic would have said it: learned every week from its own days."""

from collections import deque
from collections.abc import Sequence
from datetime import date, timedelta
from json import dumps

from core.analytics.replay import Arrival, Outcome
from core.models import WaitModel
from core.token_queue.forecast import Model, Range, said
from core.token_queue.learning import LEARNS_FROM, MEASURED, dumped
from core.token_queue.lessons import MOST_WAITS, Day, Lesson, Wait, calibrated, observed, paced, pairs, reckonings
from etl.simulate.moments import Making

_EVERY = timedelta(days=7)


class Waits:
    """Unlike the clinic, which reckons the past anew each night, this keeps what was reckoned as it went along."""

    def __init__(self, making: Making) -> None:
        self.making = making
        self._model: Model | None = None
        self._learned_on: date | None = None
        self._before: list[Day] = []  # the days before anything was learned
        self._lessons: deque[tuple[date, Lesson]] = deque()
        self._pairs: deque[tuple[float, float]] = deque(maxlen=MOST_WAITS)
        self._kept: deque[tuple[date, int, int, int]] = deque()

    def said(self, day: date, arrivals: Sequence[Arrival], outcomes: Sequence[Outcome]) -> list[Range | None]:
        """For each who arrives, in their order."""
        if self._learned_on is None or day - self._learned_on >= _EVERY:
            self._learn(day)
        today = Day(day.weekday(), [_wait(one, outcome) for one, outcome in zip(arrivals, outcomes, strict=True)])
        ranges: list[Range | None] = [None] * len(arrivals)
        if self._model is None:
            self._before.append(today)
        else:
            minutes = reckonings(self._model, today, sorted(today.doctors))
            ranges = [said(self._model, one) for one in minutes]
            self._pairs.extend(pairs(today, minutes))
        self._lessons.append((day, observed(today)))
        self._measure(day, today, ranges)
        return ranges

    def finish(self, last: date) -> None:
        """The row of the last night."""
        self._learn(last + timedelta(days=1))
        if self._model is None:
            return
        kept = [counts for day, *counts in self._kept if day > last - MEASURED]
        number, within_p50, within_p90 = (sum(column) for column in zip(*kept, strict=True)) if kept else (0, 0, 0)
        self.making.rows.add(
            WaitModel,
            learned_on=last,
            learned_at=self.making.at(last + timedelta(days=1), 15),
            waits=len(self._pairs),
            model=dumps(dumped(self._model)),
            said=number,
            within_p50=within_p50,
            within_p90=within_p90,
        )

    def _learn(self, today: date) -> None:
        self._learned_on = today
        while self._lessons and self._lessons[0][0] < today - LEARNS_FROM:
            self._lessons.popleft()
        model = paced([lesson for _, lesson in self._lessons])
        if model is None:
            return
        for day in self._before:
            self._pairs.extend(pairs(day, reckonings(model, day, sorted(day.doctors))))
        self._before.clear()
        self._model = calibrated(model, list(self._pairs))

    def _measure(self, day: date, today: Day, ranges: Sequence[Range | None]) -> None:
        told = [
            (round(wait.called * 60) - round(wait.issued * 60), range_)
            for wait, range_ in zip(today.waits, ranges, strict=True)
            if range_ is not None and wait.called is not None
        ]
        short = sum(seconds <= range_.p50 * 60 for seconds, range_ in told)
        self._kept.append((day, len(told), short, sum(seconds <= range_.p90 * 60 for seconds, range_ in told)))
        while self._kept[0][0] <= day - MEASURED:
            self._kept.popleft()


def _wait(arrival: Arrival, outcome: Outcome) -> Wait:
    doctor = arrival.doctor if outcome.doctor is None else outcome.doctor
    return Wait(arrival.minute, arrival.place, doctor, arrival.doctor is None, outcome.called, outcome.ended)
