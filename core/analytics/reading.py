"""Years of documents, read a piece at a time: MongoDB has to answer within seconds, however much is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.analytics import feed, store
from core.analytics.frames import days_between, moments_between

QUARTER, YEAR = 91, 366  # days: of records, and of what is kept by the day or month
_MONTH = 30  # days, of what is read from end to end


def by_day(
    collection: str,
    field: str,
    first: date | None,
    last: date | None,
    fields: Sequence[str] | None = None,
    also: Mapping[str, Any] | None = None,
    days: int = QUARTER,
) -> Iterator[dict[str, Any]]:
    """Documents whose `field`, a clinic day, lies in the period, in its order."""
    for starts, ends in pieces(first, last, days):
        yield from store.find(collection, days_between(field, starts, ends) | dict(also or {}), fields, sort=field)


def by_moment(
    collection: str, field: str, first: date | None, last: date | None, zone: ZoneInfo
) -> Iterator[dict[str, Any]]:
    """Documents whose `field`, a moment, lies in the period, in its order."""
    for starts, ends in pieces(first, last):
        yield from store.find(collection, moments_between(field, starts, ends, zone), sort=field)


def everything(collection: str) -> Iterator[dict[str, Any]]:
    """Every document once. SecantusDB holds all that one question finds in memory, and answers nobody else before it
    has it; so what has an index of days or moments is read by months, and only then what has no day."""
    told, indexed = 0, store.INDEXES[collection]
    for field in indexed[:1]:
        for starts, ends in pieces(None, None, _MONTH):
            for document in store.find(collection, moments_between(field, starts, ends, ZoneInfo("UTC"))):
                told += 1
                yield document
    if told < store.count(collection):
        every = store.find(collection)
        yield from (row for row in every if not (indexed and isinstance(row.get(indexed[0]), datetime)))


def pieces(first: date | None, last: date | None, days: int = QUARTER) -> Iterator[tuple[date | None, date | None]]:
    """The period cut up; open ends stay open."""
    length = timedelta(days=days)
    starts, lower, until = first or _first_month(), first, last or feed.known_through()
    while starts and until and until - starts > length:
        yield lower, starts + length - timedelta(days=1)
        lower = starts = starts + length
    yield lower, last


def _first_month() -> date | None:
    """In which patients were seen."""
    months = store.find("monthly_summaries", None, ["date"], sort="date")
    return next((row["date"].date() for row in months), None)
