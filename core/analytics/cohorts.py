"""Months of patients: who is new, who comes back, and what they came for. By completed visits."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from core.analytics import columns as c
from core.analytics import feed, privacy, store
from core.analytics.frames import framed, months_between, on_days

PATIENTS_PER_MONTH = [
    c.day("month", "The first of the month, without gaps"),
    c.whole("visits", "Completed visits", "visits"),
    c.whole("patients", "Different people among them", "people"),
    c.whole("new_patients", "People whose first visit lies in the month", "people"),
    c.whole("returning", "The others", "people"),
]
RETENTION = [
    c.day("cohort", "The month of these patients' first visit, its first day"),
    c.whole("months_since", "Months after it; 0 is the month itself", "months"),
    c.whole("size", "How many people the cohort has", "people"),
    c.number("patients", "How many of them came; NaN for 1 to 7, who are too few to be told of", "people"),
    c.number("share", "patients / size; NaN as there", "0 to 1"),
]
DIAGNOSES_PER_MONTH = [
    c.day("month", "The first of the month"),
    c.text("code", "ICD-10, or RARE"),
    c.text("text", "The diagnosis in words"),
    c.number("visits", "Completed visits with this diagnosis; NaN where patients is", "visits"),
    c.number("patients", "Different people with it, NaN for 1 to 7; who has two rare ones counts twice", "people"),
]


@c.described(PATIENTS_PER_MONTH)
def patients_per_month(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per month, whole months, those that the period touches; a month without visits is a row of zeros."""
    counts = ["visits", "patients", "new_patients"]
    rows = list(_months(first, last, counts))
    values = {name: [row[name] for row in rows] for name in counts}
    seen = pd.DataFrame(values, index=on_days([row["date"] for row in rows]), dtype="int64")
    frame = seen.reindex(_calendar(seen.index, last), fill_value=0).rename_axis("month").reset_index()
    frame["returning"] = frame["patients"] - frame["new_patients"]
    return framed(frame, c.types(PATIENTS_PER_MONTH))


@c.described(RETENTION)
def retention(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per cohort and month from its first to the last that is known: how many of them came.

    `first` and `last` choose the cohorts. Those of fewer than 8 people are left out. The last month is still going on.
    """
    rows = [
        (row["date"], pd.Timestamp(entry["first"]), entry["patients"])
        for row in _months(first, None, ["cohorts"])
        for entry in row["cohorts"]
    ]
    values = {"month": on_days([month for month, *_ in rows]), "cohort": [cohort for _, cohort, _ in rows]}
    came = pd.DataFrame(values | {"patients": [patients for *_, patients in rows]})
    came = came.astype({"cohort": "datetime64[s]", "patients": "int64"})
    grid = _triangle(came, last)
    merged = grid.merge(came, how="left", on=["cohort", "month"]).fillna({"patients": 0})
    merged["patients"] = privacy.suppressed(merged["patients"])
    merged["share"] = merged["patients"] / merged["size"]
    return framed(merged, c.types(RETENTION))


@c.described(DIAGNOSES_PER_MONTH)
def diagnoses_per_month(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per month and diagnosis, most visits first; whole months, those that the period touches.

    Diagnoses that had fewer than 8 patients in each of these months are one row per month: RARE.
    """
    rows = [(row["date"], entry) for row in _months(first, last, ["diagnoses"]) for entry in row["diagnoses"]]
    names = ("code", "text", "visits", "patients")
    values: dict[str, Any] = {name: [entry[name] for _, entry in rows] for name in names}
    frame = framed({"month": on_days([month for month, _ in rows])} | values, c.types(DIAGNOSES_PER_MONTH))
    rare = frame.groupby("code")["patients"].transform("max") < privacy.SMALLEST
    frame["code"] = frame["code"].mask(rare, privacy.RARE)
    frame["text"] = frame["text"].mask(rare, privacy.RARE_TEXT)
    pooled = frame.groupby(["month", "code"], as_index=False).agg({"text": "first", "visits": "sum", "patients": "sum"})
    ordered = pooled.sort_values(["month", "visits", "code"], ascending=[True, False, True], ignore_index=True)
    ordered["patients"] = privacy.suppressed(ordered["patients"])
    ordered["visits"] = ordered["visits"].mask(ordered["patients"].isna())
    return framed(ordered, c.types(DIAGNOSES_PER_MONTH))


def _months(first: date | None, last: date | None, fields: list[str]) -> Iterator[dict[str, Any]]:
    return store.find("monthly_summaries", months_between("date", first, last), ["date", *fields], sort="date")


def _calendar(seen: pd.Index, last: date | None) -> pd.DatetimeIndex:
    """Every month from the first in which someone came to the last that is known or asked for."""
    ends = [pd.Timestamp(day) for day in (last, feed.known_through()) if day]
    if seen.empty or not ends:
        return pd.DatetimeIndex([], dtype="datetime64[s]")
    return pd.date_range(seen.min(), max(min(ends), seen.max()), freq="MS", unit="s")


def _triangle(came: pd.DataFrame, last: date | None) -> pd.DataFrame:
    """cohort, months_since, month and size: every month of every cohort that is large enough."""
    months = _calendar(pd.Index(came["month"]), None)
    founded = came[(came["cohort"] == came["month"]) & (came["patients"] >= privacy.SMALLEST)]
    if last:
        founded = founded[founded["cohort"] <= pd.Timestamp(last)]
    sizes = founded[["cohort", "patients"]].rename(columns={"patients": "size"})
    grid = sizes.merge(pd.DataFrame({"month": months}), how="cross")
    grid = grid[grid["month"] >= grid["cohort"]]
    since = (grid["month"].dt.year - grid["cohort"].dt.year) * 12 + grid["month"].dt.month - grid["cohort"].dt.month
    return grid.assign(months_since=since)
