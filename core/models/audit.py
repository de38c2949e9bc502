"""The record of who did what, which is also the outbox; and what makes a repeated click harmless."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, Record
from core.permissions import Role


class AuditAction(StrEnum):
    CREATE = "CREATE"
    READ = "READ"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


class AuditEvent(Record):
    """One change, written in the transaction that makes it. `days` are the clinic days whose summary it touches.

    Append-only but for the relay, which fills `relayed_at` and the event's place in the hash chain, all three at once.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_unrelayed", "id", postgresql_where=text("relayed_at IS NULL")),
        Index("ix_audit_events_resource", "resource_type", "resource_id"),
        Index("ix_audit_events_actor", "actor_id", "id"),
        Index("ix_audit_events_event", "event", "id"),
        CheckConstraint(
            "(relayed_at IS NULL) = (chain_position IS NULL) AND (relayed_at IS NULL) = (chain_hash IS NULL)",
            name="relayed_as_linked",
        ),
    )

    occurred_at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    actor_role: Mapped[Role | None]
    action: Mapped[AuditAction]
    event: Mapped[str]
    resource_type: Mapped[str]
    resource_id: Mapped[int]
    changes: Mapped[dict[str, Any]]
    visit_id: Mapped[int | None]
    days: Mapped[list[date]]
    relayed_at: Mapped[datetime | None]
    chain_position: Mapped[int | None] = mapped_column(unique=True)
    chain_hash: Mapped[str | None]


class AuditChain(Base):
    """How many events the chain holds and the hash of the last: what shows that the newest were cut off."""

    __tablename__ = "audit_chains"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    length: Mapped[int]
    head: Mapped[str]


class SetAside(Record):
    """A document that MongoDB refused, `set_aside_at` for the last time. The row goes when it is taken."""

    __tablename__ = "set_aside"
    __table_args__ = (Index("uq_set_aside_open", "collection", "document_id", unique=True),)

    collection: Mapped[str]
    document_id: Mapped[str]
    problem: Mapped[str]
    set_aside_at: Mapped[datetime]


class IdempotencyKey(Base):
    """A write that was asked for once, and what it answered."""

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    actor_id: Mapped[int | None]
    verb: Mapped[str]
    arguments_hash: Mapped[str]
    result: Mapped[Any | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(index=True)
