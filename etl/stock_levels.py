"""PostgreSQL medicines and batches → MongoDB stock_levels: one document per medicine, with what is on hand."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from core.analytics.documents import BatchLevel, StockLevel, instant, midnight, money
from core.models import (
    Batch,
    Medicine,
    MovementReason,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderState,
    StockMovement,
    Supplier,
)
from etl import making

COLLECTION = "stock_levels"


class _Source(NamedTuple):
    name: str
    lead_days: int | None


_UNKNOWN = _Source("", None)


def remake(session: Session, ids: Iterable[int]) -> int:
    """A medicine may be withdrawn, but is never taken away."""
    return making.again(COLLECTION, ids, partial(by_id, session))


def documents(session: Session) -> Iterator[list[StockLevel]]:
    every = select(Medicine.id).order_by(Medicine.id)
    return making.every(session, every, partial(by_id, session))


def by_id(session: Session, ids: Iterable[int]) -> list[StockLevel]:
    """Five statements, however many medicines."""
    ids = list(ids)
    batches, suppliers = _batches(session, ids), _suppliers(session, ids)
    dispensed, on_order = _last_dispensed(session, ids), _on_order(session, ids)
    columns = (Medicine.id, Medicine.name, Medicine.generic, Medicine.unit, Medicine.reorder_level, Medicine.price)
    kept = select(*columns, Medicine.is_controlled, Medicine.withdrawn_at).where(Medicine.id.in_(ids))
    rows = session.execute(kept.order_by(Medicine.id))
    return [
        {
            "_id": row.id,
            "name": row.name,
            "generic": row.generic,
            "unit": row.unit,
            "reorder_level": row.reorder_level,
            "price": money(row.price),
            "withdrawn": row.withdrawn_at is not None,
            "controlled": row.is_controlled,
            "supplier": suppliers.get(row.id, _UNKNOWN).name,
            "lead_days": suppliers.get(row.id, _UNKNOWN).lead_days,
            "on_order": on_order.get(row.id, 0),
            "last_dispensed": dispensed.get(row.id),
            "batches": batches[row.id],
        }
        for row in rows
    ]


def count(session: Session) -> int:
    return session.scalar(select(func.count(Medicine.id))) or 0


def _batches(session: Session, ids: Sequence[int]) -> Mapping[int, list[BatchLevel]]:
    """What is on hand, oldest delivery first."""
    found: dict[int, list[BatchLevel]] = defaultdict(list)
    columns = (Batch.medicine_id, Batch.id, Batch.number, Batch.received_on, Batch.expires_on, Batch.on_hand)
    on_hand = select(*columns, Batch.unit_cost, Batch.blocked_at).where(Batch.medicine_id.in_(ids), Batch.on_hand > 0)
    for row in session.execute(on_hand.order_by(Batch.received_on, Batch.id)):
        found[row.medicine_id].append(
            {
                "id": row.id,
                "number": row.number,
                "received_on": midnight(row.received_on),
                "expires_on": midnight(row.expires_on),
                "on_hand": row.on_hand,
                "unit_cost": money(row.unit_cost),
                "blocked": row.blocked_at is not None,
            }
        )
    return found


def _suppliers(session: Session, ids: Sequence[int]) -> dict[int, _Source]:
    """Whom a medicine is usually ordered from, else who sent its newest batch."""
    newest = (
        select(Batch.supplier_id)
        .where(Batch.medicine_id == Medicine.id)
        .order_by(Batch.received_on.desc(), Batch.id.desc())
        .limit(1)
        .lateral()
    )
    rows = session.execute(
        select(Medicine.id, Supplier.name, Supplier.lead_days)
        .select_from(Medicine)
        .outerjoin(newest, true())
        .join(Supplier, Supplier.id == func.coalesce(Medicine.supplier_id, newest.c.supplier_id))
        .where(Medicine.id.in_(ids))
    )
    return {medicine: _Source(name, days) for medicine, name, days in rows}


def _on_order(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Units that open orders still have to bring."""
    missing = func.sum(func.greatest(PurchaseOrderLine.quantity - PurchaseOrderLine.received, 0))
    rows = session.execute(
        select(PurchaseOrderLine.medicine_id, missing)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .where(PurchaseOrder.state == PurchaseOrderState.ORDERED, PurchaseOrderLine.medicine_id.in_(ids))
        .group_by(PurchaseOrderLine.medicine_id)
    )
    return {medicine: int(units) for medicine, units in rows}


def _last_dispensed(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """The last of each batch, by the index on its movements."""
    last = (
        select(StockMovement.moved_at)
        .where(StockMovement.batch_id == Batch.id, StockMovement.reason == MovementReason.DISPENSED)
        .order_by(StockMovement.moved_at.desc())
        .limit(1)
        .lateral()
    )
    rows = session.execute(
        select(Batch.medicine_id, func.max(last.c.moved_at))
        .select_from(Batch)
        .join(last, true())
        .where(Batch.medicine_id.in_(ids))
        .group_by(Batch.medicine_id)
    )
    return {medicine: instant(moment) for medicine, moment in rows}
