"""Who opened whose file. To read what is clinical is itself noted, in a transaction of its own before it is shown.

One opening is one event, however often a screen is drawn again: the same person is not noted again for the same file
within a quarter of an hour. Outside one's own work (core.patients.within) it takes a reason. The reason stays in its
row, for it may say how somebody is; the trail names it only where it is one of those offered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Exists, cast, exists, func, select
from sqlalchemy.orm import Session

from core import audit, clock, fields
from core.errors import check
from core.models import AuditEvent, OutsideOpening, Patient, User
from core.patients.records import PatientDetails, existing, locked
from core.patients.registering import details
from core.patients.within import ReasonNeeded, open_to, same_person
from core.permissions import Actor, Permission, Role, require
from core.words import later, say

CARD_OPENED = "patient.card_opened"
FILE_OPENED, OPENED_OUTSIDE = "patient.file_opened", "patient.file_opened_outside"
FILE_EVENTS = (FILE_OPENED, OPENED_OUTSIDE)
ONE_OPENING = timedelta(minutes=15)
REASONS = (
    later("Covering for a colleague"),
    later("Emergency"),
    later("Asked by the patient"),
    later("Quality check"),
    later("Complaint or legal request"),
)
FEWEST_LETTERS = 3


@dataclass(frozen=True)
class Opening:
    """`reason` is empty where the file was within that person's work."""

    by: str
    role: Role | None
    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class OpenedOutside:
    """A file that was opened outside somebody's work."""

    opening_id: int
    at: datetime
    by: str
    role: Role
    patient: str
    mrn: str
    reason: str


def open_file(session: Session, actor: Actor, patient_id: int, reason: str = "") -> None:
    """Note that the actor reads somebody's clinical record. Raises NotFound, ReasonNeeded or Invalid.

    The reason counts only outside the actor's work; while one holds, no other is asked for.
    """
    require(actor, Permission.READ_CLINICAL)
    patient = locked(session, patient_id) if reason else existing(session, patient_id)  # of two tabs, one says why
    is_open, noted = session.execute(select(open_to(actor, patient_id), _lately(actor, patient_id, *FILE_EVENTS))).one()
    if not is_open:
        _open_outside(session, actor, patient, reason)
    elif not noted:
        audit.record(session, actor, audit.READ, FILE_OPENED, patient)


def open_card(session: Session, actor: Actor, patient_id: int) -> None:
    """Note that the actor sees what the desk keeps of somebody, allergies and conditions among it. Raises NotFound.

    It takes no reason: whoever stands beside a patient must see what they are allergic to.
    """
    require(actor, Permission.EDIT_PATIENTS)
    patient = existing(session, patient_id)
    if not session.scalar(select(_lately(actor, patient_id, CARD_OPENED, *FILE_EVENTS))):
        audit.record(session, actor, audit.READ, CARD_OPENED, patient)


def opened_form(session: Session, actor: Actor, patient_id: int) -> PatientDetails:
    """The record as its form shows it, noted as `open_card` does. Raises NotFound."""
    require(actor, Permission.EDIT_PATIENTS)
    open_card(session, actor, patient_id)
    return details(session, actor, patient_id)


def list_openings(session: Session, actor: Actor, patient_id: int, limit: int = 10) -> tuple[Opening, ...]:
    """The last ones, newest first; of records that were merged with this one too."""
    require(actor, Permission.SEE_OPENINGS)
    said_why = cast(AuditEvent.changes["opening_id"][1].as_string(), BigInteger)
    rows = session.execute(
        select(
            *(AuditEvent.actor_name, AuditEvent.actor_role, AuditEvent.occurred_at),
            func.coalesce(OutsideOpening.reason, ""),
        )
        .outerjoin(OutsideOpening, OutsideOpening.id == said_why)
        .where(_of(AuditEvent.resource_id.in_(same_person(patient_id))), AuditEvent.event.in_(FILE_EVENTS))
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    )
    return tuple(Opening(*row) for row in rows)


def list_outside(
    session: Session, actor: Actor, first: date, last: date, user_id: int | None = None, limit: int = 200
) -> list[OpenedOutside]:
    """Files that were opened outside somebody's work on these clinic days, both included, newest first."""
    require(actor, Permission.SEE_OPENINGS)
    found = (
        select(
            *(OutsideOpening.id, OutsideOpening.opened_at, User.name, User.role, Patient.name, Patient.mrn),
            OutsideOpening.reason,
        )
        .join(User, User.id == OutsideOpening.user_id)
        .join(Patient, Patient.id == OutsideOpening.patient_id)
        .where(*_between(first, last))
        .order_by(OutsideOpening.opened_at.desc(), OutsideOpening.id.desc())
        .limit(limit)
    )
    rows: Sequence[Any] = session.execute(found.where(OutsideOpening.user_id == user_id) if user_id else found).all()
    return [OpenedOutside(*row) for row in rows]


def count_outside(session: Session, actor: Actor, first: date, last: date) -> int:
    require(actor, Permission.SEE_OPENINGS)
    return session.scalar(select(func.count(OutsideOpening.id)).where(*_between(first, last))) or 0


def _open_outside(session: Session, actor: Actor, patient: Patient, reason: str) -> None:
    if not reason:
        raise ReasonNeeded(patient.id, patient.name, patient.mrn)
    reason = fields.line(reason)
    check(reason=fields.required_problem(reason, say("The reason")) or _too_short(reason))
    opening = OutsideOpening(patient_id=patient.id, user_id=actor.user_id, opened_at=clock.now(), reason=reason)
    session.add(opening)
    session.flush()
    told: audit.Changes = {"opening_id": (None, opening.id)}
    told |= {"reason": (None, reason)} if reason in REASONS else {}
    audit.record(session, actor, audit.READ, OPENED_OUTSIDE, patient, told)


def _too_short(reason: str) -> str | None:
    letters = sum(letter.isalpha() for letter in reason)
    if letters >= FEWEST_LETTERS:
        return None
    return say("The reason is too short. Say in a few words why you open this file.")


def _between(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    start, end = clock.day_bounds(first)[0], clock.day_bounds(last)[1]
    return OutsideOpening.opened_at >= start, OutsideOpening.opened_at < end


def _lately(actor: Actor, patient_id: int, *events: str) -> Exists:
    """Whether one of these was noted of this person within what counts as one opening."""
    return exists().where(
        _of(AuditEvent.resource_id == patient_id),
        AuditEvent.event.in_(events),
        AuditEvent.actor_id == actor.user_id,
        AuditEvent.occurred_at > clock.now() - ONE_OPENING,
    )


def _of(patients: ColumnElement[bool]) -> ColumnElement[bool]:
    """By the index of resources."""
    return (AuditEvent.resource_type == Patient.__tablename__) & patients
