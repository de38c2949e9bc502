"""Is the audit trail as it was written? Each entry's hash covers all it says and the hash of the entry before.

What cannot be known: what became of an event before it was linked, which the relay does within seconds, and a chain
that was linked anew from some entry on, with its stored end, if no drawer was closed after that entry.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain as flat
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.analytics import store
from core.models import AuditChain, AuditEvent, DayClose
from etl import audit_logs

Entries = Iterable[Mapping[str, Any]]


class End(NamedTuple):
    length: int
    head: str


def end(session: Session) -> End:
    """As it is stored, apart from the entries."""
    stored = session.get(AuditChain, 1)
    return End(stored.length, stored.head) if stored else End(0, audit_logs.BEGINNING)


def break_in_postgresql(session: Session) -> str | None:
    """The first bad entry of the trail itself."""
    astray = select(AuditEvent.id).where(AuditEvent.relayed_at.is_not(None), AuditEvent.chain_position.is_(None))
    if (unlinked := session.scalar(select(func.min(astray.subquery().c.id)))) is not None:
        return f"Event {unlinked} in PostgreSQL counts as carried over and is no entry of the audit trail."
    return first_break(flat.from_iterable(audit_logs.documents(session)), end(session), "PostgreSQL")


def break_in_mongodb(session: Session) -> str | None:
    """The first bad entry of the copy."""
    return first_break(store.find(audit_logs.COLLECTION, sort="position"), end(session), "MongoDB")


def first_break(entries: Entries, stored: End, place: str) -> str | None:
    """What is wrong at the first bad entry; None if all hold. `entries` are documents of audit_logs by position."""
    position, prev = 0, audit_logs.BEGINNING
    for entry in entries:
        position += 1
        named = f"Audit entry {position} (event {entry['_id']}) in {place}"
        if entry["position"] > position:
            return f"Audit entry {position} is missing in {place}."
        if entry["position"] < position:
            return f"Event {entry['_id']} in {place} claims a place of the audit trail that is taken, {position - 1}."
        if position > stored.length:
            return f"{named} comes after the end of the audit trail, which is entry {stored.length}."
        if entry["prev"] != prev or entry["hash"] != audit_logs.hash_of(entry):
            return f"{named} is not what was written" + (f" after entry {position - 1}." if position > 1 else ".")
        prev = entry["hash"]
    if position == stored.length and prev != stored.head:
        return f"The stored end of the audit trail is not that of entry {position}, the last one in {place}."
    if position < stored.length:
        return f"The audit trail in {place} ends at entry {position}; it should end at entry {stored.length}."
    return None


def break_with_drawers(session: Session) -> str | None:
    """A chain that was linked anew does not carry the marks that closed drawers have of it, on paper too."""
    held = 0
    for day, length, known, now in _marks(session):
        if now != known:
            what = "was linked anew" if now else "was cut off"
            return (
                f"The audit trail {what}: the drawer closed for {day} carries another mark of entry {length} than the "
                f"trail has now. The change is between the entries {held + 1} and {length}."
            )
        held = length
    return None


def _marks(session: Session) -> Iterator[Any]:
    marks = (DayClose.closed_on, DayClose.audit_length, DayClose.audit_head, AuditEvent.chain_hash)
    yield from session.execute(
        select(*marks)
        .outerjoin(AuditEvent, AuditEvent.chain_position == DayClose.audit_length)
        .where(DayClose.audit_length > 0)
        .order_by(DayClose.audit_length, DayClose.id)
    )
