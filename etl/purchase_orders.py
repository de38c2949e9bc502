"""PostgreSQL purchase_orders → MongoDB purchase_orders, one document for each, with what came of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core import clock
from core.analytics.documents import PurchaseOrderDocument, midnight, money
from core.models import Batch, PurchaseOrder, PurchaseOrderLine
from etl import making

COLLECTION = "purchase_orders"


def remake(session: Session, ids: Iterable[int]) -> int:
    return making.again(COLLECTION, ids, partial(by_id, session))


def documents(session: Session) -> Iterator[list[PurchaseOrderDocument]]:
    every = select(PurchaseOrder.id).order_by(PurchaseOrder.id)
    return making.every(session, every, partial(by_id, session))


def by_id(session: Session, ids: Iterable[int]) -> list[PurchaseOrderDocument]:
    """Three statements, however many orders."""
    ids = list(ids)
    arrived = _arrived(session, ids)
    orders = (
        select(PurchaseOrder)
        .options(joinedload(PurchaseOrder.supplier), selectinload(PurchaseOrder.lines))
        .where(PurchaseOrder.id.in_(ids))
        .order_by(PurchaseOrder.id)
        .execution_options(populate_existing=True)
    )
    return [_document(order, arrived[order.id]) for order in session.scalars(orders)]


def count(session: Session) -> int:
    return session.scalar(select(func.count(PurchaseOrder.id))) or 0


def _document(order: PurchaseOrder, arrived: Sequence[date]) -> PurchaseOrderDocument:
    return {
        "_id": order.id,
        "number": order.number,
        "date": midnight(clock.day_of(order.ordered_at)),
        "supplier": {"id": order.supplier_id, "name": order.supplier.name},
        "state": order.state.value,
        "expected_on": midnight(order.expected_on),
        "arrived_on": [midnight(day) for day in arrived],
        "lines": len(order.lines),
        "ordered_units": sum(line.quantity for line in order.lines),
        "received_units": sum(line.received for line in order.lines),
        "short_units": sum(max(line.quantity - line.received, 0) for line in order.lines),
        "ordered_value": money(sum(line.quantity * line.unit_cost for line in order.lines)),
    }


def _arrived(session: Session, ids: Sequence[int]) -> Mapping[int, list[date]]:
    """The days on which something of an order came."""
    rows = session.execute(
        select(PurchaseOrderLine.purchase_order_id, Batch.received_on)
        .join(Batch, Batch.purchase_order_line_id == PurchaseOrderLine.id)
        .where(PurchaseOrderLine.purchase_order_id.in_(ids))
        .distinct()
        .order_by(Batch.received_on)
    )
    found: dict[int, list[date]] = defaultdict(list)
    for order, day in rows:
        found[order].append(day)
    return found
