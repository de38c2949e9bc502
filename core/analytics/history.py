"""Visits as DataFrames: without names for analysis, with names for those who may read clinical records.

A pseudonym is a keyed hash of the record's number. The key is the clinic's own secret, so it is the same in every
frame, report and year, and nobody without the secret can try numbers out.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from core import secret
from core.analytics import feed, store
from core.analytics.frames import days_between, typed, wall_clock, wall_day
from core.permissions import Actor, Permission, require

AGE_BANDS = ["0-4", "5-14", "15-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+"]
_LOWEST = [0, 5, 15, 25, 35, 45, 55, 65, 75]
_VITALS = (
    *("temperature_c", "pulse_bpm", "systolic_mmhg", "diastolic_mmhg", "respiration_bpm"),
    *("oxygen_saturation_pct", "weight_kg", "height_cm", "bmi"),
)
_DETAILS: dict[str, Any] = {
    "visit_date": "datetime64[s]",
    "sex": "str",
    "age_band": pd.CategoricalDtype(AGE_BANDS, ordered=True),
    "doctor": "str",
    "diagnosis_code": "str",
    "diagnoses": "int64",
    "medicines": "int64",
    "hour": "int64",
    "waited_minutes": "float64",
    "consulted_minutes": "float64",
    "follow_up_days": "float64",
} | dict.fromkeys(_VITALS, "float64")
# Names, numbers and free text stay inside MongoDB when nobody may see them.
_WITHOUT_NAMES = [
    *("visit_date", "arrived_at", "started_at", "completed_at", "follow_up_on", "doctor.name", "vitals"),
    *("patient.id", "patient.sex", "patient.age_years", "diagnoses.code", "prescription.medicine.id"),
]


def visits(first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """One row per completed visit on the clinic days `first` to `last`, both included. Nobody is named.

    visit, patient str: pseudonyms, the same in every frame · visit_date datetime64[s] · sex str (FEMALE, MALE, OTHER,
    UNKNOWN) · age_band ordered category, years on that day, missing if unknown · doctor str · diagnosis_code str,
    ICD-10, the first of `diagnoses` int64, "" if none was recorded · medicines int64, prescribed ·
    hour int64, of arrival on the clinic's clock · waited_minutes (arrival to consultation), consulted_minutes,
    follow_up_days, temperature_c, pulse_bpm, systolic_mmhg, diastolic_mmhg, respiration_bpm, oxygen_saturation_pct,
    weight_kg, height_cm, bmi (kg/m²): float64, NaN where not recorded.
    """
    key = _key()
    types: dict[str, Any] = {"visit": "str", "patient": "str"} | _DETAILS
    rows = _rows(first, last, _WITHOUT_NAMES, lambda row: _pseudonyms(key, row))
    return typed(rows, types)


def visits_with_names(actor: Actor, first: date | None = None, last: date | None = None) -> pd.DataFrame:
    """As `visits`, for someone who may read clinical records (else NotPermitted): the same rows, who they were.

    Instead of the pseudonyms: visit_id, patient_id int64 · mrn, patient str · birth_date datetime64[s], NaT if
    unknown · diagnosis str, in words.
    """
    require(actor, Permission.READ_CLINICAL)
    who = {"visit_id": "int64", "patient_id": "int64", "mrn": "str", "patient": "str", "birth_date": "datetime64[s]"}
    return typed(_rows(first, last, None, _names), who | _DETAILS | {"diagnosis": "str"})


def _rows(
    first: date | None,
    last: date | None,
    fields: list[str] | None,
    who: Callable[[Mapping[str, Any]], dict[str, Any]],
) -> Iterable[dict[str, Any]]:
    zone = feed.clinic().zone
    for row in store.find("visit_history", days_between("visit_date", first, last), fields, sort="visit_date"):
        yield who(row) | _details(row, zone)


def _details(row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    codes = [entry["code"] for entry in row["diagnoses"]]
    return {
        "visit_date": wall_day(row["visit_date"]),
        "sex": row["patient"]["sex"],
        "age_band": _band(row["patient"]["age_years"]),
        "doctor": row["doctor"]["name"],
        "diagnosis_code": codes[0] if codes else "",
        "diagnoses": len(codes),
        "medicines": len(row["prescription"]),
        "hour": wall_clock(row["arrived_at"], zone).hour,
        "waited_minutes": _minutes(row["arrived_at"], row["started_at"]),
        "consulted_minutes": _minutes(row["started_at"], row["completed_at"]),
        "follow_up_days": (row["follow_up_on"] - row["visit_date"]).days if row["follow_up_on"] else None,
    } | {name: row["vitals"].get(name) for name in _VITALS}


def _names(row: Mapping[str, Any]) -> dict[str, Any]:
    patient = row["patient"]
    return {
        "visit_id": row["visit_id"],
        "patient_id": patient["id"],
        "mrn": patient["mrn"],
        "patient": patient["name"],
        "birth_date": wall_day(patient["birth_date"]) if patient["birth_date"] else None,
        "diagnosis": row["diagnosis"],
    }


def _pseudonyms(key: bytes, row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "visit": _pseudonym(key, "visit", row["_id"]),
        "patient": _pseudonym(key, "patient", row["patient"]["id"]),
    }


def _pseudonym(key: bytes, kind: str, number: int) -> str:
    """Twelve hexadecimal digits: two of a million patients share one with a chance below 1 in 500."""
    return hmac.new(key, f"{kind} {number}".encode(), hashlib.sha256).hexdigest()[:12]


def _key() -> bytes:
    return hashlib.sha256(f"pseudonyms {secret.key()}".encode()).digest()


def _band(age: int | None) -> str | None:
    return None if age is None else AGE_BANDS[sum(age >= lowest for lowest in _LOWEST) - 1]


def _minutes(since: datetime, until: datetime) -> float:
    return round((until - since).total_seconds() / 60, 1)
