"""What happened in the doctor's room."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.exchange.records import ConditionRecord, EncounterRecord, VitalsTaken
from core.measurements import NAMES, Measurements
from core.models import Diagnosis, User, Visit, Vitals


def encounters(session: Session, which: Sequence[ColumnElement[bool]], limit: int) -> list[EncounterRecord]:
    """Two statements: the visits, their diagnoses."""
    rows = session.execute(
        select(Visit, User.name).join(User, User.id == Visit.doctor_id).where(*which).order_by(Visit.id).limit(limit)
    ).all()
    diagnoses = _diagnoses(session, [visit.id for visit, _ in rows])
    return [
        EncounterRecord(
            record_id=visit.id,
            state=visit.state,
            patient_id=visit.patient_id,
            doctor_id=visit.doctor_id,
            doctor=doctor,
            started_at=visit.started_at,
            completed_at=visit.completed_at,
            diagnosis_ids=tuple(diagnoses[visit.id]),
        )
        for visit, doctor in rows
    ]


def conditions(session: Session, which: Sequence[ColumnElement[bool]], limit: int) -> list[ConditionRecord]:
    found = _found(session, Diagnosis, which, limit)
    return [ConditionRecord(**about, code=diagnosis.code, text=diagnosis.text) for diagnosis, about in found]


def vitals(session: Session, which: Sequence[ColumnElement[bool]], limit: int) -> list[VitalsTaken]:
    found = _found(session, Vitals, which, limit)
    return [
        VitalsTaken(**about, measured=Measurements(**{name: getattr(taken, name) for name in NAMES}))
        for taken, about in found
    ]


def _diagnoses(session: Session, visit_ids: Sequence[int]) -> dict[int, list[int]]:
    rows = session.execute(
        select(Diagnosis.visit_id, Diagnosis.id)
        .where(Diagnosis.visit_id.in_(visit_ids), Diagnosis.struck_at.is_(None))
        .order_by(Diagnosis.id)
    )
    grouped: dict[int, list[int]] = defaultdict(list)
    for visit_id, diagnosis_id in rows:
        grouped[visit_id].append(diagnosis_id)
    return grouped


def _found(
    session: Session, table: Any, which: Sequence[ColumnElement[bool]], limit: int
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """A finding, and what is told of every one."""
    rows = session.execute(
        select(table, Visit.patient_id, User.name)
        .join(Visit, Visit.id == table.visit_id)
        .join(User, User.id == table.recorded_by_id)
        .where(*which)
        .order_by(table.id)
        .limit(limit)
    )
    own = ("visit_id", "recorded_at", "recorded_by_id", "struck_at")
    for one, patient_id, by in rows:
        about = {name: getattr(one, name) for name in own}
        yield one, about | {"record_id": one.id, "patient_id": patient_id, "recorded_by": by}
