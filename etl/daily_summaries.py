"""PostgreSQL → MongoDB daily_summaries: one document per clinic day on which something happened or should have.

A day is always counted afresh from its rows, so it may be made again at any time, and a payment or refund that comes
later corrects the day of its invoice. What each figure counts, and by which date, stands at `DailySummary`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import CompoundSelect, select, union
from sqlalchemy.orm import Session

from core.analytics import store
from core.analytics.documents import midnight
from core.analytics.packed import is_open
from core.analytics.summaries import DailySummary
from core.models import (
    Advance,
    Appointment,
    AppointmentState,
    CreditNote,
    DayClose,
    Dispensing,
    Invoice,
    InvoiceState,
    MedicineReturn,
    Payment,
    Slot,
    Token,
    Visit,
    VisitState,
)
from etl import daily_care, daily_counts, daily_drawers, daily_money, making, periods

COLLECTION = "daily_summaries"
_DAYS_AT_ONCE = 100


def remake(session: Session, days: Iterable[date]) -> int:
    """Write these days afresh; a day that there is nothing to tell of has no document."""
    return making.again(COLLECTION, (day.isoformat() for day in days), partial(by_id, session), _DAYS_AT_ONCE)


def documents(session: Session) -> Iterator[list[DailySummary]]:
    for batch in store.batches(days_to_tell_of(session), _DAYS_AT_ONCE):
        yield by_day(session, batch)


def by_id(session: Session, ids: Iterable[str]) -> list[DailySummary]:
    return by_day(session, [date.fromisoformat(key) for key in ids])


def count(session: Session) -> int:
    return len(days_to_tell_of(session))


def by_day(session: Session, days: Sequence[date]) -> list[DailySummary]:
    """Those of the days that there is something to tell of. One day costs as many statements as a thousand."""
    counts, moneys = daily_counts.of(session, days), daily_money.of(session, days)
    care, drawers = daily_care.of(session, days), daily_drawers.of(session, days)
    made: list[DailySummary] = [
        {"_id": day.isoformat(), "date": midnight(day), **counts[day], **moneys[day], **drawers[day], **care[day]}
        for day in days
    ]
    return [summary for summary in made if is_open(summary) or summary["follow_ups_due"]]


def days_to_tell_of(session: Session) -> list[date]:
    """On which something happened, or follow-ups were due, which may be days to come."""
    slot_day = periods.clinic_day(Slot.starts_at)
    days: CompoundSelect[Any] = union(
        select(Token.issued_on),
        select(Invoice.issued_on).where(Invoice.state != InvoiceState.CANCELLED),
        select(Payment.received_on),
        select(CreditNote.refunded_on),
        select(Advance.moved_on),
        select(DayClose.closed_on),
        select(Dispensing.dispensed_on),
        select(MedicineReturn.returned_on),
        select(slot_day).join(Appointment).where(Appointment.state == AppointmentState.NO_SHOW),
        select(Visit.follow_up_on).where(Visit.follow_up_on.is_not(None), Visit.state == VisitState.COMPLETED),
    )
    return sorted(session.scalars(days))
