"""Bills, what was paid for them, and what is still due."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from core.analytics import columns as c
from core.analytics import doctors, feed, privacy, reading, store
from core.analytics.documents import midnight
from core.analytics.frames import amounts, days_between, framed, on_days
from core.bill_ages import AGES

_BEGINNING = midnight(date.min)
_DATE = c.day("date", "Day of the bill")
_NUMBER = c.text("number", "Of the bill")
_DOCTOR = c.text("doctor", '"" for a bill without a visit')
# Not the one of visits: whoever holds one receipt would find the history of its patient.
_PAYER = c.text("payer", "Pseudonym of the patient, the same on every bill; not the one of visits")
_MONEYS = [
    c.money("subtotal", "Before discount and tax"),
    c.money("discount", "Taken off"),
    c.money("tax", "Added"),
    c.money("total", "subtotal - discount + tax"),
    c.money("paid", "Until now, refunds not taken off"),
    c.money("refunded", "Until now"),
    c.money("due", "Still unpaid now; 0 once cancelled"),
]
INVOICES = [_DATE, _NUMBER, c.text("state", "ISSUED, PAID or CANCELLED"), _DOCTOR, _PAYER, *_MONEYS]
PAYMENTS = [
    c.day("date", "Day of the payment or refund"),
    c.text("method", "CASH, CARD, UPI, TRANSFER, INSURANCE; ADVANCE: from or to an advance, no money moved"),
    c.money("amount", "Negative for a refund"),
    c.flag("is_refund", "Was given back"),
    _NUMBER,
    c.day("issued", "Day of the bill"),
    _DOCTOR,
]
RECEIVABLES = [
    _DATE,
    _NUMBER,
    _DOCTOR,
    _PAYER,
    c.money("total", "Of the bill"),
    c.money("due", "Still unpaid now"),
    c.whole("age_days", "Since the day of the bill", "days"),
    c.category("age_band", "Since the day of the bill", list(AGES), ordered=True),
]


@c.described(INVOICES)
def invoices(first: date | None = None, last: date | None = None, doctor: str | None = None) -> pd.DataFrame:
    """One row per bill issued on the clinic days `first` to `last`, both included; cancelled ones too."""
    whose = doctors.known().where("doctor_id", doctor)
    rows = list(reading.by_day("invoices", "date", first, last, also=whose))
    moneys = {column.name: amounts([row[column.name] for row in rows]) for column in _MONEYS}
    return framed(_bills(rows) | {"state": [row["state"] for row in rows]} | moneys, c.types(INVOICES))


@c.described(PAYMENTS)
def payments(first: date | None = None, last: date | None = None, doctor: str | None = None) -> pd.DataFrame:
    """One row per payment and refund of a bill on the clinic days `first` to `last`, both included, by day."""
    rows = list(_moved(first, last, doctor))
    known = doctors.known()
    amount = amounts([payment["amount"] for _, payment in rows])
    values = {
        "date": on_days([payment["date"] for _, payment in rows]),
        "method": [payment["method"] for _, payment in rows],
        "amount": amount,
        "is_refund": amount < 0,
        "number": [bill["number"] for bill, _ in rows],
        "issued": on_days([bill["date"] for bill, _ in rows]),
        "doctor": [known.name(bill["doctor_id"]) for bill, _ in rows],
    }
    return framed(values, c.types(PAYMENTS)).sort_values(["date", "number"], kind="stable", ignore_index=True)


@c.described(RECEIVABLES)
def receivables(on: date | None = None, doctor: str | None = None) -> pd.DataFrame:
    """One row per bill that is not fully paid now, oldest first; ages count to `on`, or the day of the last feed."""
    today = on or feed.known_through()
    # By its state and not by `due > 0`: only what is equal is found fast.
    unpaid = {"state": "ISSUED"} | doctors.known().where("doctor_id", doctor)
    rows = list(store.find("invoices", unpaid)) if today else []
    values = _bills(rows) | {name: amounts([row[name] for row in rows]) for name in ("total", "due")}
    ages = (pd.Timestamp(today or 0) - values["date"]).days
    values["age_days"] = ages
    values["age_band"] = pd.cut(ages, [*AGES.values(), float("inf")], labels=list(AGES), right=False)
    frame = framed(values, c.types(RECEIVABLES))
    return frame[frame["due"] > 0].sort_values(["date", "number"], ignore_index=True)


def _bills(rows: list[dict[str, Any]]) -> dict[str, Any]:
    known = doctors.known()
    return {
        "date": on_days([row["date"] for row in rows]),
        "number": [row["number"] for row in rows],
        "doctor": [known.name(row["doctor_id"]) for row in rows],
        "payer": privacy.pseudonyms("payer", [row["patient_id"] for row in rows]),
    }


def _moved(
    first: date | None, last: date | None, doctor: str | None
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Bills with each of their payments of the period. A bill comes once in each piece that it was paid in."""
    whose = doctors.known().where("doctor_id", doctor)
    for starts, ends in reading.pieces(first, last):
        lowest, highest = (midnight(day) if day else None for day in (starts, ends))
        paid = days_between("payments.date", starts, ends) or {"payments.date": {"$gt": _BEGINNING}}
        for bill in store.find("invoices", paid | whose):
            for payment in bill["payments"]:
                if (lowest is None or payment["date"] >= lowest) and (highest is None or payment["date"] <= highest):
                    yield bill, payment
