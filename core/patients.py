"""Register patients, keep their records, find them again.

A record is archived, never deleted: visits and bills point to it. The MRN (medical record number, FHIR
Patient.identifier) ends in a check digit, so that a mistyped one is noticed. The search box finds by any part of a
name, phone or MRN: the three-letter pieces ("grams") of those stand in one indexed array beside the record.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select, text
from sqlalchemy.orm import Session

from core import audit, clinic, clock, fields, phones
from core.errors import Conflict, NotFound, check
from core.models import Patient, Sex
from core.permissions import Actor, Permission, require

BLOOD_GROUPS = ("", "A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-")
OLDEST_YEARS = 130


class AlreadyArchived(Conflict):
    def __init__(self, mrn: str) -> None:
        super().__init__(f"The record {mrn} is archived. Bring it back first.")


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
    """A patient as lists, pickers and banners show one. Clinical fields are left to `visits.history`."""

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
        """ "34 y", "~34 y" when estimated, "5 m" or "12 d" for the youngest, "" if unknown."""
        if self.birth_date is None:
            return ""
        today = clock.today()
        years = clock.years_between(self.birth_date, today)
        days = (today - self.birth_date).days
        age = f"{years} y" if years >= 2 else f"{days // 30} m" if days >= 60 else f"{max(days, 0)} d"
        return f"~{age}" if self.birth_date_is_estimated else age


def register(session: Session, actor: Actor, details: PatientDetails, import_key: str | None = None) -> PatientCard:
    """A new record. Raises Invalid with everything that is wrong.

    `import_key` names the record in the program it came from, so that importing it again is noticed.
    """
    require(actor, Permission.EDIT_PATIENTS)
    number = session.scalar(select(func.nextval(text("pg_get_serial_sequence('patients', 'id')"))))
    assert number is not None
    patient = Patient(id=number, mrn=mrn(number), registered_at=clock.now(), import_key=import_key)
    audit.assign(patient, **_values(session, details))
    patient.search_grams = search_grams(patient)
    session.add(patient)
    audit.record(session, actor, audit.CREATE, "patient.registered", patient, {"mrn": (None, patient.mrn)})
    return _card(patient)


def amend(session: Session, actor: Actor, patient_id: int, details: PatientDetails) -> PatientCard:
    """Change a record to what the form now says. The audit trail names the fields that changed."""
    require(actor, Permission.EDIT_PATIENTS)
    patient = locked(session, patient_id)
    if patient.archived_at:
        raise AlreadyArchived(patient.mrn)
    values = _values(session, details)
    if values["birth_date"] == patient.birth_date:  # the form gives an estimate back as the date it became
        values["birth_date_is_estimated"] = patient.birth_date_is_estimated
    changes = audit.assign(patient, **values)
    patient.search_grams = search_grams(patient)
    for clinical in ("allergies", "chronic_conditions"):
        if clinical in changes:  # clinical text stays out of the trail
            changes[clinical] = ("…", "…")
    audit.record(session, actor, audit.UPDATE, "patient.amended", patient, changes)
    return _card(patient)


def archive(session: Session, actor: Actor, patient_id: int) -> None:
    require(actor, Permission.EDIT_PATIENTS)
    patient = locked(session, patient_id)
    if patient.archived_at:
        raise AlreadyArchived(patient.mrn)
    audit.record(
        session,
        actor,
        audit.UPDATE,
        "patient.archived",
        patient,
        audit.assign(patient, archived_at=clock.now()),
    )


def restore(session: Session, actor: Actor, patient_id: int) -> None:
    """Bring an archived record back."""
    require(actor, Permission.EDIT_PATIENTS)
    patient = locked(session, patient_id)
    audit.record(session, actor, audit.UPDATE, "patient.restored", patient, audit.assign(patient, archived_at=None))


def search(session: Session, actor: Actor, term: str, limit: int = 20) -> list[PatientCard]:
    """Patients of whom every word of the term is part of the name, phone or MRN; newest visit first.

    An empty term gives the patients seen last. Archived records are left out.
    """
    require(actor, Permission.SEE_PATIENTS)
    words = _words(term)
    found = select(Patient).where(Patient.archived_at.is_(None))
    for word in words:
        found = _containing(found, word)
    newest = found.order_by(Patient.last_visit_at.desc().nulls_last(), Patient.id.desc()).limit(limit)
    return [_card(patient) for patient in session.scalars(newest)]


def get(session: Session, actor: Actor, patient_id: int) -> PatientCard:
    require(actor, Permission.SEE_PATIENTS)
    return _card(_existing(session, patient_id))


def details(session: Session, actor: Actor, patient_id: int) -> PatientDetails:
    """The record as its form shows it."""
    require(actor, Permission.EDIT_PATIENTS)
    patient = _existing(session, patient_id)
    names = PatientDetails.__dataclass_fields__.keys() - {"age_years"}
    return PatientDetails(**{name: getattr(patient, name) for name in names})


def same_phone(session: Session, actor: Actor, phone: str) -> list[PatientCard]:
    """Who else has this phone: a family shares one, and a second record of one person does too."""
    require(actor, Permission.SEE_PATIENTS)
    number, problem = _phone(session, phone)
    if problem or not number:
        return []
    sharing = select(Patient).where(Patient.phone == number, Patient.archived_at.is_(None)).order_by(Patient.id)
    return [_card(patient) for patient in session.scalars(sharing.limit(10))]


def locked(session: Session, patient_id: int) -> Patient:
    """The record, locked until commit, for another workflow's own change. Raises NotFound."""
    patient = session.get(Patient, patient_id, with_for_update=True, populate_existing=True)
    if patient is None:
        raise NotFound("patient", patient_id)
    return patient


def mrn_is_valid(mrn: str) -> bool:
    """Whether the check digit fits the number."""
    match = re.fullmatch(r"P(\d{6,})-(\d)", mrn.strip().upper())
    return match is not None and _check_digit(match[1]) == match[2]


def _values(session: Session, details: PatientDetails) -> dict[str, object]:
    """The columns a form fills, cleaned; raises Invalid."""
    name, kin = fields.line(details.name), fields.line(details.next_of_kin)
    address, allergies = fields.line(details.address), fields.line(details.allergies)
    conditions = fields.line(details.chronic_conditions)
    phone, phone_problem = _phone(session, details.phone)
    check(
        name=fields.required_problem(name, "The name"),
        phone=phone_problem,
        birth_date=_birth_problem(details),
        blood_group=None if details.blood_group in BLOOD_GROUPS else f"{details.blood_group} is no blood group.",
        address=fields.length_problem(address, "The address", 500),
        allergies=fields.length_problem(allergies, "The list of allergies", 1000),
        chronic_conditions=fields.length_problem(conditions, "The list of chronic conditions", 1000),
        next_of_kin=fields.length_problem(kin, "The next of kin"),
    )
    estimated = details.birth_date is None and details.age_years is not None
    return {
        "name": name,
        "sex": details.sex,
        "phone": phone,
        "birth_date": _estimate(details.age_years) if estimated else details.birth_date,
        "birth_date_is_estimated": estimated,
        "address": address,
        "blood_group": details.blood_group,
        "allergies": allergies,
        "chronic_conditions": conditions,
        "next_of_kin": kin,
    }


def _birth_problem(details: PatientDetails) -> str | None:
    today = clock.today()
    if details.birth_date is not None:
        if details.birth_date > today:
            return "The birth date is in the future."
        if clock.years_between(details.birth_date, today) > OLDEST_YEARS:
            return f"The birth date makes the patient older than {OLDEST_YEARS} years."
    elif details.age_years is not None and not 0 <= details.age_years <= OLDEST_YEARS:
        return f"The age must be between 0 and {OLDEST_YEARS} years."
    return None


def _estimate(age_years: int | None) -> date | None:
    """The middle of the year in which someone of this age was born: nobody is far off."""
    return None if age_years is None else (clock.today() - timedelta(days=round(365.25 * (age_years + 0.5))))


def _phone(session: Session, phone: str) -> tuple[str, str | None]:
    """The number in its one spelling, and a sentence if it cannot be one. Empty is fine."""
    phone = fields.line(phone)
    number, reason = phones.read(phone, clinic.profile(session).country)
    return number, f"{phone[:40]} is not a possible phone number: {reason}." if reason else None


def mrn(number: int) -> str:
    """The medical record number of the record with this id."""
    digits = f"{number:06d}"
    return f"P{digits}-{_check_digit(digits)}"


def _check_digit(digits: str) -> str:
    """Luhn (ISO/IEC 7812-1): catches every single wrong digit and nearly every pair swapped."""
    doubled = [int(digit) * (2 - index % 2) for index, digit in enumerate(reversed(digits))]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def _words(term: str) -> list[str]:
    """The words of a search. A phone number typed with spaces, dashes or a leading 0 is one word."""
    term = fields.line(term)[:100].lower()
    if re.fullmatch(r"\d{6,}-\d", term):  # an MRN without its letter
        return [term]
    digits = re.sub(r"[\s()./-]", "", term)
    if re.fullmatch(r"\+?\d{7,}", digits):
        return [digits.lstrip("0")]
    return term.split()


def _containing(found: Select[Patient], word: str) -> Select[Patient]:
    """Grams narrow it down by index; the comparison itself decides."""
    grams = _term_grams(word)
    return found.where(Patient.search_grams.contains(grams), or_(*_matches(word)))


def _matches(word: str) -> list[ColumnElement[bool]]:
    columns = (Patient.name, Patient.phone, Patient.mrn)
    if len(word) < 3:  # too short for a part inside a word: the beginning of one
        return [func.concat(" ", column).icontains(f" {word}", autoescape=True) for column in columns]
    return [column.icontains(word, autoescape=True) for column in columns]


def _term_grams(word: str) -> list[str]:
    return [f" {word}"] if len(word) < 3 else sorted({word[i : i + 3] for i in range(len(word) - 2)})


def search_grams(patient: Patient) -> list[str]:
    """Every three letters in a row of each word, and each word's first one and two after a space."""
    words = f"{patient.name} {patient.phone} {patient.mrn}".lower().split()
    inner = {word[i : i + 3] for word in words for i in range(len(word) - 2)}
    return sorted(inner | {f" {word[:n]}" for word in words for n in (1, 2)})


def _existing(session: Session, patient_id: int) -> Patient:
    patient = session.get(Patient, patient_id)
    if patient is None:
        raise NotFound("patient", patient_id)
    return patient


def _card(patient: Patient) -> PatientCard:
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
