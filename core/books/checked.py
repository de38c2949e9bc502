"""When the books were last checked, by whom, and what came of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.models import AuditEvent, Clinic
from core.permissions import Actor, Permission, require

CHECKED = "books.checked"


@dataclass(frozen=True)
class Checked:
    at: datetime
    by: str
    rules: int
    broken: int


def note(session: Session, actor: Actor, rules: int, broken: int) -> None:
    """That somebody looked, not a change."""
    require(actor, Permission.CHECK_BOOKS)
    found: audit.Changes = {"rules": (None, rules), "broken": (None, broken)}
    audit.record(session, actor, audit.READ, CHECKED, session.get_one(Clinic, 1), found)


def last(session: Session, actor: Actor) -> Checked | None:
    require(actor, Permission.CHECK_BOOKS)
    newest = (
        select(AuditEvent)
        .where(AuditEvent.resource_type == Clinic.__tablename__, AuditEvent.event == CHECKED)
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    event = session.scalar(newest)
    if event is None:
        return None
    return Checked(event.occurred_at, event.actor_name, event.changes["rules"][1], event.changes["broken"][1])
