"""Days, money and stock as DataFrames.

Days are datetime64[s] without a zone: the clinic's own days. Moments are the clinic's wall clock, also without a zone.
Money is float64 in the clinic's currency, exact to the cent; round(2) what you add up.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from core.analytics import feed, store
from core.analytics.documents import midnight

_COUNTS = ["visits", "patients", "arrivals", "appointments", "no_shows", "invoices", "medicines_dispensed"]
_MONEY = ["billed", "revenue", "received", "refunded"]
_NAMES = {"patients": "total_patients", "visits": "total_visits"} | {name: f"total_{name}" for name in _MONEY}
_STOCK = {
    "moved_at": "datetime64[s]",
    "medicine_id": "int64",
    "medicine": "str",
    "batch_id": "int64",
    "batch_number": "str",
    "movement_type": "str",
    "reason": "str",
    "quantity": "int64",
    "change": "int64",
    "value": "float64",
}


def daily_summaries(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per calendar day from `first` to `last`, both included.

    Index: date (datetime64[s]). The frame begins with the clinic's first day if `first` lies before it, and ends with
    the day of the last feed if `last` lies after it. A day on which nothing happened is a row of zeros with `is_open`
    False: closed, not unknown.

    is_open bool · visits, patients (different people), arrivals (tokens), appointments, no_shows, invoices,
    medicines_dispensed (units): int64 · billed, revenue: float64, by the day of the invoice; revenue is what has been
    paid for it until now, less refunds, so an earlier day may still change · received, refunded: float64, by the day
    the money moved.
    """
    rows = [_summary_row(row) for row in _summaries(first, last)]
    types: dict[str, Any] = {"is_open": "bool"} | dict.fromkeys(_COUNTS, "int64") | dict.fromkeys(_MONEY, "float64")
    frame = typed(rows, {"date": "datetime64[s]"} | types | {"is_open": "int64"}).set_index("date")
    return frame.reindex(_calendar(frame, first, last), fill_value=0).astype(types)


def revenue_by_doctor(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per day and doctor, only where there was a visit or an invoice; money by the day of the invoice.

    date datetime64[s] · doctor_id Int64 and doctor str (missing and "" where a bill belongs to no visit) ·
    visits, invoices int64 · billed, revenue float64.
    """
    names = feed.doctors()
    rows = [
        {
            "date": wall_day(day["date"]),
            "doctor_id": row["id"],
            "doctor": names.get(row["id"], ""),
            "visits": row["visits"],
            "invoices": row["invoices"],
            "billed": amount(row["billed"]),
            "revenue": amount(row["revenue"]),
        }
        for day in _summaries(first, last)
        for row in day["by_doctor"]
    ]
    whose = {"date": "datetime64[s]", "doctor_id": "Int64", "doctor": "str"}
    return typed(rows, whose | {"visits": "int64", "invoices": "int64", "billed": "float64", "revenue": "float64"})


def receipts_by_method(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per day and method of payment: money received less refunded, by the day it moved.

    date datetime64[s] · method str (CASH, CARD, UPI, TRANSFER, INSURANCE) · amount float64.
    """
    rows = [
        {"date": wall_day(day["date"]), "method": method, "amount": amount(total)}
        for day in _summaries(first, last)
        for method, total in day["by_method"].items()
    ]
    return typed(rows, {"date": "datetime64[s]", "method": "str", "amount": "float64"})


def stock_movements(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per movement of stock, oldest first, on clinic days `first` to `last`, both included.

    moved_at datetime64[s], wall clock · medicine_id, batch_id int64 · medicine, batch_number str · movement_type str
    (IN, OUT, ADJUSTMENT) · reason str (RECEIVED, DISPENSED, RETURNED, ADJUSTED, EXPIRED) · quantity int64, units,
    signed only for ADJUSTMENT · change int64, units, always signed; its sum over all time is what is on hand ·
    value float64, change at cost.
    """
    zone = feed.clinic().zone
    found = store.find("stock_movements", _between("timestamp", first, last, zone), sort="timestamp")
    rows = [
        row
        | {
            "moved_at": wall_clock(row["timestamp"], zone),
            "medicine_id": row["medicine"]["id"],
            "medicine": row["medicine"]["name"],
            "value": amount(row["unit_cost"]) * row["change"],
        }
        for row in found
    ]
    return typed(rows, _STOCK)


def typed(rows: Iterable[Mapping[str, Any]], types: Mapping[str, str]) -> pd.DataFrame:
    """A frame with exactly these columns and types, whether there are rows or not."""
    columns = list(types)
    values = [[row[column] for column in columns] for row in rows]
    frame = pd.DataFrame(values, columns=columns, dtype=object)
    return frame.astype(types)


def wall_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clock on the clinic's wall showed, to the second."""
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0)


def wall_day(stored: datetime) -> datetime:
    """A clinic day as it is kept, as DataFrames have it."""
    return stored.replace(tzinfo=None)


def days_between(field: str, first: date | None, last: date | None) -> dict[str, Any]:
    """The filter for a field that holds clinic days."""
    bounds = {"$gte": midnight(first) if first else None, "$lte": midnight(last) if last else None}
    wanted = {bound: value for bound, value in bounds.items() if value}
    return {field: wanted} if wanted else {}


def amount(stored: Any) -> float:
    return float(stored.to_decimal())


def _summaries(first: date | None, last: date | None) -> Iterator[dict[str, Any]]:
    return store.find("daily_summaries", days_between("date", first, last), sort="date")


def _summary_row(row: Mapping[str, Any]) -> dict[str, Any]:
    counts = {name: row[_NAMES.get(name, name)] for name in _COUNTS}
    return (
        {"date": wall_day(row["date"]), "is_open": True} | counts | {name: amount(row[_NAMES[name]]) for name in _MONEY}
    )


def _calendar(frame: pd.DataFrame, first: date | None, last: date | None) -> pd.DatetimeIndex:
    """Every day that is known: from the first asked for, if the clinic was at work by then, to the last."""
    ends = [day for day in (last, feed.known_through()) if day]
    begins = first if first and _at_work_before(first) else None
    starts = pd.Timestamp(begins) if begins else frame.index.min()
    if not ends or pd.isna(starts):
        return pd.DatetimeIndex([], dtype="datetime64[s]", name="date")
    return pd.date_range(starts, max(pd.Timestamp(min(ends)), frame.index.max()), name="date", unit="s")


def _at_work_before(day: date) -> bool:
    return any(store.find("daily_summaries", {"date": {"$lt": midnight(day)}}, ["date"]))


def _between(field: str, first: date | None, last: date | None, zone: ZoneInfo) -> dict[str, Any]:
    """The filter for a field that holds moments."""
    starts = datetime.combine(first, datetime.min.time(), zone) if first else None
    ends = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone) if last else None
    wanted = {bound: value for bound, value in {"$gte": starts, "$lt": ends}.items() if value}
    return {field: wanted} if wanted else {}
