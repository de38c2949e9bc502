"""Money beside the bills: what was given back and why, what patients have with the clinic, drawers as counted."""

from datetime import date
from typing import Any

import pandas as pd

from core.analytics import columns as c
from core.analytics import doctors, privacy, reading, store
from core.analytics.documents import midnight
from core.analytics.frames import amounts, framed, on_days
from core.words import later

OTHER_REASON = later("Other reasons")
_BEGINNING = midnight(date.min)
REFUNDS = [
    c.day("date", "Day on which it was given back"),
    c.day("issued", "Day of the bill"),
    c.whole("days_after", "From the bill to the refund", "days"),
    c.text("doctor", '"" for a bill without a visit'),
    c.text("reason", f"As typed; {OTHER_REASON} where it was ever given for fewer than {privacy.SMALLEST} people"),
    c.text("method", "CASH, CARD, UPI, TRANSFER, INSURANCE; ADVANCE: kept for the patient, no money left"),
    c.money("amount", "Given back"),
]
ADVANCES = [
    c.day("date", "Day on which it changed"),
    c.text("payer", "Pseudonym of the patient, the same as on bills; not the one of visits"),
    c.text("reason", "RECEIVED, APPLIED (paid a bill), CREDITED (kept from a refund) or PAID_OUT"),
    c.text("method", 'How money came or went; "" for APPLIED and CREDITED, where none did'),
    c.money("change", "Signed; its sum over all time is what patients have with the clinic"),
]
DAY_CLOSES = [
    c.day("date", "Day of the drawer"),
    c.text("drawer", "Whose it is, by number and not by name"),
    c.money("opened_with", "Left by the close before"),
    c.money("taken", "Cash in less cash out"),
    c.money("expected", "opened_with + taken"),
    c.money("counted", "Notes and coins"),
    c.money("difference", "counted - expected: negative where cash is missing"),
    c.money("left_in_drawer", "What the next day opens with"),
]


@c.described(REFUNDS)
def refunds(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per credit note of the clinic days `first` to `last`, both included, by day."""
    # All there are: whether a reason is rare is the same in every period, so that two of them tell nobody apart.
    bills = store.find("invoices", {"credit_notes.date": {"$gt": _BEGINNING}})
    rows = [(bill, note) for bill in bills for note in bill["credit_notes"]]
    known, dates = doctors.known(), on_days([note["date"] for _, note in rows])
    issued = on_days([bill["date"] for bill, _ in rows])
    reasons = pd.Series([note["reason"] for _, note in rows], dtype="str")
    people = pd.Series([bill["patient_id"] for bill, _ in rows], dtype="int64")
    values: dict[str, Any] = {
        "date": dates,
        "issued": issued,
        "days_after": (dates - issued).days,
        "doctor": [known.name(bill["doctor_id"]) for bill, _ in rows],
        "reason": privacy.pooled(reasons, people).replace(privacy.RARE, OTHER_REASON),
        "method": [note["method"] for _, note in rows],
        "amount": amounts([note["amount"] for _, note in rows]),
    }
    frame = framed(values, c.types(REFUNDS))
    asked = frame["date"].between(pd.Timestamp(first or date.min), pd.Timestamp(last or date.max))
    return frame[asked].sort_values("date", kind="stable", ignore_index=True)


@c.described(ADVANCES)
def advances(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per change of what a patient has with the clinic on the clinic days `first` to `last`, by day."""
    rows = list(reading.by_day("advances", "date", first, last, days=reading.YEAR))
    values = {
        "date": on_days([row["date"] for row in rows]),
        "payer": privacy.pseudonyms("payer", [row["patient_id"] for row in rows]),
        "reason": [row["reason"] for row in rows],
        "method": [row["method"] or "" for row in rows],
        "change": amounts([row["change"] for row in rows]),
    }
    return framed(values, c.types(ADVANCES))


@c.described(DAY_CLOSES)
def day_closes(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per drawer that was closed for one of the clinic days `first` to `last`, by day."""
    rows = list(reading.by_day("day_closes", "date", first, last, days=reading.YEAR))
    stored = ("opened_with", "taken", "expected", "counted", "left_in_drawer")
    values: dict[str, Any] = {name: amounts([row[name] for row in rows]) for name in stored}
    values |= {
        "date": on_days([row["date"] for row in rows]),
        "drawer": [f"Drawer {row['cashier_id']}" for row in rows],
        "difference": (values["counted"] - values["expected"]).round(2),
    }
    return framed(values, c.types(DAY_CLOSES))
