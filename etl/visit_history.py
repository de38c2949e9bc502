"""PostgreSQL visits and what hangs on them → MongoDB visit_history, one document per completed visit.

A document says what is true now: it is made again when the visit is amended, and when the patient's record, the
doctor's name or a medicine's name changes. While a visit is reopened it has none. Notes stay in PostgreSQL: free text
about a person is nothing to analyse.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from sqlalchemy import ColumnElement, Text, func, literal, select, union_all
from sqlalchemy.orm import Session

from core.analytics.documents import DiagnosisEntry, PrescriptionEntry, VisitHistory, instant, midnight
from core.clock import years_between
from core.measurements import NAMES, bmi
from core.models import (
    Diagnosis,
    Doctor,
    Document,
    Medicine,
    OverriddenWarning,
    Patient,
    Prescription,
    PrescriptionItem,
    PrescriptionState,
    Token,
    User,
    Visit,
    VisitReopening,
    VisitState,
    Vitals,
)
from etl import making
from etl.afterwards import AFTERWARDS

COLLECTION = "visit_history"


def remake(session: Session, ids: Iterable[int]) -> int:
    """Write the documents of these visits afresh; a visit that is not completed has none."""
    return making.again(COLLECTION, ids, partial(by_id, session))


def documents(session: Session) -> Iterator[list[VisitHistory]]:
    completed = select(Visit.id).where(Visit.state == VisitState.COMPLETED).order_by(Visit.id)
    return making.every(session, completed, partial(by_id, session))


def by_id(session: Session, ids: Iterable[int]) -> list[VisitHistory]:
    """Six statements, however many visits."""
    ids = list(ids)
    vitals, diagnoses, items = _vitals(session, ids), _diagnoses(session, ids), _prescribed(session, ids)
    papers, after = _papers(session, ids), _afterwards(session, ids)
    rows = session.execute(
        select(Visit, Token, Patient, Doctor, User, _first_signed())
        .join(Token, Visit.token_id == Token.id)
        .join(Visit.patient)
        .join(Visit.doctor)
        .join(Doctor.user)
        .where(Visit.id.in_(ids), Visit.state == VisitState.COMPLETED)
    )
    made = []
    for visit, token, patient, doctor, user, signed_at in rows:
        document = _document(visit, token, patient, doctor, user)
        document["completed_at"] = instant(signed_at)
        document["vitals"] = vitals.get(visit.id, {})
        document["diagnoses"] = diagnoses[visit.id]
        document["diagnosis"] = "; ".join(f"{entry['code']} {entry['text']}" for entry in diagnoses[visit.id])
        document["prescription"] = items[visit.id]
        document["papers"] = papers[visit.id]
        for name, number in after[visit.id]:
            document[name] += number  # type: ignore[literal-required]
        made.append(document)
    return made


def count(session: Session) -> int:
    return session.scalar(select(func.count()).where(Visit.state == VisitState.COMPLETED)) or 0


def _document(visit: Visit, token: Token, patient: Patient, doctor: Doctor, user: User) -> VisitHistory:
    assert visit.completed_at is not None
    return {
        "_id": visit.id,
        "visit_id": visit.id,
        "visit_date": midnight(token.issued_on),
        "arrived_at": instant(token.issued_at),
        "started_at": instant(visit.started_at),
        "completed_at": instant(visit.completed_at),
        "patient": {
            "id": patient.id,
            "name": patient.name,
            "mrn": patient.mrn,
            "sex": patient.sex.value,
            "birth_date": midnight(patient.birth_date) if patient.birth_date else None,
            "age_years": _age(patient.birth_date, token.issued_on),
        },
        "doctor": {"id": user.id, "name": user.name, "speciality": doctor.speciality},
        "vitals": {},
        "diagnosis": "",
        "diagnoses": [],
        "prescription": [],
        "follow_up_on": midnight(visit.follow_up_on) if visit.follow_up_on else None,
        "amendments": 0,
        "struck": 0,
        "reopened": 0,
        "papers": [],
    }


def _first_signed() -> ColumnElement[datetime]:
    """A visit that was reopened and signed again has a later signature; the patient left at the first one."""
    earlier = select(func.min(VisitReopening.completed_at)).where(VisitReopening.visit_id == Visit.id)
    return func.coalesce(earlier.scalar_subquery(), Visit.completed_at)


def _age(birth: date | None, day: date) -> int | None:
    """A birth date mended later may lie after an old visit."""
    return max(years_between(birth, day), 0) if birth else None


def _vitals(session: Session, ids: list[int]) -> dict[int, dict[str, float]]:
    """The last measurement of each kind, and the body mass index they give."""
    found: dict[int, dict[str, Decimal | int]] = defaultdict(dict)
    measured = select(Vitals).where(Vitals.visit_id.in_(ids), Vitals.struck_at.is_(None))
    for row in session.scalars(measured.order_by(Vitals.recorded_at, Vitals.id)):
        known = {name: getattr(row, name) for name in NAMES}
        found[row.visit_id] |= {name: value for name, value in known.items() if value is not None}
    for vitals in found.values():
        if vitals.keys() >= {"weight_kg", "height_cm"}:
            vitals["bmi"] = bmi(Decimal(vitals["weight_kg"]), Decimal(vitals["height_cm"]))
    return {visit_id: {name: _number(value) for name, value in known.items()} for visit_id, known in found.items()}


def _number(value: Decimal | int) -> float:
    return float(value) if isinstance(value, Decimal) else value


def _diagnoses(session: Session, ids: list[int]) -> dict[int, list[DiagnosisEntry]]:
    found: dict[int, list[DiagnosisEntry]] = defaultdict(list)
    coded = select(Diagnosis).where(Diagnosis.visit_id.in_(ids), Diagnosis.struck_at.is_(None))
    for row in session.scalars(coded.order_by(Diagnosis.id)):
        found[row.visit_id].append({"code": row.code, "text": row.text})
    return found


def _prescribed(session: Session, ids: list[int]) -> dict[int, list[PrescriptionEntry]]:
    found: dict[int, list[PrescriptionEntry]] = defaultdict(list)
    rows = session.execute(
        select(Prescription.visit_id, PrescriptionItem, Medicine, _overridden())
        .join(Prescription.items)
        .join(PrescriptionItem.medicine)
        .where(Prescription.visit_id.in_(ids), Prescription.state == PrescriptionState.ISSUED)
        .order_by(PrescriptionItem.id)
    )
    for visit_id, item, medicine, kinds in rows:
        found[visit_id].append(
            {
                "medicine": {"id": medicine.id, "name": medicine.name},
                "dose": float(item.dose),
                "route": item.route.value,
                "frequency": item.frequency,
                "duration_days": item.duration_days,
                "quantity": item.quantity,
                "instructions": item.instructions,
                "overridden": kinds or [],
            }
        )
    return found


def _overridden() -> ColumnElement[list[str] | None]:
    """The kinds of the warnings that an item was prescribed against."""
    kinds = func.array_agg(OverriddenWarning.kind.cast(Text).distinct())
    return select(kinds).where(OverriddenWarning.prescription_item_id == PrescriptionItem.id).scalar_subquery()


def _papers(session: Session, ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    standing = select(Document.visit_id, Document.kind).where(
        Document.visit_id.in_(ids), Document.cancelled_at.is_(None)
    )
    for visit_id, kind in session.execute(standing.order_by(Document.issued_at, Document.id)):
        found[visit_id].append(kind.value)
    return found


def _afterwards(session: Session, ids: list[int]) -> dict[int, list[tuple[str, int]]]:
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    counts = (
        select(visit_id, literal(name), func.count()).where(visit_id.in_(ids), counted).group_by(visit_id)
        for name, visit_id, counted in AFTERWARDS
    )
    for visit_id, name, number in session.execute(union_all(*counts)):
        found[visit_id].append((name, number))
    return found
