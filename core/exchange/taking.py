"""All of a kind, for whoever may take lists away: in batches, so that no more than one is ever in memory.

A reason for each file is not asked for, as with other lists that leave; that they left is noted before the first
record goes. Batches are read one after the other: what changes meanwhile may be in it as it was or as it became.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit
from core.exchange.records import Record
from core.exchange.sources import SOURCES, Kind
from core.models import Clinic
from core.permissions import Actor, Permission, allowed, require


def available(actor: Actor) -> list[Kind]:
    """What this person may take away."""
    require(actor, Permission.EXPORT)
    return [kind for kind, source in SOURCES.items() if allowed(actor, source.needs)]


def begin(session: Session, actor: Actor, kinds: Sequence[Kind]) -> None:
    """Note that all records of these kinds are taken away. Leaves one audit event."""
    require(actor, Permission.EXPORT)
    for kind in kinds:
        require(actor, SOURCES[kind].needs)
    rows = sum(session.scalar(select(func.count(SOURCES[kind].key))) or 0 for kind in kinds)
    told: audit.Changes = {"list": (None, "fhir"), "rows": (None, rows), "kind": (None, ".ndjson")}
    told |= {"types": (None, ", ".join(kinds))}
    audit.record(session, actor, audit.CREATE, "list.exported", session.get_one(Clinic, 1), told)


def batch(session: Session, actor: Actor, kind: Kind, after: int = 0, limit: int = 500) -> list[Record]:
    """The next ones of an export that has begun."""
    require(actor, Permission.EXPORT)
    source = SOURCES[kind]
    require(actor, source.needs)
    found: list[Any] = source.after(session, (), after, limit)
    return found
