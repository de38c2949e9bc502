"""Frames as plain rows, for other programs: what a dashboard may show goes out, and until when it is whole.

Asked for by days, both included, because every answer is made of the whole period: what is told of few people is
pooled over it, however few of its rows are sent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from core import fields
from core.analytics import columns, days, feed, history, reading
from core.analytics.columns import Column
from core.errors import check
from core.permissions import Actor, Permission, require
from core.words import say

MOST_DAYS_OF_VISITS, MOST_DAYS = reading.QUARTER, reading.YEAR


@dataclass(frozen=True)
class Report:
    """Everything committed before `fed_at` is in it, if it is `whole`; `fed_at` is None before MongoDB was ever fed.

    Rows are plain: days are dates, money is Decimal, what is missing is None.
    """

    rows: tuple[dict[str, Any], ...]
    fed_at: datetime | None
    whole: bool


def visit_history(actor: Actor, first: date, last: date, doctor: str | None = None) -> Report:
    """Completed visits, by day. Nobody is named. Raises Invalid or StoreUnavailable."""
    require(actor, Permission.ANALYSE)
    _check(first, last, MOST_DAYS_OF_VISITS)
    return _report(history.VISITS, lambda: history.visits(first, last, doctor))


def daily_summary(actor: Actor, first: date, last: date) -> Report:
    """Every day that is known, by day. Raises Invalid or StoreUnavailable."""
    require(actor, Permission.ANALYSE)
    _check(first, last, MOST_DAYS)
    return _report(days.DAILY_SUMMARIES, lambda: days.daily_summaries(first, last).reset_index())


def _check(first: date, last: date, most: int) -> None:
    problem = say("Ask for at most {most} days.", most=most) if (last - first).days >= most else None
    check(period=say("The first day cannot be after the last.") if first > last else problem)


def _report(described: Sequence[Column], frame: Callable[[], pd.DataFrame]) -> Report:
    """How fresh it is is asked first: what arrives meanwhile is more than was promised, never less."""
    fresh = feed.freshness()
    made = frame()
    values = [_plain(column, made[column.name]) for column in described]
    names = [column.name for column in described]
    return Report(tuple(dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)), *_of(fresh))


def _of(fresh: feed.Freshness) -> tuple[datetime | None, bool]:
    return fresh.fed_at, fresh.whole and fresh.fed_at is not None


def _plain(column: Column, values: "pd.Series[Any]") -> list[Any]:
    known = values.astype(object).where(values.notna(), None).tolist()
    if column.unit == columns.MONEY:
        return [None if value is None else fields.to_cents(Decimal(str(value))) for value in known]
    return [value.date() if isinstance(value, datetime) else value for value in known]
