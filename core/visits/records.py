"""Visits as screens show them. Times are instants in UTC, days the clinic's own."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from core.measurements import NAMES, Measurements
from core.models import Diagnosis, User, VisitNote, VisitReopening, VisitState, Vitals
from core.patients import PatientCard

T = TypeVar("T")
F = TypeVar("F", "VitalsRecord", "DiagnosisRecord")


@dataclass(frozen=True)
class Strike:
    """What was found turned out to be wrong: it stays readable and counts nowhere."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class VitalsRecord:
    """`reason` says why they were written down after the signature."""

    vitals_id: int
    recorded_at: datetime
    recorded_by: str
    measured: Measurements
    reason: str = ""
    struck: Strike | None = None


@dataclass(frozen=True)
class DiagnosisRecord:
    """`text` is the doctor's own, or the title of the ICD-10 code; `reason` why it came after the signature."""

    diagnosis_id: int
    code: str
    text: str
    recorded_at: datetime
    recorded_by: str
    reason: str = ""
    struck: Strike | None = None


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
class ReopeningRecord:
    """`signed_at` is when the visit had been completed before."""

    reopened_at: datetime
    reopened_by: str
    reason: str
    signed_at: datetime


@dataclass(frozen=True)
class VisitRecord:
    """Everything of a visit; vitals, diagnoses and notes in the order they were recorded.

    What was struck stands apart, so that whoever reads `vitals` or `diagnoses` need not think of it. The first
    diagnosis is the main one.
    """

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
    struck_vitals: tuple[VitalsRecord, ...] = ()
    struck_diagnoses: tuple[DiagnosisRecord, ...] = ()
    reopenings: tuple[ReopeningRecord, ...] = ()

    def was_signed(self, recorded_at: datetime) -> bool:
        """Whether what was recorded then has stood under a signature: it is struck, and not taken back."""
        return self.state is VisitState.COMPLETED or any(recorded_at <= again.reopened_at for again in self.reopenings)


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
    """`vitals` are the last of the visit; `prescribed` one line per medicine, in words. Nothing that was struck."""

    visit_id: int
    visit_on: date
    doctor_name: str
    follow_up_on: date | None
    vitals: VitalsRecord | None
    diagnoses: tuple[DiagnosisRecord, ...]
    notes: tuple[NoteRecord, ...]
    prescribed: tuple[str, ...]


def vitals_of(session: Session, visit_ids: Sequence[int]) -> dict[int, tuple[VitalsRecord, ...]]:
    """By visit, in the order they were recorded, struck ones too. One statement."""
    grouped: dict[int, list[VitalsRecord]] = defaultdict(list)
    for vitals, by, struck_by in session.execute(_findings(Vitals).where(Vitals.visit_id.in_(visit_ids))):
        grouped[vitals.visit_id].append(vitals_record(vitals, by, struck_by))
    return _as_tuples(grouped)


def diagnoses_of(session: Session, visit_ids: Sequence[int]) -> dict[int, tuple[DiagnosisRecord, ...]]:
    """By visit, in the order they were recorded, struck ones too. One statement."""
    grouped: dict[int, list[DiagnosisRecord]] = defaultdict(list)
    for diagnosis, by, struck_by in session.execute(_findings(Diagnosis).where(Diagnosis.visit_id.in_(visit_ids))):
        grouped[diagnosis.visit_id].append(diagnosis_record(diagnosis, by, struck_by))
    return _as_tuples(grouped)


def standing(found: Iterable[F]) -> tuple[F, ...]:
    return tuple(finding for finding in found if finding.struck is None)


def struck(found: Iterable[F]) -> tuple[F, ...]:
    return tuple(finding for finding in found if finding.struck is not None)


def reopenings_of(session: Session, visit_id: int) -> tuple[ReopeningRecord, ...]:
    rows = session.execute(
        select(VisitReopening.reopened_at, User.name, VisitReopening.reason, VisitReopening.completed_at)
        .join(User, User.id == VisitReopening.reopened_by_id)
        .where(VisitReopening.visit_id == visit_id)
        .order_by(VisitReopening.id)
    )
    return tuple(ReopeningRecord(*row) for row in rows)


def notes_of(session: Session, visit_ids: Sequence[int]) -> dict[int, tuple[NoteRecord, ...]]:
    """By visit, in the order they were written. One statement."""
    found = select(VisitNote, User.name).join(User, User.id == VisitNote.author_id)
    rows = session.execute(found.where(VisitNote.visit_id.in_(visit_ids)).order_by(VisitNote.id))
    grouped: dict[int, list[NoteRecord]] = defaultdict(list)
    for note, name in rows:
        grouped[note.visit_id].append(note_record(note, name))
    return _as_tuples(grouped)


def standing_notes(notes: Sequence[NoteRecord]) -> list[NoteRecord]:
    """Those that no newer wording has replaced."""
    replaced = {note.amends_id for note in notes}
    return [note for note in notes if note.note_id not in replaced]


def vitals_record(vitals: Vitals, recorded_by: str, struck_by: str | None = None) -> VitalsRecord:
    measured = Measurements(**{name: getattr(vitals, name) for name in NAMES})
    return VitalsRecord(vitals.id, vitals.recorded_at, recorded_by, measured, vitals.reason, _strike(vitals, struck_by))


def diagnosis_record(diagnosis: Diagnosis, recorded_by: str, struck_by: str | None = None) -> DiagnosisRecord:
    return DiagnosisRecord(
        diagnosis.id,
        diagnosis.code,
        diagnosis.text,
        diagnosis.recorded_at,
        recorded_by,
        diagnosis.reason,
        _strike(diagnosis, struck_by),
    )


def note_record(note: VisitNote, author: str) -> NoteRecord:
    return NoteRecord(note.id, note.body, note.written_at, author, note.amends_id, note.reason)


def _findings(table: type[Vitals] | type[Diagnosis]) -> Select[*tuple[Any, ...]]:
    by, struck_by = aliased(User), aliased(User)
    return (
        select(table, by.name, struck_by.name)
        .join(by, by.id == table.recorded_by_id)
        .outerjoin(struck_by, struck_by.id == table.struck_by_id)
        .order_by(table.id)
    )


def _strike(finding: Vitals | Diagnosis, by: str | None) -> Strike | None:
    return Strike(finding.struck_at, by or "", finding.strike_reason) if finding.struck_at else None


def _as_tuples(grouped: dict[int, list[T]]) -> dict[int, tuple[T, ...]]:
    return {visit_id: tuple(records) for visit_id, records in grouped.items()}
