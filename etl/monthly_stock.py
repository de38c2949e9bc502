"""PostgreSQL stock_movements → MongoDB monthly_stock: one document per month of the clinic in which stock moved."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from core.analytics import store
from core.analytics.documents import midnight, money
from core.analytics.summaries import MedicineMonth, MonthlyStock
from core.models import Batch, MovementReason, StockMovement
from etl import making, periods

COLLECTION = "monthly_stock"
_MONTHS_AT_ONCE = 12


def remake(session: Session, months: Iterable[date]) -> int:
    """Write these months afresh. Movements are never taken away, so neither is a document."""
    return making.again(COLLECTION, map(periods.key_of, months), partial(by_id, session), _MONTHS_AT_ONCE)


def documents(session: Session) -> Iterator[list[MonthlyStock]]:
    for batch in store.batches(_months(session), _MONTHS_AT_ONCE):
        yield by_month(session, batch)


def by_id(session: Session, ids: Iterable[str]) -> list[MonthlyStock]:
    return by_month(session, [periods.from_key(key) for key in ids])


def count(session: Session) -> int:
    return len(_months(session))


def by_month(session: Session, months: Sequence[date]) -> list[MonthlyStock]:
    """Those of the months in which stock moved. One statement, however many months."""
    medicines: Mapping[date, list[MedicineMonth]] = defaultdict(list)
    for row in _moved(session, months):
        medicines[row.month].append(_medicine(row))
    return [
        {"_id": periods.key_of(month), "date": midnight(month), "medicines": found}
        for month, found in medicines.items()
    ]


def _moved(session: Session, months: Sequence[date]) -> Iterable[Row[Any]]:
    month = periods.month(periods.clinic_day(StockMovement.moved_at)).label("month")
    units, value = StockMovement.change, StockMovement.change * Batch.unit_cost
    by_reason = [
        func.sum(what).filter(StockMovement.reason == reason).label(f"{reason.value.lower()}{suffix}")
        for reason in MovementReason
        for what, suffix in ((units, ""), (value, "_value"))
    ]
    return session.execute(
        select(month, Batch.medicine_id, func.sum(value).label("value_change"), *by_reason)
        .select_from(StockMovement)
        .join(StockMovement.batch)
        .where(periods.moments_in(StockMovement.moved_at, periods.of_months(months)))
        .group_by(month, Batch.medicine_id)
        .order_by(month, Batch.medicine_id)
    )


def _medicine(row: Row[Any]) -> MedicineMonth:
    return {
        "id": row.medicine_id,
        "received": int(row.received or 0),
        "dispensed": -int(row.dispensed or 0),
        "returned": int(row.returned or 0),
        "expired": -int(row.expired or 0),
        "adjusted": int(row.adjusted or 0),
        "written_off": -int(row.written_off or 0),
        "transferred": -int(row.transferred or 0),
        "sent_back": -int(row.sent_back or 0),
        "received_value": money(row.received_value),
        "dispensed_value": money(-(row.dispensed_value or 0)),
        "returned_value": money(row.returned_value),
        "expired_value": money(-(row.expired_value or 0)),
        "adjusted_value": money(row.adjusted_value),
        "written_off_value": money(-(row.written_off_value or 0)),
        "transferred_value": money(-(row.transferred_value or 0)),
        "sent_back_value": money(-(row.sent_back_value or 0)),
        "value_change": money(row.value_change),
    }


def _months(session: Session) -> list[date]:
    month = periods.month(periods.clinic_day(StockMovement.moved_at))
    return sorted(session.scalars(select(month).distinct()))
