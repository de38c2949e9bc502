"""Purchase orders as they are shown."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core import clock
from core.errors import NotFound
from core.models import Medicine, PurchaseOrder, PurchaseOrderLine, PurchaseOrderState, Supplier, User
from core.permissions import Actor, Permission, require


@dataclass(frozen=True)
class OrderLine:
    """What is wanted, in units of the medicine; `unit_cost` as agreed or as last paid."""

    medicine_id: int
    quantity: int
    unit_cost: Decimal


@dataclass(frozen=True)
class OrderLineRecord(OrderLine):
    line_id: int
    medicine: str
    unit: str
    received: int

    @property
    def left(self) -> int:
        """Units still to come; none where more came than was ordered."""
        return max(0, self.quantity - self.received)


@dataclass(frozen=True)
class OrderRecord:
    order_id: int
    number: str
    supplier_id: int
    supplier: str
    state: PurchaseOrderState
    ordered_on: date
    ordered_by: str
    expected_on: date
    note: str
    ended_on: date | None
    end_reason: str
    lines: tuple[OrderLineRecord, ...]

    @property
    def total(self) -> Decimal:
        """Of what was ordered, at the cost that is expected."""
        return sum((line.quantity * line.unit_cost for line in self.lines), Decimal(0))

    @property
    def is_late(self) -> bool:
        return self.state is PurchaseOrderState.ORDERED and self.expected_on < clock.today()

    @property
    def closed_short(self) -> bool:
        return is_closed_short(self)

    @property
    def came(self) -> bool:
        """Whether anything has."""
        return any(line.received for line in self.lines)


def is_closed_short(ordered: OrderRecord | PurchaseOrder) -> bool:
    """Whether a part has come and somebody said why the rest will not."""
    return ordered.state is PurchaseOrderState.RECEIVED and bool(ordered.end_reason)


def get(session: Session, actor: Actor, order_id: int) -> OrderRecord:
    """Raises NotFound."""
    require(actor, Permission.SEE_STOCK)
    return shown(session, order_id)


def list_orders(session: Session, actor: Actor, *, is_open: bool = True, limit: int = 100) -> list[OrderRecord]:
    """What is still expected, the earliest first; or what is over, the latest first."""
    require(actor, Permission.SEE_STOCK)
    if is_open:
        which = PurchaseOrder.state == PurchaseOrderState.ORDERED
        return _records(session, _orders().where(which).order_by(PurchaseOrder.expected_on, PurchaseOrder.id))
    which = PurchaseOrder.state != PurchaseOrderState.ORDERED
    over = _orders().where(which).order_by(PurchaseOrder.ended_at.desc(), PurchaseOrder.id.desc())
    return _records(session, over.limit(limit))


def shown(session: Session, order_id: int) -> OrderRecord:
    """Raises NotFound."""
    session.flush()
    found = _records(session, _orders().where(PurchaseOrder.id == order_id))
    if not found:
        raise NotFound("purchase order", order_id)
    return found[0]


def _orders() -> Select[PurchaseOrder, str, str]:
    return (
        select(PurchaseOrder, Supplier.name, User.name)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .join(User, User.id == PurchaseOrder.ordered_by_id)
    )


def _records(session: Session, orders: Select[PurchaseOrder, str, str]) -> list[OrderRecord]:
    rows = session.execute(orders).all()
    columns = (PurchaseOrderLine, Medicine.name, Medicine.unit)
    lines: dict[int, list[OrderLineRecord]] = {placed.id: [] for placed, *_ in rows}
    found = select(*columns).join(Medicine).where(PurchaseOrderLine.purchase_order_id.in_(lines))
    for line, medicine, unit in session.execute(found.order_by(func.lower(Medicine.name))):
        about = OrderLineRecord(line.medicine_id, line.quantity, line.unit_cost, line.id, medicine, unit, line.received)
        lines[line.purchase_order_id].append(about)
    return [_record(*row, tuple(lines[row[0].id])) for row in rows]


def _record(placed: PurchaseOrder, supplier: str, by: str, lines: tuple[OrderLineRecord, ...]) -> OrderRecord:
    return OrderRecord(
        placed.id,
        placed.number,
        placed.supplier_id,
        supplier,
        placed.state,
        clock.day_of(placed.ordered_at),
        by,
        placed.expected_on,
        placed.note,
        clock.day_of(placed.ended_at) if placed.ended_at else None,
        placed.end_reason,
        lines,
    )
