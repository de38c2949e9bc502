"""What is taken off the books by hand, or corrected to what was counted. Each change says why."""

from datetime import date

from sqlalchemy.orm import Session

from core import audit, clock, fields
from core.errors import Conflict, check
from core.inventory.moving import move
from core.inventory.shelf import MOST_UNITS, BatchRecord, locked_batch, record, with_names
from core.models import Batch, MovementReason
from core.permissions import Actor, Permission, require


class NotThatMany(Conflict):
    def __init__(self, number: str, on_hand: int, wanted: int) -> None:
        self.on_hand, self.wanted = on_hand, wanted
        super().__init__(f"Batch {number} has {on_hand:,} on hand: {wanted:,} cannot be taken from it.")


class NotExpired(Conflict):
    def __init__(self, number: str, expires_on: date) -> None:
        super().__init__(f"Batch {number} may still be used, through {expires_on}.")


class NothingLeft(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(f"Nothing is left of batch {number}.")


def adjust(session: Session, actor: Actor, batch_id: int, change: int, note: str) -> BatchRecord:
    """Correct a batch to what was counted, by a signed number of units. Raises NotThatMany or Invalid."""
    require(actor, Permission.MANAGE_STOCK)
    note = fields.line(note)
    check(
        change=None if 0 < abs(change) <= MOST_UNITS else f"The change must be 1 to {MOST_UNITS:,} units, up or down.",
        note=fields.required_problem(note, "The reason for the change", 500),
    )
    batch = locked_batch(session, batch_id)
    if batch.on_hand + change < 0:
        raise NotThatMany(batch.number, batch.on_hand, -change)
    return _moved(session, actor, "batch.adjusted", batch, change, MovementReason.ADJUSTED, note)


def write_off_expired(session: Session, actor: Actor, batch_id: int) -> BatchRecord:
    """Take what is left of an expired batch off the books. Raises NotExpired or NothingLeft."""
    require(actor, Permission.MANAGE_STOCK)
    batch = locked_batch(session, batch_id)
    if batch.expires_on >= clock.today():
        raise NotExpired(batch.number, batch.expires_on)
    if batch.on_hand == 0:
        raise NothingLeft(batch.number)
    return _moved(session, actor, "batch.written_off", batch, -batch.on_hand, MovementReason.EXPIRED)


def _moved(
    session: Session, actor: Actor, event: str, batch: Batch, change: int, reason: MovementReason, note: str = ""
) -> BatchRecord:
    before = batch.on_hand
    move(session, actor, batch, change, reason, note)
    changes: audit.Changes = {"on_hand": (before, batch.on_hand)}
    if note:
        changes["note"] = (None, note)
    audit.record(session, actor, audit.UPDATE, event, batch, changes)
    return record(*session.execute(with_names().where(Batch.id == batch.id)).one())
