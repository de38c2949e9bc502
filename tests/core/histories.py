"""Random histories of a clinic on the real database, and a plain model beside it that says what must come of each step.

A history runs in a savepoint of the test's own transaction. CI plays the same few of them every time; by hand,
thousands of new ones:

    QURE_HISTORIES=5000 pytest -s tests/core/test_money_machine.py tests/core/test_stock_machine.py
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter
from types import NoneType
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy import text

from core import clock
from core.errors import ClinicError

STARTS = datetime(2025, 3, 1, 4, 30, tzinfo=UTC)
BY_HAND = int(os.environ.get("QURE_HISTORIES", 0))
_CHECKED_AT_COMMIT = text("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


class History(RuleBasedStateMachine):
    """What was done is counted in `done`, by verb and by refusal, over all histories of a run."""

    done: ClassVar[Counter[str]] = Counter()

    def __init__(self, session):
        super().__init__()
        self.session, self.moment = session, STARTS
        self.beginning = session.begin_nested()
        clock.now = lambda: self.moment

    def teardown(self):
        self.beginning.rollback()
        self.session.expunge_all()

    def attempt(self, refusal, verb, *arguments, **named):
        """The answer of a verb that must be refused exactly when `refusal` says so; then it is None."""
        answer = self.click(verb, *arguments, **named)
        refused = answer if isinstance(answer, ClinicError) else None
        assert type(refused) is (refusal or NoneType), f"{verb.__name__}: {refused!r}, but the model says {refusal}"
        self.done[f"{verb.__name__}: {refusal.__name__}" if refusal else verb.__name__] += 1
        return None if refused else answer

    def click(self, verb, *arguments, **named):
        """The answer or the refusal, a second later. What the database checks at the commit is checked here."""
        self.wait(seconds=1)
        try:
            with self.session.begin_nested():
                answer = verb(self.session, *arguments, **named)
                self.session.flush()
                self.session.execute(_CHECKED_AT_COMMIT)
        except ClinicError as refused:
            return refused
        finally:
            self.session.expunge_all()  # as the next click finds it
        return answer

    def wait(self, **time):
        self.moment += timedelta(**time)


def first(reasons):
    """The refusal of the first condition that holds, as the verb comes to them; None if none does."""
    return next((refusal for refusal, holds in reasons if holds), None)


def play(history: Callable[[], History], histories: int, steps: int) -> None:
    """So many histories of at most so many steps; by hand, others every time."""
    History.done.clear()
    started = perf_counter()
    how = settings(
        max_examples=BY_HAND or histories,
        stateful_step_count=steps,
        derandomize=not BY_HAND,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(history, settings=how)
    if BY_HAND:
        total, seconds = History.done.total(), perf_counter() - started
        print(f"\n{BY_HAND:,} histories, {total:,} verbs in {seconds:.0f} s")  # noqa: T201
        print("\n".join(f"{times:8,} {what}" for what, times in sorted(History.done.items())))  # noqa: T201
