"""Who did what to which record and when, searched. It is read from PostgreSQL, which has it live.

Whoever may search the trail sees every event of everybody. No clinical text is in it. A search that is taken away as a
file is itself an event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from core import audit, books, clock
from core.audit_trail import finding
from core.audit_trail.finding import NoSuchRecord as NoSuchRecord
from core.audit_trail.naming import Named, named
from core.audit_trail.words import KINDS, SECURITY, words_for
from core.errors import check
from core.exports import MOST_ROWS, Rows, TooManyRows
from core.models import AuditAction, AuditChain, AuditEvent, Clinic, SetAside, User
from core.permissions import Actor, Permission, Role, require
from core.spreadsheet import MOMENT, Column
from core.words import ENGLISH, read_in, say

__all__ = ["KINDS", "PAGE", "Filters", "Line", "Named", "NoSuchRecord", "Person", "State", "words_for"]

PAGE = 50


@dataclass(frozen=True)
class Filters:
    """What is not given is not asked for. Days are the clinic's, both included; `record` is a number as it is typed."""

    first: date | None = None
    last: date | None = None
    person_id: int | None = None
    role: Role | None = None
    action: AuditAction | None = None
    kind: str = ""
    event: str = ""
    record: str = ""
    security: bool = False


@dataclass(frozen=True)
class Line:
    """`changes` are (field, before, after); `entry` is its place in the chain, None until it is linked."""

    event_id: int
    at: datetime
    by: str
    role: Role | None
    action: AuditAction
    event: str
    words: str
    record: Named
    changes: tuple[tuple[str, Any, Any], ...]
    is_security: bool
    entry: int | None


@dataclass(frozen=True)
class Person:
    user_id: int
    name: str


@dataclass(frozen=True)
class State:
    """Of the trail itself: its length and the mark of its last entry, what waits to be linked, what MongoDB refused."""

    length: int
    head: str
    waiting: int
    refused: int
    checked: books.Checked | None


def search(
    session: Session, actor: Actor, filters: Filters, before: int | None = None, most: int = PAGE
) -> tuple[Line, ...]:
    """Newest first; `before` is the last event that was seen. Raises NoSuchRecord or Invalid."""
    require(actor, Permission.SEE_TRAIL)
    wanted = _wanted(session, filters)
    if before is not None:
        wanted = wanted.where(AuditEvent.id < before)
    return _lines(session, session.scalars(wanted.order_by(AuditEvent.id.desc()).limit(most)).all())


def take(session: Session, actor: Actor, filters: Filters, kind: str) -> Rows:
    """All that is found, oldest first, to be made a file of this kind, which is noted. Raises TooManyRows, NoSuchRecord
    or Invalid."""
    require(actor, Permission.SEE_TRAIL)
    require(actor, Permission.EXPORT)
    wanted = _wanted(session, filters)
    rows = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    if rows > MOST_ROWS:
        raise TooManyRows(rows)
    with read_in(ENGLISH):  # as every file that leaves the clinic: whoever reads it may be anybody
        found = _lines(session, session.scalars(wanted.order_by(AuditEvent.id)).all())
    asked = {name: (None, value) for name, value in vars(filters).items() if value}
    told: audit.Changes = {"rows": (None, rows), "kind": (None, kind), **{f"asked_{k}": v for k, v in asked.items()}}
    audit.record(session, actor, audit.CREATE, "audit.exported", session.get_one(Clinic, 1), told)
    return _as_rows(found)


def people(session: Session, actor: Actor) -> tuple[Person, ...]:
    """Who works or worked here, by name."""
    require(actor, Permission.SEE_TRAIL)
    return tuple(Person(*row) for row in session.execute(select(User.id, User.name).order_by(func.lower(User.name))))


def state(session: Session, actor: Actor) -> State:
    require(actor, Permission.SEE_TRAIL)
    chain = session.get(AuditChain, 1)
    waiting = session.scalar(select(func.count()).where(AuditEvent.relayed_at.is_(None))) or 0
    refused = session.scalar(select(func.count()).select_from(SetAside)) or 0
    length, head = (chain.length, chain.head) if chain else (0, "")
    return State(length, head, waiting, refused, books.last(session, actor))


def _wanted(session: Session, filters: Filters) -> Select[AuditEvent]:
    first, last = filters.first, filters.last
    check(period=say("The first day cannot be after the last.") if first and last and first > last else None)
    asked: list[ColumnElement[bool]] = []
    if first:
        asked.append(AuditEvent.occurred_at >= clock.day_bounds(first)[0])
    if last:
        asked.append(AuditEvent.occurred_at < clock.day_bounds(last)[1])
    columns = (AuditEvent.actor_id, AuditEvent.actor_role, AuditEvent.action, AuditEvent.event)
    values = (filters.person_id, filters.role, filters.action, filters.event)
    asked += [column == value for column, value in zip(columns, values, strict=True) if value]
    if filters.kind:
        asked.append(AuditEvent.event.in_(KINDS.get(filters.kind, ())))
    if filters.security:
        asked.append(AuditEvent.event.in_(SECURITY))
    if filters.record.strip():
        asked.append(finding.events_of(session, filters.record, first, last))
    return select(AuditEvent).where(*asked)


def _lines(session: Session, events: Sequence[AuditEvent]) -> tuple[Line, ...]:
    names = named(session, ((event.resource_type, event.resource_id) for event in events))
    return tuple(
        Line(
            *(event.id, event.occurred_at, event.actor_name, event.actor_role, event.action, event.event),
            *(words_for(event.event), names[event.resource_type, event.resource_id]),
            tuple((field, *pair) for field, pair in event.changes.items()),
            *(event.event in SECURITY, event.chain_position),
        )
        for event in events
    )


def _as_rows(lines: Sequence[Line]) -> Rows:
    names = ("Who", "Role", "What", "Event", "Record", "Changes", "Entry")
    columns = (Column("When", MOMENT), *map(Column, names))
    rows = [
        (
            *(clock.local(line.at).replace(tzinfo=None), line.by, line.role.value if line.role else ""),
            *(line.words, line.event, line.record.name),
            "; ".join(f"{field}: {before} → {after}" for field, before, after in line.changes),
            line.entry,
        )
        for line in lines
    ]
    return Rows("Audit trail", columns, rows)
