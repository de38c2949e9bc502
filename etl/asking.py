"""What a pass asks of events and tables."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from core.models import AuditEvent, Document

T = TypeVar("T")
Event = AuditEvent | Row[*tuple[Any, ...]]  # rows of all its columns are read twice as fast


def of(events: Sequence[Event], table: str, *fields: str) -> set[int]:
    """The records of a table that were changed; only those of which one of the fields was, if any are given."""
    return {
        event.resource_id
        for event in events
        if event.resource_type == table and (not fields or event.changes.keys() & set(fields))
    }


def found(session: Session, keys: Collection[int], rows: Select[T]) -> set[T]:
    """Asks only where there is something to ask for."""
    return set(session.scalars(rows.distinct())) if keys else set()


def visits_of(session: Session, events: Sequence[Event]) -> set[int]:
    """Of which something changed: those that an event names, and those of its papers."""
    papers = of(events, "documents")
    printed = found(session, papers, select(Document.visit_id).where(Document.id.in_(papers)))
    return {event.visit_id for event in events if event.visit_id is not None} | printed
