"""Batches that nothing may be handed over of: recalled, or not trusted."""

from sqlalchemy.orm import Session

from core import audit, clock, fields
from core.errors import Conflict, check
from core.inventory.shelf import BatchRecord, locked_batch, record, with_names
from core.models import Batch
from core.permissions import Actor, Permission, require
from core.words import say


class AlreadyBlocked(Conflict):
    def __init__(self, number: str, reason: str) -> None:
        super().__init__(say("Batch {number} is blocked already: {reason}", number=number, reason=reason))


class NotBlocked(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(say("Batch {number} is not blocked.", number=number))


def block(session: Session, actor: Actor, batch_id: int, reason: str) -> BatchRecord:
    """From this moment nothing of the batch is handed over. Raises AlreadyBlocked or Invalid."""
    require(actor, Permission.RECALL)
    reason = fields.line(reason)
    check(reason=fields.required_problem(reason, say("The reason"), 500))
    batch = locked_batch(session, batch_id)
    if batch.blocked_at:
        raise AlreadyBlocked(batch.number, batch.block_reason)
    changes = audit.assign(batch, blocked_at=clock.now(), block_reason=reason, blocked_by_id=actor.user_id)
    audit.record(session, actor, audit.UPDATE, "batch.blocked", batch, changes)
    return _shown(session, batch_id)


def unblock(session: Session, actor: Actor, batch_id: int) -> BatchRecord:
    """What is left of it is stock again. Raises NotBlocked."""
    require(actor, Permission.RECALL)
    batch = locked_batch(session, batch_id)
    if not batch.blocked_at:
        raise NotBlocked(batch.number)
    changes = audit.assign(batch, blocked_at=None, block_reason="", blocked_by_id=None)
    audit.record(session, actor, audit.UPDATE, "batch.unblocked", batch, changes)
    return _shown(session, batch_id)


def _shown(session: Session, batch_id: int) -> BatchRecord:
    return record(*session.execute(with_names().where(Batch.id == batch_id)).one())
