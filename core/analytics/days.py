"""Days: what came in, who came and what was handed over, from the daily summaries."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
from bson import Decimal128

from core.analytics import columns as c
from core.analytics import doctors, feed, reading, store
from core.analytics.frames import amounts, days_between, framed, on_days

_NOTHING = Decimal128("0.00")  # for what an older release did not count yet
_COUNTS = [
    c.whole("visits", "Completed visits", "visits"),
    c.whole("patients", "Different people among the visits", "people"),
    c.whole("arrivals", "Tokens given out", "tokens"),
    c.whole("appointments", "Slots of the day that were booked and not cancelled", "appointments"),
    c.whole("no_shows", "Appointments that were missed", "appointments"),
    c.whole("invoices", "Bills of the day, but cancelled ones", "bills"),
    c.whole("medicines_dispensed", "Handed over on the day; returns are not taken off", "units"),
]
_MONEY = [
    c.money("billed", "Totals of the day's bills, with tax"),
    c.money("revenue", "Paid for the day's bills until now, less refunds: an earlier day may still change"),
    c.money("received", "Money that came in on the day"),
    c.money("refunded", "Money that was given back on the day"),
]
_MORE_COUNTS = [
    c.whole("new_patients", "People whose first completed visit was on the day", "people"),
    c.whole("left", "Tokens that were called in vain or never", "tokens"),
    c.whole("slots", "Slots of the day that were not closed", "slots"),
    c.whole("cancelled", "Cancelled appointments that lay on the day", "appointments"),
    c.whole("follow_ups_due", "Follow-ups that a visit had set for the day", "follow-ups"),
    c.whole("follow_ups_kept", "Those of them whose patient came within seven days before or after", "follow-ups"),
]
_MORE_MONEY = [
    c.money("subtotal", "The day's bills before discount and tax"),
    c.money("discount", "Taken off the day's bills"),
    c.money("tax", "On the day's bills"),
    c.money("due", "Still unpaid of the day's bills: an earlier day may still change"),
]
_IS_OPEN = c.flag("is_open", "False where nothing happened: closed, not unknown; everything else is 0 then")
_DATE = c.day("date", "Clinic day, without gaps")
_FILLED = [*_COUNTS, *_MONEY, *_MORE_COUNTS, *_MORE_MONEY]
DAILY_SUMMARIES = [_DATE, _IS_OPEN, *_FILLED]
_STORED = {name: f"total_{name}" for name in ("visits", "patients")} | {
    column.name: f"total_{column.name}" for column in (*_MONEY, *_MORE_MONEY)
}

REVENUE_BY_DOCTOR = [
    c.day("date", "Day of the visits, and of the bills"),
    c.Column("doctor_id", "Int64", "", "Missing where a bill belongs to no visit"),
    c.text("doctor", '"" where a bill belongs to no visit'),
    c.whole("visits", "Completed visits", "visits"),
    c.whole("invoices", "Bills, but cancelled ones", "bills"),
    c.money("billed", "Totals of those bills, with tax"),
    c.money("revenue", "Paid for them until now, less refunds"),
]
RECEIPTS_BY_METHOD = [
    c.day("date", "Day on which the money moved"),
    c.text("method", "CASH, CARD, UPI, TRANSFER or INSURANCE"),
    c.money("amount", "Received less refunded"),
]
BILLED_BY_KIND = [
    c.day("date", "Day of the bill"),
    c.text("kind", "CONSULTATION, SERVICE, MEDICINE or OTHER"),
    c.money("billed", "Charges of this kind, with tax, less discount"),
]


@c.described(DAILY_SUMMARIES, index="date")
def daily_summaries(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per calendar day from `first` to `last`, both included.

    The frame begins with the clinic's first day if `first` lies before it, and ends with the day of the last feed if
    `last` lies after it. A day on which nothing happened is a row of zeros with `is_open` False.
    """
    counts = [column.name for column in (*_COUNTS, *_MORE_COUNTS)]
    moneys = [column.name for column in (*_MONEY, *_MORE_MONEY)]
    stored = [_STORED.get(name, name) for name in (*counts, *moneys)]
    rows = list(_summaries(first, last, ["date", *stored]))
    values: dict[str, Any] = {"date": on_days([row["date"] for row in rows]), "is_open": 1}
    values |= {name: [row.get(_STORED.get(name, name), 0) for row in rows] for name in counts}
    values |= {name: amounts([row.get(_STORED[name], _NOTHING) for row in rows]) for name in moneys}
    frame = framed(values, c.types(DAILY_SUMMARIES)).set_index("date")
    filled = frame.astype({"is_open": "int64"}).reindex(_calendar(frame, first, last), fill_value=0)
    return filled.astype({"is_open": "bool"})


@c.described(REVENUE_BY_DOCTOR)
def revenue_by_doctor(first: date | None = None, last: date | None = None, doctor: str | None = None) -> pd.DataFrame:
    """One row per day and doctor, only where there was a visit or a bill; money by the day of the bill."""
    known = doctors.known()
    days = _summaries(first, last, ["date", "by_doctor"])
    rows = [(day["date"], row) for day in days for row in day["by_doctor"]]
    values = {
        "date": on_days([day for day, _ in rows]),
        "doctor_id": pd.array([row["id"] for _, row in rows], dtype="Int64"),
        "doctor": [known.name(row["id"]) for _, row in rows],
        "visits": [row["visits"] for _, row in rows],
        "invoices": [row["invoices"] for _, row in rows],
        "billed": amounts([row["billed"] for _, row in rows]),
        "revenue": amounts([row["revenue"] for _, row in rows]),
    }
    frame = framed(values, c.types(REVENUE_BY_DOCTOR))
    return frame if doctor is None else frame[frame["doctor"] == doctor].reset_index(drop=True)


@c.described(RECEIPTS_BY_METHOD)
def receipts_by_method(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per day and method of payment on which money moved."""
    return _parts("by_method", RECEIPTS_BY_METHOD, first, last)


@c.described(BILLED_BY_KIND)
def billed_by_kind(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per day and kind of charge, only where there was one."""
    return _parts("by_kind", BILLED_BY_KIND, first, last)


def _parts(field: str, columns: list[c.Column], first: date | None, last: date | None) -> pd.DataFrame:
    """What a summary keeps as {name: money}: day, name and money."""
    days = _summaries(first, last, ["date", field])
    parts = [(day["date"], name, money) for day in days for name, money in day.get(field, {}).items()]
    values = (on_days([day for day, *_ in parts]), [name for _, name, _ in parts], amounts([m for *_, m in parts]))
    return framed({column.name: value for column, value in zip(columns, values, strict=True)}, c.types(columns))


def _summaries(first: date | None, last: date | None, fields: list[str]) -> Iterator[dict[str, Any]]:
    return store.find("daily_summaries", days_between("date", first, last), fields, sort="date")


def _calendar(frame: pd.DataFrame, first: date | None, last: date | None) -> pd.DatetimeIndex:
    """Every day that is known: from the first asked for, if the clinic was at work by then, to the last."""
    ends = [day for day in (last, feed.known_through()) if day]
    begins = first if first and reading.at_work_before(first) else None
    starts = pd.Timestamp(begins) if begins else frame.index.min()
    if not ends or pd.isna(starts):
        return pd.DatetimeIndex([], dtype="datetime64[s]", name="date")
    return pd.date_range(starts, max(pd.Timestamp(min(ends)), frame.index.max()), name="date", unit="s")
