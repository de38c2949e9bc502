"""PostgreSQL stock_movements → MongoDB stock_movements, one document for each."""

from collections.abc import Iterable, Iterator
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import clock
from core.analytics import store
from core.analytics.documents import StockMovementDocument, instant, money
from core.models import Batch, Medicine, MovementReason, StockMovement

COLLECTION = "stock_movements"
_TYPES: dict[MovementReason, Literal["IN", "OUT", "ADJUSTMENT"]] = {
    MovementReason.RECEIVED: "IN",
    MovementReason.RETURNED: "IN",
    MovementReason.DISPENSED: "OUT",
    MovementReason.EXPIRED: "OUT",
    MovementReason.ADJUSTED: "ADJUSTMENT",
}


def relay(session: Session, ids: Iterable[int]) -> int:
    """Write movements to MongoDB, then mark them as relayed."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), store.BATCH):
        batch = wanted[start : start + store.BATCH]
        store.add(COLLECTION, by_id(session, batch))
        session.execute(
            update(StockMovement)
            .where(StockMovement.id.in_(batch))
            .values(relayed_at=clock.now())
            .execution_options(synchronize_session=False)
        )
    return len(wanted)


def documents(session: Session) -> Iterator[list[StockMovementDocument]]:
    """Every movement that was relayed."""
    relayed = select(StockMovement.id).where(StockMovement.relayed_at.is_not(None)).order_by(StockMovement.id)
    for ids in session.scalars(relayed.execution_options(yield_per=store.BATCH)).partitions():
        yield by_id(session, ids)


def by_id(session: Session, ids: Iterable[int]) -> list[StockMovementDocument]:
    rows = session.execute(
        select(StockMovement, Batch, Medicine)
        .join(StockMovement.batch)
        .join(Batch.medicine)
        .where(StockMovement.id.in_(ids))
    )
    return [_document(*row) for row in rows]


def count(session: Session) -> int:
    return session.scalar(select(func.count()).where(StockMovement.relayed_at.is_not(None))) or 0


def _document(movement: StockMovement, batch: Batch, medicine: Medicine) -> StockMovementDocument:
    kind = _TYPES[movement.reason]
    return {
        "_id": movement.id,
        "medicine": {"id": medicine.id, "name": medicine.name},
        "batch_id": batch.id,
        "batch_number": batch.number,
        "movement_type": kind,
        "quantity": movement.change if kind == "ADJUSTMENT" else abs(movement.change),
        "change": movement.change,
        "on_hand_after": movement.on_hand_after,
        "reason": movement.reason.value,
        "unit_cost": money(batch.unit_cost),
        "timestamp": instant(movement.moved_at),
    }
