"""One record, or those of somebody: for whoever may see them on a screen, and noted as a screen does."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import Session

from core import audit, clock, fields, patients
from core.errors import Invalid
from core.exchange.records import (
    BillRecord,
    ConditionRecord,
    DispenseRecord,
    EncounterRecord,
    PatientRecord,
    RequestRecord,
    StaffRecord,
    VitalsTaken,
)
from core.exchange.sources import SOURCES, Kind, Source
from core.models import Patient, Visit
from core.permissions import Actor, Permission, allowed, require
from core.words import say

MOST_NAMED = 200  # patients of one name


@dataclass(frozen=True)
class Wanted:
    """What is looked for; what is None or empty narrows nothing down. `mrn` and `name` are of patients, the clinic
    days (both included) of visits.
    """

    record_id: int | None = None
    patient_id: int | None = None
    mrn: str = ""
    name: str = ""
    first_on: date | None = None
    last_on: date | None = None


class NameAPatient(Invalid):
    def __init__(self) -> None:
        super().__init__({"patient": say("Clinical records are read of one patient at a time. Name the `patient`.")})


class TooMany(Invalid):
    def __init__(self) -> None:
        super().__init__(
            {"name": say("{most} people or more are found by this name. Type more of it.", most=MOST_NAMED)}
        )


def list_patients(
    session: Session, actor: Actor, wanted: Wanted, after: int = 0, limit: int = 50
) -> list[PatientRecord]:
    """With address and next of kin, and so noted. Raises TooMany."""
    require(actor, Permission.SEE_PATIENTS)
    which = _the_one(Patient.id == wanted.record_id, wanted.record_id)
    which += _the_one(Patient.id == wanted.patient_id, wanted.patient_id)
    which += _the_one(Patient.mrn == fields.line(wanted.mrn).upper(), wanted.mrn or None)
    if wanted.name:
        named = patients.search(session, actor, wanted.name, MOST_NAMED)
        if len(named) == MOST_NAMED:
            raise TooMany
        which.append(Patient.id.in_([card.patient_id for card in named]))
    found: list[PatientRecord] = SOURCES[Kind.PATIENT].after(session, which, after, limit)
    if found:
        audit.note_list(session, actor, "patients with address and next of kin")
    return found


def list_staff(session: Session, actor: Actor, wanted: Wanted, after: int = 0, limit: int = 50) -> list[StaffRecord]:
    require(actor, Permission.SIGN_IN)
    source = SOURCES[Kind.STAFF]
    return source.after(session, _the_one(source.key == wanted.record_id, wanted.record_id), after, limit)


def list_encounters(
    session: Session, actor: Actor, wanted: Wanted, after: int = 0, limit: int = 50
) -> list[EncounterRecord]:
    """Raises ReasonNeeded outside the actor's work, and NameAPatient."""
    require(actor, Permission.READ_CLINICAL)
    which = _of_file(session, actor, SOURCES[Kind.ENCOUNTER], wanted)
    which += [Visit.started_at >= clock.day_bounds(wanted.first_on)[0]] if wanted.first_on else []
    which += [Visit.started_at < clock.day_bounds(wanted.last_on)[1]] if wanted.last_on else []
    return SOURCES[Kind.ENCOUNTER].after(session, which, after, limit)


def list_conditions(
    session: Session, actor: Actor, wanted: Wanted, after: int = 0, limit: int = 50
) -> list[ConditionRecord]:
    """Raises ReasonNeeded outside the actor's work, and NameAPatient."""
    require(actor, Permission.READ_CLINICAL)
    return _in_file(session, actor, SOURCES[Kind.CONDITION], wanted, after, limit)


def list_vitals(session: Session, actor: Actor, wanted: Wanted, after: int = 0, limit: int = 50) -> list[VitalsTaken]:
    """Raises ReasonNeeded outside the actor's work, and NameAPatient."""
    require(actor, Permission.READ_CLINICAL)
    return _in_file(session, actor, SOURCES[Kind.VITALS], wanted, after, limit)


def list_requests(
    session: Session, actor: Actor, wanted: Wanted, after: int = 0, limit: int = 50
) -> list[RequestRecord]:
    """Raises ReasonNeeded or NotAtThePharmacy outside the actor's work, and NameAPatient."""
    require(actor, Permission.READ_PRESCRIPTIONS)
    return _in_file(session, actor, SOURCES[Kind.REQUEST], wanted, after, limit)


def list_dispenses(
    session: Session, actor: Actor, wanted: Wanted, after: int = 0, limit: int = 50
) -> list[DispenseRecord]:
    """Raises ReasonNeeded or NotAtThePharmacy outside the actor's work, and NameAPatient."""
    require(actor, Permission.READ_PRESCRIPTIONS)
    return _in_file(session, actor, SOURCES[Kind.DISPENSE], wanted, after, limit)


def list_bills(session: Session, actor: Actor, wanted: Wanted, after: int = 0, limit: int = 50) -> list[BillRecord]:
    require(actor, Permission.SEE_BILLS)
    return SOURCES[Kind.BILL].after(session, _narrowed(SOURCES[Kind.BILL], wanted), after, limit)


def _in_file(session: Session, actor: Actor, source: Source, wanted: Wanted, after: int, limit: int) -> list[Any]:
    return source.after(session, _of_file(session, actor, source, wanted), after, limit)


def _of_file(session: Session, actor: Actor, source: Source, wanted: Wanted) -> list[ColumnElement[bool]]:
    """The records that are meant, once the file they are in is open to the actor, and that is noted."""
    if wanted.record_id is None and wanted.patient_id is None:
        raise NameAPatient
    whose = select(Patient.id).where(*_the_one(Patient.id == wanted.patient_id, wanted.patient_id))
    if wanted.record_id is not None and source.whose is not None:
        whose = whose.where(Patient.id.in_(source.whose.where(source.key == wanted.record_id)))
    patient_id = session.scalar(whose)
    if patient_id is None:
        return [false()]
    if allowed(actor, Permission.READ_CLINICAL):
        patients.open_file(session, actor, patient_id)
    else:
        patients.check_open(session, actor, patient_id)
    return _narrowed(source, wanted)


def _narrowed(source: Source, wanted: Wanted) -> list[ColumnElement[bool]]:
    which = _the_one(source.key == wanted.record_id, wanted.record_id)
    return which + _the_one(cast(ColumnElement[bool], source.of_patient == wanted.patient_id), wanted.patient_id)


def _the_one(fits: ColumnElement[bool], given: object) -> list[ColumnElement[bool]]:
    return [] if given is None else [fits]
