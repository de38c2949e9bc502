"""PostgreSQL audit_events → MongoDB audit_logs, linked into a hash chain.

Entries get their position, the hash of the entry before and their own in the order they are relayed, by one writer.
Both are kept in audit_events too, so that the collection can be made again exactly; length and head of the chain stand
in audit_chains, so that cutting off the newest entries is noticed as well.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, DateTime, Text, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock
from core.analytics import store
from core.analytics.documents import AuditLog, instant
from core.models import AuditChain, AuditEvent
from etl.asking import Event

COLLECTION = "audit_logs"
BEGINNING = "0" * 64  # what the first entry has for the hash of the entry before
_COLUMNS = tuple(AuditEvent.__table__.columns)
_WAITS = AuditEvent.relayed_at.is_(None)
_AT_ONCE = 5000  # events linked by one statement


def relay(session: Session, events: Sequence[Event]) -> int:
    """Link the events to the chain, write them to MongoDB, then mark them as relayed."""
    if not events:
        return 0
    entries = _linked(_chain(session), events)
    store.add(COLLECTION, entries)
    _mark(session, entries)
    return len(entries)


def claim(session: Session, limit: int) -> Sequence[Event]:
    """The oldest that wait, for this transaction alone."""
    waiting = select(*_COLUMNS).where(_WAITS).order_by(AuditEvent.id).limit(limit)
    return session.execute(waiting.with_for_update(skip_locked=True)).all()


def link_waiting(session: Session) -> Iterator[int]:
    """Give every waiting event its place in the chain and mark it as relayed, before `documents` writes them all.

    Tells how many after each batch. What commits meanwhile with a lower id is left to the relay.
    """
    chain, last = _chain(session), 0
    while events := session.execute(
        select(*_COLUMNS).where(_WAITS, AuditEvent.id > last).order_by(AuditEvent.id).limit(_AT_ONCE)
    ).all():
        entries = _linked(chain, events)
        _mark(session, entries)
        last = entries[-1]["_id"]
        session.flush()
        yield len(entries)


def waiting(session: Session, most: int | None = None) -> int:
    """How many events wait to be relayed; it stops counting at `most`."""
    waits = select(AuditEvent.id).where(_WAITS).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(waits)) or 0


def linked(session: Session) -> int:
    """How many were relayed, as the end of the chain tells: nothing is counted."""
    return session.scalar(select(AuditChain.length)) or 0


def documents(session: Session) -> Iterator[list[AuditLog]]:
    """Every relayed entry, in the order of the chain."""
    relayed = select(*_COLUMNS).where(AuditEvent.chain_position.is_not(None))
    relayed = relayed.order_by(AuditEvent.chain_position, AuditEvent.id)
    head = BEGINNING
    for events in session.execute(relayed.execution_options(yield_per=store.BATCH)).partitions():
        batch = []
        for event in events:
            batch.append(_entry(event, event.chain_position or 0, head, event.chain_hash))
            head = event.chain_hash or ""
        yield batch


def by_id(session: Session, ids: Iterable[int]) -> list[AuditLog]:
    """Relayed entries as PostgreSQL knows them."""
    events = session.execute(
        select(*_COLUMNS).where(AuditEvent.id.in_(ids), AuditEvent.chain_position.is_not(None))
    ).all()
    before = [(event.chain_position or 0) - 1 for event in events]
    hashes = dict(
        session.execute(
            select(AuditEvent.chain_position, AuditEvent.chain_hash).where(AuditEvent.chain_position.in_(before))
        ).all()
    )
    return [
        _entry(event, event.chain_position or 0, hashes.get(position) or BEGINNING, event.chain_hash)
        for event, position in zip(events, before, strict=True)
    ]


def count(session: Session) -> int:
    return session.scalar(select(func.count()).where(AuditEvent.chain_position.is_not(None))) or 0


def hash_of(entry: Mapping[str, Any]) -> str:
    """Of a document with every field but the hash itself."""
    covered = {field: value for field, value in entry.items() if field != "hash"}
    text = json.dumps(covered, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=datetime.isoformat)
    return hashlib.sha256(text.encode()).hexdigest()


def _linked(chain: AuditChain, events: Sequence[Event]) -> list[AuditLog]:
    """The events as the next entries of the chain, which ends with them now."""
    entries: list[AuditLog] = []
    for event in events:
        entries.append(_entry(event, chain.length + 1, chain.head))
        chain.length, chain.head = entries[-1]["position"], entries[-1]["hash"]
    return entries


def _entry(event: Event, position: int, prev: str, known_hash: str | None = None) -> AuditLog:
    entry = AuditLog(
        _id=event.id,
        position=position,
        prev=prev,
        hash="",
        timestamp=instant(event.occurred_at),
        user={
            "id": event.actor_id,
            "name": event.actor_name,
            "role": event.actor_role.value if event.actor_role else None,
        },
        action=event.action.value,
        event=event.event,
        resource={"type": event.resource_type, "id": event.resource_id},
        changes=event.changes,
    )
    entry["hash"] = known_hash or hash_of(entry)
    return entry


def _chain(session: Session) -> AuditChain:
    session.execute(insert(AuditChain).values(id=1, length=0, head=BEGINNING).on_conflict_do_nothing())
    return session.get_one(AuditChain, 1, with_for_update=True, populate_existing=True)


def _mark(session: Session, entries: Sequence[AuditLog]) -> None:
    """All in one statement, however many they are."""
    placed = (
        func.unnest(
            bindparam("ids", [entry["_id"] for entry in entries], ARRAY(BigInteger)),
            bindparam("positions", [entry["position"] for entry in entries], ARRAY(BigInteger)),
            bindparam("hashes", [entry["hash"] for entry in entries], ARRAY(Text)),
        )
        .table_valued("id", "position", "hash", name="placed")
        .render_derived()
    )
    session.execute(
        update(AuditEvent)
        .where(AuditEvent.id == placed.c.id)
        .values(
            relayed_at=bindparam("now", clock.now(), DateTime(timezone=True)),
            chain_position=placed.c.position,
            chain_hash=placed.c.hash,
        )
        .execution_options(synchronize_session=False)
    )
