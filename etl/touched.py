"""Which documents an audit event makes out of date: the cost of a pass follows the changes, not the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from core import clock
from core.models import (
    Appointment,
    AuditEvent,
    Batch,
    Prescription,
    PrescriptionItem,
    Slot,
    StockMovement,
    Token,
    Visit,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Touched:
    visits: set[int]
    movements: set[int]
    days: set[date]


def by(session: Session, events: Sequence[AuditEvent]) -> Touched:
    """What these events changed, and what shows a name that they changed."""
    named = {event.visit_id for event in events if event.visit_id is not None}
    patients, medicines = _of(events, "patients"), _of(events, "medicines", "name")
    doctors, batches = _of(events, "users", "name", "speciality"), _of(events, "batches", "number")
    prescribed = select(Prescription.visit_id).join(Prescription.items)
    return Touched(
        visits=named
        | _found(session, patients, select(Visit.id).where(Visit.patient_id.in_(patients)))
        | _found(session, doctors, select(Visit.id).where(Visit.doctor_id.in_(doctors)))
        | _found(session, medicines, prescribed.where(PrescriptionItem.medicine_id.in_(medicines))),
        movements=_found(session, medicines, _relayed_movements(Batch.medicine_id.in_(medicines)))
        | _found(session, batches, _relayed_movements(Batch.id.in_(batches))),
        days=_days(session, events, named, patients),
    )


def _days(session: Session, events: Sequence[AuditEvent], visits: set[int], patients: set[int]) -> set[date]:
    """The days the events name, those of the visits, and those of the appointments (a slot may lie on any day).

    A patient's record may have been merged with another, so their visits are counted again too.
    """
    own = Visit.id.in_(visits) | Visit.patient_id.in_(patients)
    appointments = _of(events, "appointments")
    left = {slot for event in events for slot in event.changes.get("slot_id", []) if slot is not None}
    booked = Slot.id.in_(select(Appointment.slot_id).where(Appointment.id.in_(appointments)))
    starts = select(Slot.starts_at).where(booked | Slot.id.in_(left))
    return (
        {day for event in events for day in event.days}
        | _found(session, visits | patients, select(Token.issued_on).join(Visit).where(own))
        | {clock.day_of(moment) for moment in _found(session, appointments, starts)}
    )


def _relayed_movements(shown: ColumnElement[bool]) -> Select[int]:
    return select(StockMovement.id).join(StockMovement.batch).where(shown, StockMovement.relayed_at.is_not(None))


def _of(events: Sequence[AuditEvent], table: str, *fields: str) -> set[int]:
    """The records of a table that were changed; only those of which one of the fields was, if any are given."""
    return {
        event.resource_id
        for event in events
        if event.resource_type == table and (not fields or event.changes.keys() & set(fields))
    }


def _found(session: Session, keys: set[int], rows: Select[T]) -> set[T]:
    """Asks only where there is something to ask for."""
    return set(session.scalars(rows.distinct())) if keys else set()
