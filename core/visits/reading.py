"""Look at visits: the one in the room, a doctor's open ones, a patient's past.

What is clinical of somebody raises ReasonNeeded outside the reader's work (core.patients.within).
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from core import clock, patients
from core.dosage import directions, in_words
from core.errors import NotFound
from core.models import (
    Medicine,
    Patient,
    Prescription,
    PrescriptionItem,
    PrescriptionState,
    Token,
    User,
    Visit,
    VisitState,
)
from core.permissions import Actor, Permission, require
from core.visits.records import (
    OpenVisit,
    PastVisit,
    VisitRecord,
    diagnoses_of,
    notes_of,
    reopenings_of,
    standing,
    struck,
    vitals_of,
)

_HEAD = (
    select(Visit, Patient, Token.number, User.name)
    .join(Patient, Patient.id == Visit.patient_id)
    .join(Token, Token.id == Visit.token_id)
    .join(User, User.id == Visit.doctor_id)
    .where(Visit.id == bindparam("visit"))
)


def get(session: Session, actor: Actor, visit_id: int) -> VisitRecord:
    require(actor, Permission.READ_CLINICAL)
    head = _head(session, actor, visit_id)
    vitals = vitals_of(session, [visit_id]).get(visit_id, ())
    diagnoses = diagnoses_of(session, [visit_id]).get(visit_id, ())
    return VisitRecord(
        **head,
        vitals=standing(vitals),
        diagnoses=standing(diagnoses),
        notes=notes_of(session, [visit_id]).get(visit_id, ()),
        struck_vitals=struck(vitals),
        struck_diagnoses=struck(diagnoses),
        reopenings=reopenings_of(session, visit_id),
    )


def just_begun(session: Session, actor: Actor, visit: Visit) -> VisitRecord:
    """A visit that this transaction has made: nothing is looked for that nobody can have written yet."""
    require(actor, Permission.READ_CLINICAL)
    return VisitRecord(**_head(session, actor, visit.id), vitals=(), diagnoses=(), notes=())


def _head(session: Session, actor: Actor, visit_id: int) -> dict[str, Any]:
    """What VisitRecord says of the visit itself and of its patient."""
    row = session.execute(_HEAD, {"visit": visit_id}).one_or_none()
    if row is None:
        raise NotFound("visit", visit_id)
    visit, patient, number, doctor = row
    patients.check_open(session, actor, patient.id, visit.doctor_id)
    own = ("state", "token_id", "doctor_id", "started_at", "completed_at", "follow_up_on")
    clinical = ("blood_group", "allergies", "chronic_conditions")
    return {
        **{"visit_id": visit_id, "token_number": number, "doctor_name": doctor},
        **{name: getattr(visit, name) for name in own},
        **{name: getattr(patient, name) for name in clinical},
        "patient": patients.get(session, actor, patient.id),
    }


def current(session: Session, actor: Actor, doctor_id: int) -> list[OpenVisit]:
    """A doctor's open visits, the one started last first. Whose they are, and nothing clinical."""
    require(actor, Permission.READ_CLINICAL)
    rows = session.execute(
        select(Visit.id, Token.id, Token.number, Patient.id, Patient.name, Patient.mrn, Visit.started_at)
        .join(Token, Token.id == Visit.token_id)
        .join(Patient, Patient.id == Visit.patient_id)
        .where(Visit.doctor_id == doctor_id, Visit.state == VisitState.OPEN)
        .order_by(Visit.started_at.desc(), Visit.id.desc())
    )
    return [OpenVisit(*row) for row in rows]


def history(
    session: Session, actor: Actor, patient_id: int, limit: int = 50, before: int | None = None
) -> list[PastVisit]:
    """A patient's completed visits, newest first, those older than the visit `before`. Five statements."""
    require(actor, Permission.READ_CLINICAL)
    found = (
        select(Visit, User.name)
        .join(User, User.id == Visit.doctor_id)
        .where(Visit.patient_id == patient_id, Visit.state == VisitState.COMPLETED)
        .where(patients.open_to(actor, patient_id))
        .order_by(Visit.started_at.desc(), Visit.id.desc())
        .limit(limit)
    )
    rows = session.execute(found if before is None else found.where(_older_than(before))).all()
    if not rows:
        patients.check_open(session, actor, patient_id)
    ids = [visit.id for visit, _ in rows]
    vitals, diagnoses, notes = vitals_of(session, ids), diagnoses_of(session, ids), notes_of(session, ids)
    prescribed = _prescribed(session, ids)
    return [
        PastVisit(
            visit_id=visit.id,
            visit_on=clock.day_of(visit.started_at),
            doctor_name=doctor,
            follow_up_on=visit.follow_up_on,
            vitals=next(reversed(standing(vitals.get(visit.id, ()))), None),
            diagnoses=standing(diagnoses.get(visit.id, ())),
            notes=notes.get(visit.id, ()),
            prescribed=tuple(prescribed[visit.id]),
        )
        for visit, doctor in rows
    ]


def _older_than(visit_id: int) -> ColumnElement[bool]:
    its = aliased(Visit)
    began = select(its.started_at).where(its.id == visit_id).scalar_subquery()
    return or_(Visit.started_at < began, and_(Visit.started_at == began, Visit.id < visit_id))


def _prescribed(session: Session, visit_ids: Sequence[int]) -> dict[int, list[str]]:
    """What stands prescribed by visit, a line per medicine: "Amoxicillin 500 mg: 1 capsule, …"."""
    rows = session.execute(
        select(Prescription.visit_id, PrescriptionItem, Medicine)
        .join(PrescriptionItem, PrescriptionItem.prescription_id == Prescription.id)
        .join(Medicine, Medicine.id == PrescriptionItem.medicine_id)
        .where(Prescription.visit_id.in_(visit_ids), Prescription.state == PrescriptionState.ISSUED)
        .order_by(PrescriptionItem.id)
    )
    lines: dict[int, list[str]] = defaultdict(list)
    for visit_id, item, medicine in rows:
        lines[visit_id].append(f"{medicine.name}: {in_words(directions(item, medicine))}")
    return lines
