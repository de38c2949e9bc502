"""PostgreSQL stock_movements → MongoDB stock_movements, one document for each."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from sqlalchemy import ARRAY, BigInteger, Row, Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from core import clock
from core.analytics import store
from core.analytics.documents import StockMovementDocument, instant, money
from core.models import Batch, Medicine, MovementReason, StockMovement

COLLECTION = "stock_movements"
_AT_ONCE = 5000  # movements marked by one statement
_TYPES: dict[MovementReason, Literal["IN", "OUT", "ADJUSTMENT"]] = {
    MovementReason.RECEIVED: "IN",
    MovementReason.RETURNED: "IN",
    MovementReason.DISPENSED: "OUT",
    MovementReason.EXPIRED: "OUT",
    MovementReason.WRITTEN_OFF: "OUT",
    MovementReason.TRANSFERRED: "OUT",
    MovementReason.SENT_BACK: "OUT",
    MovementReason.ADJUSTED: "ADJUSTMENT",
}


def relay(session: Session, ids: Iterable[int]) -> int:
    """Write movements to MongoDB, then mark them as relayed."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), store.BATCH):
        batch = wanted[start : start + store.BATCH]
        store.add(COLLECTION, by_id(session, batch))
        _mark(session, batch)
    return len(wanted)


def mark_waiting(session: Session) -> Iterator[int]:
    """Mark every waiting movement as relayed, before `documents` writes them all. Tells how many after each batch."""
    last = 0
    waits = select(StockMovement.id).where(StockMovement.relayed_at.is_(None)).order_by(StockMovement.id)
    while ids := session.scalars(waits.where(StockMovement.id > last).limit(_AT_ONCE)).all():
        _mark(session, ids)
        last = ids[-1]
        yield len(ids)


def documents(session: Session) -> Iterator[list[StockMovementDocument]]:
    """Every movement that was relayed."""
    relayed = _rows().where(StockMovement.relayed_at.is_not(None)).order_by(StockMovement.id)
    for rows in session.execute(relayed.execution_options(yield_per=store.BATCH)).partitions():
        yield [_document(row) for row in rows]


def by_id(session: Session, ids: Iterable[int]) -> list[StockMovementDocument]:
    return [_document(row) for row in session.execute(_rows().where(StockMovement.id.in_(ids)))]


def count(session: Session) -> int:
    return session.scalar(select(func.count()).where(StockMovement.relayed_at.is_not(None))) or 0


def waiting(session: Session) -> int:
    return session.scalar(select(func.count()).where(StockMovement.relayed_at.is_(None))) or 0


def _mark(session: Session, ids: Sequence[int]) -> None:
    """All in one statement, however many they are."""
    session.execute(
        update(StockMovement)
        .where(StockMovement.id == func.any(bindparam("ids", list(ids), ARRAY(BigInteger))))
        .values(relayed_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _rows() -> Select[*tuple[Any, ...]]:
    moved = (StockMovement.id, StockMovement.change, StockMovement.on_hand_after, StockMovement.reason)
    told = (StockMovement.reference, StockMovement.moved_at)
    batch = (StockMovement.batch_id, Batch.number, Batch.unit_cost, Batch.medicine_id, Medicine.name)
    return select(*moved, *told, *batch).join(StockMovement.batch).join(Batch.medicine)


def _document(row: Row[*tuple[Any, ...]]) -> StockMovementDocument:
    kind = _TYPES[row.reason]
    return {
        "_id": row.id,
        "medicine": {"id": row.medicine_id, "name": row.name},
        "batch_id": row.batch_id,
        "batch_number": row.number,
        "movement_type": kind,
        "quantity": row.change if kind == "ADJUSTMENT" else abs(row.change),
        "change": row.change,
        "on_hand_after": row.on_hand_after,
        "reason": row.reason.value,
        "reference": row.reference,
        "unit_cost": money(row.unit_cost),
        "timestamp": instant(row.moved_at),
    }
