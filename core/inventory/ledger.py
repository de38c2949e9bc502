"""Every unit that moved: what is on hand is the sum of a batch's movements."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.errors import check
from core.models import Batch, Medicine, MovementReason, StockMovement, User
from core.permissions import Actor, Permission, require
from core.words import say


@dataclass(frozen=True)
class MovementRecord:
    movement_id: int
    medicine_id: int
    batch_id: int
    medicine: str
    batch_number: str
    reason: MovementReason
    change: int
    on_hand_after: int
    note: str
    reference: str
    moved_at: datetime
    moved_by: str


def movements(
    session: Session,
    actor: Actor,
    *,
    batch_id: int | None = None,
    medicine_id: int | None = None,
    first: date | None = None,
    last: date | None = None,
    before: int | None = None,
    limit: int = 200,
) -> list[MovementRecord]:
    """The ledger of a batch, a medicine or everything, of some days or all, newest first.

    `before` is the last movement that was seen. Raises Invalid for days the wrong way round.
    """
    require(actor, Permission.SEE_STOCK)
    check(period=say("The first day cannot be after the last.") if first and last and first > last else None)
    rows = (
        select(StockMovement, Medicine.id, Medicine.name, Batch.number, User.name)
        .join(Batch, Batch.id == StockMovement.batch_id)
        .join(Medicine, Medicine.id == Batch.medicine_id)
        .join(User, User.id == StockMovement.moved_by_id)
        .order_by(StockMovement.id.desc())
        .limit(limit)
    )
    if batch_id is not None:
        rows = rows.where(StockMovement.batch_id == batch_id)
    if medicine_id is not None:
        rows = rows.where(Batch.medicine_id == medicine_id)
    if before is not None:
        rows = rows.where(StockMovement.id < before)
    if first:
        rows = rows.where(StockMovement.moved_at >= clock.day_bounds(first)[0])
    if last:
        rows = rows.where(StockMovement.moved_at < clock.day_bounds(last)[1])
    return [_movement(*row) for row in session.execute(rows)]


def _movement(
    movement: StockMovement, medicine_id: int, medicine: str, batch_number: str, moved_by: str
) -> MovementRecord:
    return MovementRecord(
        movement.id,
        medicine_id,
        movement.batch_id,
        medicine,
        batch_number,
        movement.reason,
        movement.change,
        movement.on_hand_after,
        movement.note,
        movement.reference,
        movement.moved_at,
        moved_by,
    )
