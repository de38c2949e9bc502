"""The one place that writes what is on hand, and the movement that explains it."""

from sqlalchemy.orm import Session

from core import clock
from core.models import Batch, MovementReason, StockMovement
from core.permissions import Actor, Permission, require

_OVER_THE_COUNTER = {MovementReason.DISPENSED, MovementReason.RETURNED}


def move(
    session: Session,
    actor: Actor,
    batch: Batch,
    change: int,
    reason: MovementReason,
    note: str = "",
    reference: str = "",
) -> None:
    """Change a locked or new batch by a signed number of units.

    `reference` is the number of the paper behind it: of the bill, the order, the delivery note, the stock-take.
    """
    require(actor, Permission.DISPENSE if reason in _OVER_THE_COUNTER else Permission.MANAGE_STOCK)
    batch.on_hand += change
    session.add(
        StockMovement(
            batch_id=batch.id,
            change=change,
            on_hand_after=batch.on_hand,
            reason=reason,
            note=note,
            reference=reference,
            moved_at=clock.now(),
            moved_by_id=actor.user_id,
        )
    )
