"""Days: what came in, who came and what was handed over, from daily summaries that are kept column by column."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.analytics import columns as c
from core.analytics import doctors, feed, store
from core.analytics.frames import framed, months_between

Values = npt.NDArray[Any]

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
    c.money("received", "Money that came in on the day: for bills, and as advances. What an advance pays is not new"),
    c.money("refunded", "Money that went out on the day: given back for bills, and advances paid out"),
]
_MORE_COUNTS = [
    c.whole("new_patients", "People whose first completed visit was on the day", "people"),
    c.whole("left", "Tokens that were called in vain or never", "tokens"),
    c.whole("slots", "Slots of the day that were not closed", "slots"),
    c.whole("cancelled", "Cancelled appointments that lay on the day", "appointments"),
    c.whole("follow_ups_due", "Follow-ups that a visit had set for the day", "follow-ups"),
    c.whole("follow_ups_kept", "Those of them whose patient came within seven days before or after", "follow-ups"),
    c.whole("reminded", "Appointments whose patient was reminded", "appointments"),
    c.whole("wishes", "On the waiting list for the day", "people"),
    c.whole("wishes_met", "Those of them who got an appointment", "people"),
]
_CARE = [
    c.whole("prescriptions", "That stand, of the day's visits", "prescriptions"),
    c.whole("prescriptions_changed", "Of the day's visits, cancelled or replaced by another", "prescriptions"),
    c.whole("prescribed_items", "Medicines on those that stand", "items"),
    c.whole("overridden_items", "Those of them that were prescribed against a warning", "items"),
    c.whole("papers", "Issued for the day's visits and not cancelled", "papers"),
    c.whole("sick_notes", "Those of them that say somebody was unfit for work or school", "papers"),
    c.whole("amendments", "Added to the day's visits after their signature, then or much later", "entries"),
    c.whole("struck", "Vitals and diagnoses of the day's visits that were entered in error", "entries"),
    c.whole("reopened", "How often a visit of the day was opened again after its signature", "times"),
]
_MORE_MONEY = [
    c.money("subtotal", "The day's bills before discount and tax"),
    c.money("discount", "Taken off the day's bills"),
    c.money("tax", "On the day's bills"),
    c.money("due", "Still unpaid of the day's bills: an earlier day may still change"),
]
_DRAWER_COUNTS = [
    c.whole("credit_notes", "Made on the day, for bills of any day", "credit notes"),
    c.whole("drawers_closed", "Cashiers' drawers that were counted and closed for the day", "drawers"),
    c.whole("medicines_returned", "Brought back on the day, usable or not", "units"),
]
_DRAWER_MONEY = [
    c.money("advance_received", "Paid in for bills to come; part of received"),
    c.money("advance_paid_out", "Of what patients had with the clinic; part of refunded"),
    c.money("advance_applied", "Paid for bills from advances: no money came in with it, yet it counts as revenue"),
    c.money("advance_credited", "Given back for bills and kept for the patient: no money went out with it"),
    c.money("cash_short", "Missing in drawers of the day when they were counted"),
    c.money("cash_over", "Too much in drawers of the day when they were counted"),
]
_IS_OPEN = c.flag("is_open", "False where nothing happened: closed, not unknown")
_IS_OVER = c.flag("is_over", "False for the day of the last feed: its numbers still grow")
_DATE = c.day("date", "Clinic day, without gaps")
_FILLED = [*_COUNTS, *_MONEY, *_MORE_COUNTS, *_MORE_MONEY, *_CARE, *_DRAWER_COUNTS, *_DRAWER_MONEY]
DAILY_SUMMARIES = [_DATE, _IS_OPEN, _IS_OVER, *_FILLED]
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
    c.money("amount", "Received less refunded, advances among it; what an advance pays came in before"),
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
    `last` lies after it. A day on which the clinic was closed is a row with `is_open` False: zeros, but for follow-ups.
    """
    # The month before tells whether the clinic was at work by then, which spares a look through all its years.
    names = ["is_open", *(_STORED.get(column.name, column.name) for column in _FILLED)]
    stored = _read("days", names, _before(first), last)
    opened = stored["date"][stored["is_open"] > 0]
    known = feed.known_through()
    calendar = _calendar(opened, first, last, known)
    place = (stored["date"] - calendar[0]).astype("int64") if len(calendar) else np.full(len(stored["date"]), -1)
    shown = (place >= 0) & (place < len(calendar))
    place = place[shown]

    def filled(name: str, kind: str) -> Values:
        values = np.zeros(len(calendar), kind)
        values[place] = stored[_STORED.get(name, name)][shown]
        return values

    days: dict[str, Any] = {"is_open": filled("is_open", "bool")}
    days["is_over"] = calendar < np.datetime64(known or date.min)
    for column in _FILLED:
        days[column.name] = filled(column.name, column.dtype)
        if column.unit == c.MONEY:
            days[column.name] /= 100
    return pd.DataFrame(days, index=pd.DatetimeIndex(calendar.astype("datetime64[s]"), name="date"), copy=False)


@c.described(REVENUE_BY_DOCTOR)
def revenue_by_doctor(first: date | None = None, last: date | None = None, doctor: str | None = None) -> pd.DataFrame:
    """One row per day and doctor, only where there was a visit or a bill; money by the day of the bill."""
    known = doctors.known()
    rows = _columns("by_doctor", ["id", "visits", "invoices", "billed", "revenue"], first, last)
    rows = rows.rename(columns={"id": "doctor_id"}).astype({"doctor_id": "Int64"})
    rows["doctor"] = [known.name(None if pd.isna(number) else number) for number in rows["doctor_id"]]
    rows[["billed", "revenue"]] /= 100
    frame = framed(rows, c.types(REVENUE_BY_DOCTOR))
    return frame if doctor is None else frame[frame["doctor"] == doctor].reset_index(drop=True)


@c.described(RECEIPTS_BY_METHOD)
def receipts_by_method(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per day and method of payment on which money moved."""
    return _parts("by_method", RECEIPTS_BY_METHOD, first, last)


@c.described(BILLED_BY_KIND)
def billed_by_kind(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per day and kind of charge, only where there was one."""
    return _parts("by_kind", BILLED_BY_KIND, first, last)


def _parts(part: str, columns: Sequence[c.Column], first: date | None, last: date | None) -> pd.DataFrame:
    rows = _columns(part, ["name", "amount"], first, last)
    rows["amount"] /= 100
    rows.columns = pd.Index([column.name for column in columns])
    return framed(rows, c.types(columns))


def _columns(part: str, names: Sequence[str], first: date | None, last: date | None) -> pd.DataFrame:
    """The columns of a part, with `date`, for the days asked for; money is in cents."""
    read = _read(part, names, first, last)
    asked = (read["date"] >= np.datetime64(first or date.min)) & (read["date"] <= np.datetime64(last or date.max))
    dates = pd.to_datetime(read["date"][asked]).as_unit("s")
    return pd.DataFrame({"date": dates} | {name: read[name][asked] for name in names})


def _read(part: str, names: Sequence[str], first: date | None, last: date | None) -> dict[str, Values]:
    """Columns of a part, with `date`, for the months of these days."""
    fields = [f"{part}.{name}" for name in ("day", *names)]
    months = list(store.find("monthly_columns", months_between("date", first, last), fields, sort="date"))
    read = {name: _array(chain.from_iterable(month[part][name] for month in months)) for name in ("day", *names)}
    starts = np.array([month["_id"] for month in months], dtype="datetime64[M]").astype("datetime64[D]")
    return read | {"date": starts.repeat([len(month[part]["day"]) for month in months]) + (read["day"] - 1)}


def _array(values: Iterable[Any]) -> Values:
    """Whole numbers where all of them are; names and missing ids stay what they are."""
    given = list(values)
    try:
        return np.array(given, dtype="int64")
    except (TypeError, ValueError):
        return np.array(given, dtype=object)


def _before(first: date | None) -> date | None:
    """A day of the month before."""
    return first.replace(day=1) - timedelta(days=1) if first and first > date.min.replace(day=28) else first


def _calendar(opened: Values, first: date | None, last: date | None, known: date | None) -> Values:
    """Every day that is known: from the first asked for, if the clinic was at work by then, to the last.

    `opened` are days on which anything happened, from the month before `first` on.
    """
    ends = [day for day in (last, known) if day]
    was_open = first is not None and bool((opened < np.datetime64(first)).any())
    begins = first if was_open else first_day()
    if not ends or not begins or begins > max(ends):
        return np.array([], dtype="datetime64[D]")
    starts, until = max(first or begins, begins), min(ends)
    asked = opened[(opened >= np.datetime64(starts)) & (opened <= np.datetime64(last or date.max))]
    through = max(np.datetime64(until), asked.max()) if len(asked) else np.datetime64(until)
    return np.arange(np.datetime64(starts), through + 1, dtype="datetime64[D]")


def first_day() -> date | None:
    """On which anything happened."""
    days = _read("days", ["is_open"], None, None)
    opened = days["date"][days["is_open"] > 0]
    return opened.min().item() if len(opened) else None
