"""Who opened whose file. To read what is clinical is itself noted, in a transaction of its own before it is shown.

One opening is one event, however often a screen is drawn again: the same person is not noted again for the same file
within a quarter of an hour.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, exists, literal, select
from sqlalchemy.orm import Session

from core import audit, clock
from core.models import AuditEvent, Patient, PatientMerge
from core.patients.records import existing
from core.permissions import Actor, Permission, Role, require

FILE_OPENED = "patient.file_opened"
ONE_OPENING = timedelta(minutes=15)


@dataclass(frozen=True)
class Opening:
    by: str
    role: Role | None
    at: datetime


def open_file(session: Session, actor: Actor, patient_id: int) -> None:
    """Note that the actor reads somebody's clinical record. Raises NotFound."""
    require(actor, Permission.READ_CLINICAL)
    patient = existing(session, patient_id)
    lately = exists().where(
        _opened(AuditEvent.resource_id == patient_id),
        AuditEvent.actor_id == actor.user_id,
        AuditEvent.occurred_at > clock.now() - ONE_OPENING,
    )
    if not session.scalar(select(lately)):
        audit.record(session, actor, audit.READ, FILE_OPENED, patient)


def list_openings(session: Session, actor: Actor, patient_id: int, limit: int = 10) -> tuple[Opening, ...]:
    """The last ones, newest first; of records that were merged into this one too."""
    require(actor, Permission.SEE_OPENINGS)
    rows = session.execute(
        select(AuditEvent.actor_name, AuditEvent.actor_role, AuditEvent.occurred_at)
        .where(_opened(AuditEvent.resource_id.in_(_files(session, patient_id))))
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    )
    return tuple(Opening(*row) for row in rows)


def _files(session: Session, patient_id: int) -> list[int]:
    """This one and what was merged into it, also by way of another."""
    files = select(literal(patient_id, BigInteger).label("id")).cte(recursive=True)
    standing = (PatientMerge.survivor_id == files.c.id, PatientMerge.undone_at.is_(None))
    return list(session.scalars(select(files.union(select(PatientMerge.absorbed_id).where(*standing)).c.id)))


def _opened(of: ColumnElement[bool]) -> ColumnElement[bool]:
    """By the index of resources."""
    return (AuditEvent.resource_type == Patient.__tablename__) & of & (AuditEvent.event == FILE_OPENED)
