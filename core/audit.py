"""The record of who did what. Every workflow that changes something calls `record` once.

The event is written in the transaction that makes the change, so that both commit or neither does. The same table is
the outbox: the relay (etl) carries events to MongoDB and, by `days` and `visit_id`, knows what to sum up again.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, cast

from pydantic_core import to_jsonable_python
from sqlalchemy import Table, exists, insert, select
from sqlalchemy.orm import Session

from core import clock
from core.models import AuditAction, AuditEvent, Base, Clinic, Record, User
from core.permissions import Actor

CREATE, READ, UPDATE, DELETE = AuditAction.CREATE, AuditAction.READ, AuditAction.UPDATE, AuditAction.DELETE
Changes = dict[str, tuple[object, object]]
REFUSED = "user.refused"
_EVENT = insert(cast(Table, AuditEvent.__table__)).inline()  # made once; nobody asks for the number of the event


def record(
    session: Session,
    actor: Actor | None,
    action: AuditAction,
    event: str,
    resource: Record | Clinic,
    changes: Changes | None = None,
    *,
    days: Iterable[date] = (),
    visit_id: int | None = None,
) -> None:
    """Note one change.

    `event` is "<noun>.<past tense verb>" ("invoice.paid"); `changes` maps a field to (before, after) and holds no
    clinical text and no secret. `days` are the clinic days whose summary this changes besides today; `visit_id` the
    visit whose history it changes. `actor` is None only for what the program does by itself.
    """
    if session.autoflush or resource.id is None:  # whoever writes many at once has given them their ids
        session.flush()  # the resource may be new and still without an id
    written = {
        "occurred_at": clock.now(),
        "actor_id": actor.user_id if actor else None,
        "actor_name": actor.name if actor else "Qure",
        "actor_role": actor.role if actor else None,
        "action": action,
        "event": event,
        "resource_type": resource.__tablename__,
        "resource_id": resource.id,
        "changes": jsonable(changes or {}),
        "visit_id": visit_id,
        "days": sorted({clock.today(), *days}),
    }
    if session.autoflush:
        session.execute(_EVENT, written)
    else:
        session.add(AuditEvent(**written))  # all of them go in one statement


def note_refusal(session: Session, actor: Actor, wanted: str) -> None:
    """Somebody wanted what is not theirs. Once a minute for each thing, however often it is asked for."""
    changes: Changes = {"wanted": (None, wanted)}
    lately = exists().where(
        AuditEvent.actor_id == actor.user_id,
        AuditEvent.event == REFUSED,
        AuditEvent.changes == jsonable(changes),
        AuditEvent.occurred_at > clock.now() - timedelta(minutes=1),
    )
    if not session.scalar(select(lately)):
        record(session, actor, READ, REFUSED, session.get_one(User, actor.user_id), changes)


def note_list(session: Session, actor: Actor, what: str) -> None:
    """Somebody reads a list that names patients with what they got or have."""
    record(session, actor, READ, "list.read", session.get_one(Clinic, 1), {"list": (None, what)})


def assign(record: Base, **values: object) -> Changes:
    """Set attributes; returns those that really changed, as `record` wants them."""
    changes = {name: (getattr(record, name), value) for name, value in values.items() if getattr(record, name) != value}
    for name, (_, value) in changes.items():
        setattr(record, name, value)
    return changes


def jsonable(changes: Changes) -> dict[str, Any]:
    """Dates as ISO strings and money as strings: what the trail shows is exactly what was stored."""
    return {field: [to_jsonable_python(value) for value in pair] for field, pair in changes.items()}
