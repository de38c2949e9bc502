"""Visits as screens show them. Times are instants in UTC, days the clinic's own."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.measurements import NAMES, Measurements
from core.models import Diagnosis, User, VisitNote, VisitState, Vitals
from core.patients import PatientCard

T = TypeVar("T")


@dataclass(frozen=True)
class VitalsRecord:
    vitals_id: int
    recorded_at: datetime
    recorded_by: str
    measured: Measurements


@dataclass(frozen=True)
class DiagnosisRecord:
    """`text` is the doctor's own, or the title of the ICD-10 code."""

    diagnosis_id: int
    code: str
    text: str


@dataclass(frozen=True)
class NoteRecord:
    """`amends_id` names the note that this one replaces; `reason` why it was written after the visit."""

    note_id: int
    body: str
    written_at: datetime
    author: str
    amends_id: int | None
    reason: str


@dataclass(frozen=True)
class VisitRecord:
    """Everything the doctor's room shows of a visit; vitals, diagnoses and notes in the order they were recorded."""

    visit_id: int
    state: VisitState
    token_id: int
    token_number: int
    doctor_id: int
    doctor_name: str
    started_at: datetime
    completed_at: datetime | None
    follow_up_on: date | None
    patient: PatientCard
    blood_group: str
    allergies: str
    chronic_conditions: str
    vitals: tuple[VitalsRecord, ...]
    diagnoses: tuple[DiagnosisRecord, ...]
    notes: tuple[NoteRecord, ...]


@dataclass(frozen=True)
class OpenVisit:
    visit_id: int
    token_id: int
    token_number: int
    patient_id: int
    patient_name: str
    mrn: str
    started_at: datetime


@dataclass(frozen=True)
class PastVisit:
    """`vitals` are the last of the visit; `prescribed` one line per medicine, in words."""

    visit_id: int
    visit_on: date
    doctor_name: str
    follow_up_on: date | None
    vitals: VitalsRecord | None
    diagnoses: tuple[DiagnosisRecord, ...]
    notes: tuple[NoteRecord, ...]
    prescribed: tuple[str, ...]


def vitals_of(session: Session, visit_ids: Sequence[int]) -> dict[int, tuple[VitalsRecord, ...]]:
    """By visit, in the order they were recorded. One statement."""
    found = select(Vitals, User.name).join(User, User.id == Vitals.recorded_by_id)
    rows = session.execute(found.where(Vitals.visit_id.in_(visit_ids)).order_by(Vitals.id))
    grouped: dict[int, list[VitalsRecord]] = defaultdict(list)
    for vitals, name in rows:
        grouped[vitals.visit_id].append(vitals_record(vitals, name))
    return _as_tuples(grouped)


def diagnoses_of(session: Session, visit_ids: Sequence[int]) -> dict[int, tuple[DiagnosisRecord, ...]]:
    """By visit, in the order they were recorded. One statement."""
    rows = session.scalars(select(Diagnosis).where(Diagnosis.visit_id.in_(visit_ids)).order_by(Diagnosis.id))
    grouped: dict[int, list[DiagnosisRecord]] = defaultdict(list)
    for diagnosis in rows:
        grouped[diagnosis.visit_id].append(DiagnosisRecord(diagnosis.id, diagnosis.code, diagnosis.text))
    return _as_tuples(grouped)


def notes_of(session: Session, visit_ids: Sequence[int]) -> dict[int, tuple[NoteRecord, ...]]:
    """By visit, in the order they were written. One statement."""
    found = select(VisitNote, User.name).join(User, User.id == VisitNote.author_id)
    rows = session.execute(found.where(VisitNote.visit_id.in_(visit_ids)).order_by(VisitNote.id))
    grouped: dict[int, list[NoteRecord]] = defaultdict(list)
    for note, name in rows:
        grouped[note.visit_id].append(note_record(note, name))
    return _as_tuples(grouped)


def vitals_record(vitals: Vitals, recorded_by: str) -> VitalsRecord:
    measured = Measurements(**{name: getattr(vitals, name) for name in NAMES})
    return VitalsRecord(vitals.id, vitals.recorded_at, recorded_by, measured)


def note_record(note: VisitNote, author: str) -> NoteRecord:
    return NoteRecord(note.id, note.body, note.written_at, author, note.amends_id, note.reason)


def _as_tuples(grouped: dict[int, list[T]]) -> dict[int, tuple[T, ...]]:
    return {visit_id: tuple(records) for visit_id, records in grouped.items()}
