"""A patient as forms and lists show one, and the number of a record."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core import clock, spelling
from core.errors import NotFound
from core.models import Patient, Sex
from core.words import say


@dataclass(frozen=True)
class PatientDetails:
    """What the desk fills in. Give `birth_date`, or `age_years` for an estimate, or neither."""

    name: str
    sex: Sex
    phone: str = ""
    birth_date: date | None = None
    age_years: int | None = None
    address: str = ""
    blood_group: str = ""
    allergies: str = ""
    chronic_conditions: str = ""
    next_of_kin: str = ""


@dataclass(frozen=True)
class PatientCard:
    """A patient as lists, pickers and banners show one. Nothing clinical."""

    patient_id: int
    mrn: str
    name: str
    sex: Sex
    birth_date: date | None
    birth_date_is_estimated: bool
    phone: str
    archived: bool

    @property
    def age(self) -> str:
        """Today."""
        return self.age_on(clock.today())

    def age_on(self, day: date) -> str:
        """ "34 y", "~34 y" when estimated, "5 m" or "12 d" for the youngest, "" if unknown."""
        if self.birth_date is None:
            return ""
        years = clock.years_between(self.birth_date, day)
        days = (day - self.birth_date).days
        if years >= 2:
            age = say("{years} y", years=years)
        else:
            age = say("{months} m", months=days // 30) if days >= 60 else say("{days} d", days=max(days, 0))
        return f"~{age}" if self.birth_date_is_estimated else age


def locked(session: Session, patient_id: int) -> Patient:
    """The record, locked until commit, for another workflow's own change. Raises NotFound."""
    patient = session.get(Patient, patient_id, with_for_update=True, populate_existing=True)
    if patient is None:
        raise NotFound("patient", patient_id)
    return patient


def existing(session: Session, patient_id: int) -> Patient:
    """Raises NotFound."""
    patient = session.get(Patient, patient_id)
    if patient is None:
        raise NotFound("patient", patient_id)
    return patient


def card_of(patient: Patient) -> PatientCard:
    return PatientCard(
        patient.id,
        patient.mrn,
        patient.name,
        patient.sex,
        patient.birth_date,
        patient.birth_date_is_estimated,
        patient.phone,
        patient.archived_at is not None,
    )


def mrn_is_valid(mrn: str) -> bool:
    """Whether the check digit fits the number."""
    match = re.fullmatch(r"P(\d{6,})-(\d)", mrn.strip().upper())
    return match is not None and _check_digit(match[1]) == match[2]


def mrn(number: int) -> str:
    """The medical record number of the record with this id."""
    digits = f"{number:06d}"
    return f"P{digits}-{_check_digit(digits)}"


def _check_digit(digits: str) -> str:
    """Luhn (ISO/IEC 7812-1): catches every single wrong digit and nearly every pair swapped."""
    doubled = [int(digit) * (2 - index % 2) for index, digit in enumerate(reversed(digits))]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def search_keys(patient: Patient) -> dict[str, Any]:
    """The columns by which a record is found, of its name, phone and MRN: whoever writes one fills them."""
    grams = spelling.grams(patient.name, patient.phone, patient.mrn)
    return {"spelt": spelling.fold(patient.name), "search_grams": grams}


def make_findable(patient: Patient) -> None:
    for column, value in search_keys(patient).items():
        setattr(patient, column, value)
