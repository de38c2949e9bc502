"""That a backup was taken stands in the audit trail: it is a copy of everything."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.backup.taking import Taken
from core.models import Clinic
from core.permissions import Actor, Permission, require


def note(session: Session, actor: Actor, taken: Taken) -> None:
    require(actor, Permission.MANAGE_CLINIC)
    _record(session, taken, actor)


def note_own(session: Session, taken: Taken) -> None:
    """For what Qure takes by itself, or somebody on its machine."""
    _record(session, taken, None)


def _record(session: Session, taken: Taken, by: Actor | None) -> None:
    if clinic := session.scalar(select(Clinic)):
        found: audit.Changes = {"file": (None, taken.path.name), "encrypted": (None, taken.encrypted)}
        audit.record(session, by, audit.READ, "clinic.backed_up", clinic, found)
