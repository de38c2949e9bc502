"""A batch is corrected by hand to what was counted."""

from sqlalchemy.orm import Session

from core import audit, fields
from core.errors import Conflict, check
from core.inventory.moving import move
from core.inventory.shelf import MOST_UNITS, BatchRecord, locked_batch, record, with_names
from core.models import Batch, MovementReason
from core.permissions import Actor, Permission, require
from core.words import later, say

WHY_ADJUSTED = (
    later("Counted again"),
    later("Miscounted on arrival"),
    later("Handed over without a bill"),
    later("Found"),
    later("Missing"),
)


class NotThatMany(Conflict):
    def __init__(self, number: str, on_hand: int, wanted: int) -> None:
        self.on_hand, self.wanted = on_hand, wanted
        super().__init__(
            say(
                "Batch {number} has {on_hand:,} on hand: {wanted:,} cannot be taken from it.",
                number=number,
                on_hand=on_hand,
                wanted=wanted,
            )
        )


def adjust(session: Session, actor: Actor, batch_id: int, change: int, note: str) -> BatchRecord:
    """Correct a batch to what was counted, by a signed number of units. Raises NotThatMany or Invalid."""
    require(actor, Permission.MANAGE_STOCK)
    note = fields.line(note)
    whole = type(change) is int and 0 < abs(change) <= MOST_UNITS
    check(
        change=None if whole else say("The change must be 1 to {most:,} whole units, up or down.", most=MOST_UNITS),
        note=fields.required_problem(note, say("The reason for the change"), 500),
    )
    batch = locked_batch(session, batch_id)
    if batch.on_hand + change < 0:
        raise NotThatMany(batch.number, batch.on_hand, -change)
    return moved(session, actor, "batch.adjusted", batch, change, MovementReason.ADJUSTED, note)


def moved(
    session: Session,
    actor: Actor,
    event: str,
    batch: Batch,
    change: int,
    reason: MovementReason,
    note: str = "",
    told: audit.Changes | None = None,
) -> BatchRecord:
    """Move units of one locked batch and note it. `told` is what the trail says besides."""
    require(actor, Permission.MANAGE_STOCK)
    before = batch.on_hand
    move(session, actor, batch, change, reason, note)
    changes: audit.Changes = {"on_hand": (before, batch.on_hand)}
    if note:
        changes["note"] = (None, note)
    audit.record(session, actor, audit.UPDATE, event, batch, changes | (told or {}))
    return record(*session.execute(with_names().where(Batch.id == batch.id)).one())
