"""What a pass asks of events and tables."""

from collections.abc import Collection, Sequence
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from core.models import AuditEvent

T = TypeVar("T")


def of(events: Sequence[AuditEvent], table: str, *fields: str) -> set[int]:
    """The records of a table that were changed; only those of which one of the fields was, if any are given."""
    return {
        event.resource_id
        for event in events
        if event.resource_type == table and (not fields or event.changes.keys() & set(fields))
    }


def found(session: Session, keys: Collection[int], rows: Select[T]) -> set[T]:
    """Asks only where there is something to ask for."""
    return set(session.scalars(rows.distinct())) if keys else set()
