"""PostgreSQL → MongoDB monthly_columns: the daily summaries of a month in one document, for whoever reads years."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import cast

from sqlalchemy.orm import Session

from core.analytics import store
from core.analytics.documents import midnight
from core.analytics.packed import MonthlyColumns, pack
from core.analytics.summaries import DailySummary
from etl import daily_summaries, periods

COLLECTION = "monthly_columns"
_MONTHS_AT_ONCE = 6


def remake(days: Iterable[date]) -> int:
    """Pack the months of these days afresh, from the daily summaries that were just made again; one without any has no
    document."""
    months = {periods.month_of(day) for day in days}
    made = [pack(month, kept) for month in sorted(months) if (kept := list(_kept(month)))]
    store.remove(COLLECTION, {periods.key_of(month) for month in months} - {document["_id"] for document in made})
    return store.put(COLLECTION, made)


def documents(session: Session) -> Iterator[list[MonthlyColumns]]:
    for batch in store.batches(sorted(_months(session)), _MONTHS_AT_ONCE):
        yield by_month(session, batch)


def by_id(session: Session, ids: Iterable[str]) -> list[MonthlyColumns]:
    return by_month(session, [periods.from_key(key) for key in ids])


def count(session: Session) -> int:
    return len(_months(session))


def by_month(session: Session, months: Sequence[date]) -> list[MonthlyColumns]:
    """Those of the months in which something happened. As many statements as a day takes, however many months."""
    summaries = daily_summaries.by_day(session, [day for month in months for day in _days(month)])
    found = {month: [one for one in summaries if one["date"].date().replace(day=1) == month] for month in months}
    return [pack(month, days) for month, days in found.items() if days]


def _kept(month: date) -> Iterator[DailySummary]:
    month_long = {"date": {"$gte": midnight(month), "$lt": midnight(periods.following(month))}}
    return cast("Iterator[DailySummary]", store.find(daily_summaries.COLLECTION, month_long, sort="date"))


def _days(month: date) -> list[date]:
    return [month + timedelta(days=day) for day in range((periods.following(month) - month).days)]


def _months(session: Session) -> set[date]:
    return {periods.month_of(day) for day in daily_summaries.days_to_tell_of(session)}
