"""PostgreSQL → MongoDB daily_summaries: one document per clinic day on which something happened.

A day is always counted afresh from its rows, so it may be made again at any time, and a payment or refund that comes
later corrects the day of its invoice. What each figure counts, and by which date, stands at `DailySummary`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from core.analytics import store
from core.analytics.documents import DailySummary, midnight
from core.models import (
    Appointment,
    AppointmentState,
    Dispensing,
    Invoice,
    InvoiceState,
    Payment,
    Refund,
    Slot,
    Token,
)
from etl import daily_counts, daily_money, periods

COLLECTION = "daily_summaries"
_DAYS_AT_ONCE = 100


def remake(session: Session, days: Iterable[date]) -> int:
    """Write these days afresh; a day on which nothing happened has no document."""
    written = 0
    for batch in periods.batches(days, _DAYS_AT_ONCE):
        made = by_day(session, batch)
        written += store.put(COLLECTION, made)
        store.remove(COLLECTION, {day.isoformat() for day in batch} - {document["_id"] for document in made})
    return written


def documents(session: Session) -> Iterator[list[DailySummary]]:
    for batch in periods.batches(_eventful_days(session), _DAYS_AT_ONCE):
        yield by_day(session, batch)


def by_id(session: Session, ids: Iterable[str]) -> list[DailySummary]:
    return by_day(session, [date.fromisoformat(key) for key in ids])


def count(session: Session) -> int:
    return len(_eventful_days(session))


def by_day(session: Session, days: Sequence[date]) -> list[DailySummary]:
    """Those of the days on which something happened. Ten statements, however many days."""
    counts, moneys = daily_counts.of(session, days), daily_money.of(session, days)
    made: list[DailySummary] = []
    for day in days:
        counted, moved = counts[day], moneys[day]
        happened = (counted["arrivals"], counted["no_shows"], counted["medicines_dispensed"])
        if any(happened) or moved["by_doctor"] or moved["by_method"]:
            made.append({"_id": day.isoformat(), "date": midnight(day), **counted, **moved})
    return made


def _eventful_days(session: Session) -> list[date]:
    slot_day = periods.clinic_day(Slot.starts_at)
    days = union(
        select(Token.issued_on),
        select(Invoice.issued_on).where(Invoice.state != InvoiceState.CANCELLED),
        select(Payment.received_on),
        select(Refund.refunded_on),
        select(Dispensing.dispensed_on),
        select(slot_day).join(Appointment).where(Appointment.state == AppointmentState.NO_SHOW),
    )
    return sorted(session.scalars(days))
