"""Clinic days and months as tables to join with: one statement counts many of them, each by an index on moments."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Date, DateTime, TableValuedAlias, bindparam, func
from sqlalchemy.orm import InstrumentedAttribute

from core import clock


def days(wanted: Sequence[date]) -> TableValuedAlias:
    """first, starts, ends: a day, the instant it begins and the instant the next one does."""
    return _table(wanted, [day + timedelta(days=1) for day in wanted])


def months(wanted: Sequence[date]) -> TableValuedAlias:
    """first, after, starts, ends: a month's first day, the next one's, and the instants at which these begin."""
    return _table(wanted, [following(month) for month in wanted])


def month_of(day: date) -> date:
    return day.replace(day=1)


def following(month: date) -> date:
    return month_of(month + timedelta(days=31))


def key_of(month: date) -> str:
    """ "2025-03" """
    return month.isoformat()[:7]


def from_key(key: str) -> date:
    return date.fromisoformat(f"{key}-01")


def clinic_day(moment: InstrumentedAttribute[datetime]) -> ColumnElement[date]:
    return func.timezone(clock.zone().key, moment).cast(Date)


def batches(wanted: Iterable[date], size: int) -> Iterator[list[date]]:
    inorder = sorted(set(wanted))
    for start in range(0, len(inorder), size):
        yield inorder[start : start + size]


def _table(firsts: Sequence[date], afters: Sequence[date]) -> TableValuedAlias:
    columns: list[tuple[str, Sequence[Any], type[Date] | DateTime]] = [
        ("first", firsts, Date),
        ("after", afters, Date),
        ("starts", [clock.day_bounds(day)[0] for day in firsts], DateTime(timezone=True)),
        ("ends", [clock.day_bounds(day)[0] for day in afters], DateTime(timezone=True)),
    ]
    values = [bindparam(name, list(given), ARRAY(kind)) for name, given, kind in columns]
    return func.unnest(*values).table_valued(*(name for name, *_ in columns), name="periods").render_derived()
