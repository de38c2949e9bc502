"""Months of prescribing: how much each doctor prescribes, which medicines, and which warnings were answered.

By the month of the visit, of completed visits and of prescriptions that stand. A doctor's own numbers are of work and
are told in full; a medicine is named only where eight people had it.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from core.analytics import columns as c
from core.analytics import doctors, privacy, store
from core.analytics.frames import framed, months_between, on_days

KINDS = ["ALLERGY", "DUPLICATE", "INTERACTION", "DOSE", "AGE"]
_MONTH = c.day("month", "The first of the month")
_DOCTOR = c.text("doctor", "Who saw the patients")
PRESCRIBING = [
    _MONTH,
    _DOCTOR,
    c.whole("visits", "Completed visits", "visits"),
    c.whole("prescribed", "Those of them with a prescription", "visits"),
    c.whole("antibiotics", "Those of them with an antibiotic that is swallowed or injected (ATC J01)", "visits"),
    c.whole("items", "Medicines prescribed", "items"),
    c.whole("overridden", "Those of them that were prescribed against a warning", "items"),
]
OVERRIDES = [
    _MONTH,
    _DOCTOR,
    c.category("kind", "What was warned of; an item warned of twice counts under both", KINDS),
    c.text("medicine", "Its name as it is now; RARE if fewer than 8 people had it against a warning in each month"),
    c.whole("items", "Medicines prescribed all the same, with a reason", "items"),
]
MEDICINES_PER_MONTH = [
    _MONTH,
    c.whole("medicine_id", "The medicine's number; 0 if RARE"),
    c.text("medicine", "Its name as it is now, or RARE"),
    c.text("generic", 'What is in it; "" if not recorded, or if RARE'),
    c.number("items", "How often it was prescribed; NaN where patients is", "items"),
    c.number("patients", "Different people, NaN for 1 to 7; who has two rare ones counts twice", "people"),
]


@c.described(PRESCRIBING)
def prescribing(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per month and doctor who saw patients in it; whole months, those that the period touches."""
    rows = list(_entries(first, last, "doctors"))
    known = doctors.known()
    values: dict[str, Any] = {column.name: [entry[column.name] for _, entry in rows] for column in PRESCRIBING[2:]}
    values |= {"month": _of(rows), "doctor": [known.name(entry["id"]) for _, entry in rows]}
    return framed(values, c.types(PRESCRIBING))


@c.described(OVERRIDES)
def overrides(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per month, doctor, kind of warning and medicine, where one was prescribed against a warning.

    Whole months, those that the period touches. No patient and no reason is in it.
    """
    rows, known = list(_entries(first, last, "overrides")), doctors.known()
    people = list(_entries(first, last, "medicines"))
    most = pd.Series([entry["overridden_patients"] for _, entry in people], dtype="int64")
    most = most.groupby(pd.Series([entry["id"] for _, entry in people], dtype="int64")).max()
    told, names = set(most.index[most >= privacy.SMALLEST]), _names("name")
    values = {
        "month": _of(rows),
        "doctor": [known.name(entry["doctor"]) for _, entry in rows],
        "kind": [entry["kind"] for _, entry in rows],
        "medicine": [names[entry["medicine"]] if entry["medicine"] in told else privacy.RARE for _, entry in rows],
        "items": [entry["items"] for _, entry in rows],
    }
    frame = framed(values, c.types(OVERRIDES))
    by = ["month", "doctor", "kind", "medicine"]
    summed = frame.groupby(by, as_index=False, observed=True).agg({"items": "sum"})
    return framed(summed, c.types(OVERRIDES))


@c.described(MEDICINES_PER_MONTH)
def medicines_per_month(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per month and medicine that was prescribed in it, most often first; whole months.

    Medicines that had fewer than 8 patients in each of these months are one row per month: RARE.
    """
    rows = list(_entries(first, last, "medicines"))
    ids = [entry["id"] for _, entry in rows]
    values = {"month": _of(rows), "medicine_id": ids}
    values |= {name: [entry[name] for _, entry in rows] for name in ("items", "patients")}
    for column, field in (("medicine", "name"), ("generic", "generic")):
        known = _names(field)
        values[column] = [known[number] for number in ids]
    frame = framed(values, c.types(MEDICINES_PER_MONTH))
    rare = frame.groupby("medicine_id")["patients"].transform("max") < privacy.SMALLEST
    frame["medicine_id"] = frame["medicine_id"].mask(rare, 0)
    frame["medicine"], frame["generic"] = frame["medicine"].mask(rare, privacy.RARE), frame["generic"].mask(rare, "")
    by = {"medicine": "first", "generic": "first", "items": "sum", "patients": "sum"}
    pooled = frame.groupby(["month", "medicine_id"], as_index=False).agg(by)
    ordered = pooled.sort_values(["month", "items", "medicine_id"], ascending=[True, False, True], ignore_index=True)
    ordered["patients"] = privacy.suppressed(ordered["patients"])
    ordered["items"] = ordered["items"].mask(ordered["patients"].isna())
    return framed(ordered, c.types(MEDICINES_PER_MONTH))


def _entries(first: date | None, last: date | None, part: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    months = store.find("monthly_prescribing", months_between("date", first, last), ["date", part], sort="date")
    return ((month["date"], entry) for month in months for entry in month[part])


def _of(rows: list[tuple[Any, dict[str, Any]]]) -> pd.DatetimeIndex:
    return on_days([month for month, _ in rows])


class _Names(dict[int, str]):
    def __missing__(self, number: int) -> str:
        return f"Medicine {number}"


def _names(field: str) -> _Names:
    return _Names({row["_id"]: row[field] for row in store.find("stock_levels", None, [field])})
