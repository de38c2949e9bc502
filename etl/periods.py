"""Clinic days and months in statements.

The ends of a span are given as values, not joined from a table of days: then PostgreSQL knows how little of the
history it is, and finds it by an index.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Date, false, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from core import clock

Span = tuple[date, date]  # its first day, and the first one after it


def of_days(days: Iterable[date]) -> list[Span]:
    return _joined((day, day + timedelta(days=1)) for day in days)


def of_months(months: Iterable[date]) -> list[Span]:
    return _joined((month, following(month)) for month in months)


def days_in(day: InstrumentedAttribute[date], spans: Iterable[Span]) -> ColumnElement[bool]:
    return or_(false(), *((day >= first) & (day < after) for first, after in spans))


def moments_in(moment: InstrumentedAttribute[datetime], spans: Iterable[Span]) -> ColumnElement[bool]:
    return or_(false(), *((moment >= clock.day_bounds(a)[0]) & (moment < clock.day_bounds(b)[0]) for a, b in spans))


def month(day: ColumnElement[date] | InstrumentedAttribute[date]) -> ColumnElement[date]:
    """The first day of its month."""
    return func.date_trunc("month", day).cast(Date)


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


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans that follow one another become one."""
    joined: list[Span] = []
    for first, after in sorted(spans):
        if joined and joined[-1][1] >= first:
            joined[-1] = (joined[-1][0], after)
        else:
            joined.append((first, after))
    return joined
