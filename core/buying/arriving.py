"""Goods that come in against an order."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, inventory
from core.buying.orders import end_if_all_came, open_order
from core.errors import NotFound
from core.inventory import BatchRecord, Delivery
from core.models import PurchaseOrderLine, Supplier
from core.permissions import Actor, Permission, require


def receive(session: Session, actor: Actor, line_id: int, delivery: Delivery) -> BatchRecord:
    """Take a batch of an ordered medicine into stock; with the last units that were missing the order is over.

    More or less than was ordered may come, in several batches; whoever delivers is the order's supplier. Raises
    OrderOver and what `inventory.receive` refuses.
    """
    require(actor, Permission.MANAGE_STOCK)
    order_id = session.scalar(select(PurchaseOrderLine.purchase_order_id).where(PurchaseOrderLine.id == line_id))
    if order_id is None:
        raise NotFound("line of an order", line_id)
    ordered = open_order(session, order_id)
    line = next(line for line in ordered.lines if line.id == line_id)
    supplier = session.get_one(Supplier, ordered.supplier_id).name
    came = replace(delivery, supplier=supplier)
    batch = inventory.receive(session, actor, line.medicine_id, came, line=line, reference=ordered.number)
    changes: audit.Changes = {f"received_{line.id}": (line.received, line.received + delivery.quantity)}
    line.received += delivery.quantity
    before = ordered.state
    end_if_all_came(ordered)
    if ordered.state is not before:
        changes["state"] = (before, ordered.state)
    audit.record(session, actor, audit.UPDATE, "purchase_order.delivered", ordered, changes)
    return batch
