"""Visits: without names for analysis, with names for those who may read clinical records."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from core import icd10
from core.analytics import columns as c
from core.analytics import doctors, feed, privacy, reading
from core.analytics.frames import Numbers, framed, on_clock, on_days
from core.permissions import Actor, Permission, require

AGE_BANDS = ["0-4", "5-14", "15-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+"]
_LOWEST = [0, 5, 15, 25, 35, 45, 55, 65, 75]
_VITALS = [
    c.number("temperature_c", "NaN if not measured", "°C"),
    c.number("pulse_bpm", "NaN if not measured", "beats per minute"),
    c.number("systolic_mmhg", "NaN if not measured", "mmHg"),
    c.number("diastolic_mmhg", "NaN if not measured", "mmHg"),
    c.number("respiration_bpm", "NaN if not measured", "breaths per minute"),
    c.number("oxygen_saturation_pct", "NaN if not measured", "%"),
    c.number("weight_kg", "Whole where nobody is named; NaN if not measured", "kg"),
    c.number("height_cm", "Whole where nobody is named; NaN if not measured", "cm"),
    c.number("bmi", "Body mass index, NaN without weight and height", "kg/m²"),
]
_DETAILS = [
    c.day("visit_date", "Clinic day of the visit's token"),
    c.text("sex", "FEMALE, MALE, OTHER or UNKNOWN"),
    c.category("age_band", "Years on that day; missing if unknown", AGE_BANDS, ordered=True),
    c.text("doctor", "Who saw the patient"),
    c.text("diagnosis_code", 'ICD-10, the first; "" if none was recorded, RARE if fewer than 8 patients here have it'),
    c.whole("diagnoses", "How many were recorded", "diagnoses"),
    c.whole("medicines", "How many were prescribed", "medicines"),
    c.whole("hour", "Of arrival, on the clinic's clock", "hour of the day"),
    c.number("waited_minutes", "From arrival to consultation, whole", "minutes"),
    c.number("consulted_minutes", "From the beginning of the consultation to its first signature, whole", "minutes"),
    c.number("follow_up_days", "Until the follow-up that was set; NaN if none was", "days"),
    c.flag("amended", "Whether something was added, struck or written anew after the signature"),
    *_VITALS,
]
_VISIT = c.text("visit", "Pseudonym of the visit, the same in every frame")
_PATIENT = c.text("patient", "Pseudonym of the patient, the same in every frame")
VISITS = [_VISIT, _PATIENT, *_DETAILS]
VISITS_WITH_NAMES = [
    c.whole("visit_id", "The visit's number"),
    c.whole("patient_id", "The patient's number"),
    c.text("mrn", "Medical record number"),
    c.text("patient", "The patient's name"),
    c.day("birth_date", "NaT if unknown"),
    *_DETAILS,
    c.text("diagnosis", "All diagnoses, in words"),
]
DIAGNOSES = [
    _VISIT,
    _PATIENT,
    c.day("visit_date", "Clinic day of the visit's token"),
    c.text("code", "ICD-10; RARE if fewer than 8 patients here have it"),
    c.text("text", "The title of the code, not the doctor's own words"),
    c.whole("position", "1 for the first of the visit"),
]
PRESCRIPTIONS = [
    _VISIT,
    _PATIENT,
    c.day("visit_date", "Clinic day of the visit's token"),
    c.text("doctor", "Who saw the patient"),
    c.whole("medicine_id", "The medicine's number; 0 if RARE"),
    c.text("medicine", "Its name as it is now; RARE if fewer than 8 patients here were prescribed it"),
    c.text("frequency", 'As it was written: "OD", "TDS", "1-0-1"'),
    c.whole("duration_days", "For how long", "days"),
    c.whole("quantity", "Prescribed, which may be more than was handed over", "units"),
    c.text("overridden", 'Kinds of the warnings it was prescribed against, as "ALLERGY DOSE"; "" without any'),
]
# Names, numbers and free text stay inside MongoDB when nobody may see them.
_WITHOUT_NAMES = [
    *("visit_date", "arrived_at", "started_at", "completed_at", "follow_up_on", "doctor.id", "vitals"),
    *("patient.id", "patient.sex", "patient.age_years", "diagnoses.code", "prescription.medicine.id"),
    *("amendments", "struck", "reopened"),
]
Rows = Sequence[dict[str, Any]]


@c.described(VISITS)
def visits(first: date | None = None, last: date | None = None, doctor: str | None = None) -> pd.DataFrame:
    """One row per completed visit on the clinic days `first` to `last`, both included. Nobody is named."""
    rows = _rows(first, last, doctor, _WITHOUT_NAMES)
    frame = framed(_pseudonyms(rows) | _details(rows), c.types(VISITS))
    frame["diagnosis_code"] = privacy.pooled(frame["diagnosis_code"], frame["patient"])
    return frame.round({"weight_kg": 0, "height_cm": 0})


@c.described(VISITS_WITH_NAMES)
def visits_with_names(
    actor: Actor, first: date | None = None, last: date | None = None, doctor: str | None = None
) -> pd.DataFrame:
    """As `visits`, for someone who may read clinical records (else NotPermitted): the same rows, who they were.

    Rare diagnoses keep their code.
    """
    require(actor, Permission.READ_CLINICAL)
    rows = _rows(first, last, doctor, None)
    births = [row["patient"]["birth_date"] for row in rows]
    names = {
        "visit_id": [row["visit_id"] for row in rows],
        "patient_id": [row["patient"]["id"] for row in rows],
        "mrn": [row["patient"]["mrn"] for row in rows],
        "patient": [row["patient"]["name"] for row in rows],
        "birth_date": on_days(births),
        "diagnosis": [row["diagnosis"] for row in rows],
    }
    return framed(names | _details(rows), c.types(VISITS_WITH_NAMES))


@c.described(DIAGNOSES)
def diagnoses(first: date | None = None, last: date | None = None, doctor: str | None = None) -> pd.DataFrame:
    """One row per diagnosis of a completed visit. Nobody is named."""
    found = _rows(first, last, doctor, ["visit_date", "patient.id", "diagnoses.code"])
    entries = [(row, place, entry) for row in found for place, entry in enumerate(row["diagnoses"], 1)]
    values = _pseudonyms([row for row, *_ in entries]) | {
        "visit_date": on_days([row["visit_date"] for row, *_ in entries]),
        "code": [entry["code"] for *_, entry in entries],
        "position": [place for _, place, _ in entries],
    }
    frame = framed(values | {"text": values["code"]}, c.types(DIAGNOSES))
    frame["code"] = privacy.pooled(frame["code"], frame["patient"])
    frame["text"] = frame["code"].map(_titles(frame["code"])).astype("str")
    return frame


@c.described(PRESCRIPTIONS)
def prescriptions(first: date | None = None, last: date | None = None, doctor: str | None = None) -> pd.DataFrame:
    """One row per medicine prescribed at a completed visit. Nobody is named."""
    fields = ["visit_date", "patient.id", "doctor.id"]
    fields += [f"prescription.{name}" for name in ("medicine", "frequency", "duration_days", "quantity", "overridden")]
    found = _rows(first, last, doctor, fields)
    items = [(row, item) for row in found for item in row["prescription"]]
    values = _pseudonyms([row for row, _ in items]) | {
        "visit_date": on_days([row["visit_date"] for row, _ in items]),
        "doctor": _doctors([row for row, _ in items]),
        "medicine_id": [item["medicine"]["id"] for _, item in items],
        "medicine": [item["medicine"]["name"] for _, item in items],
        "frequency": [item["frequency"] for _, item in items],
        "duration_days": [item["duration_days"] for _, item in items],
        "quantity": [item["quantity"] for _, item in items],
        "overridden": [" ".join(item["overridden"]) for _, item in items],
    }
    frame = framed(values, c.types(PRESCRIPTIONS))
    frame["medicine"] = privacy.pooled(frame["medicine"], frame["patient"])
    frame["medicine_id"] = frame["medicine_id"].mask(frame["medicine"] == privacy.RARE, 0)
    return frame


def _rows(first: date | None, last: date | None, doctor: str | None, fields: list[str] | None) -> Rows:
    whose = doctors.known().where("doctor.id", doctor)
    return list(reading.by_day("visit_history", "visit_date", first, last, fields, whose))


def _details(rows: Rows) -> dict[str, Any]:
    zone = feed.clinic().zone
    first_codes = [row["diagnoses"][0]["code"] if row["diagnoses"] else "" for row in rows]
    return {
        "visit_date": on_days([row["visit_date"] for row in rows]),
        "sex": [row["patient"]["sex"] for row in rows],
        "age_band": _age_bands([row["patient"]["age_years"] for row in rows]),
        "doctor": _doctors(rows),
        "diagnosis_code": first_codes,
        "diagnoses": [len(row["diagnoses"]) for row in rows],
        "medicines": [len(row["prescription"]) for row in rows],
        "hour": on_clock([row["arrived_at"] for row in rows], zone).hour,
        "waited_minutes": _minutes(rows, "arrived_at", "started_at"),
        "consulted_minutes": _minutes(rows, "started_at", "completed_at"),
        "follow_up_days": _follow_up_days(rows),
        "amended": [bool(row["amendments"] or row["struck"] or row["reopened"]) for row in rows],
    } | {vital.name: [row["vitals"].get(vital.name) for row in rows] for vital in _VITALS}


def _titles(codes: "pd.Series[str]") -> dict[str, str]:
    """As the book has them: what a doctor writes beside a code may name the patient."""
    return {code: privacy.RARE_TEXT if code == privacy.RARE else icd10.title(code) for code in codes.unique()}


def _pseudonyms(rows: Rows) -> dict[str, Any]:
    return {
        "visit": privacy.pseudonyms("visit", [row["_id"] for row in rows]),
        "patient": privacy.pseudonyms("patient", [row["patient"]["id"] for row in rows]),
    }


def _doctors(rows: Rows) -> list[str]:
    known = doctors.known()
    return [known.name(row["doctor"]["id"]) for row in rows]


def _age_bands(ages: Sequence[int | None]) -> "pd.Series[str]":
    years = np.array(ages, dtype="float64")
    codes = np.searchsorted(_LOWEST, years, side="right") - 1
    known = np.where(np.isnan(years), -1, codes).astype("int64")
    return pd.Series(pd.Categorical.from_codes(known, dtype=pd.CategoricalDtype(AGE_BANDS, ordered=True)))


def _minutes(rows: Rows, since: str, until: str) -> list[int]:
    return [round((row[until] - row[since]).total_seconds() / 60) for row in rows]


def _follow_up_days(rows: Rows) -> Numbers:
    return np.array([(row["follow_up_on"] - row["visit_date"]).days if row["follow_up_on"] else np.nan for row in rows])
