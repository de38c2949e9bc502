"""Purchase orders: what was ordered from whom, until it has come or will not come any more."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from core import audit, clock, fields
from core.buying import suppliers
from core.buying.records import OrderLine, OrderRecord, is_closed_short, shown
from core.errors import Conflict, NotFound, check, listed
from core.inventory.medicines import MedicineWithdrawn, count_problem
from core.models import Medicine, PurchaseOrder, PurchaseOrderLine, PurchaseOrderState
from core.permissions import Actor, Permission, require
from core.words import later, say

MOST_LINES = 200
_LONGEST_WAIT = timedelta(days=730)

_OVER = {
    PurchaseOrderState.RECEIVED: later("{number} is received already."),
    PurchaseOrderState.CANCELLED: later("{number} is cancelled already."),
}
_CLOSED = later("{number} is closed already: the rest will not come.")


class OrderOver(Conflict):
    def __init__(self, ordered: PurchaseOrder) -> None:
        over = _CLOSED if is_closed_short(ordered) else _OVER[ordered.state]
        super().__init__(say(over, number=ordered.number))


class SomethingCame(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(say("A part of {number} has come. What is still missing can be closed.", number=number))


class NothingCame(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(say("Nothing of {number} has come yet. It can be cancelled.", number=number))


def order(
    session: Session, actor: Actor, supplier_id: int, lines: Sequence[OrderLine], expected_on: date, note: str = ""
) -> OrderRecord:
    """Raises SupplierWithdrawn, MedicineWithdrawn or Invalid."""
    require(actor, Permission.MANAGE_STOCK)
    supplier, note = suppliers.kept(session, supplier_id), fields.line(note)
    _check(session, lines, expected_on, note)
    # The number carries the id, which is therefore taken before the row is written.
    order_id = session.scalars(select(func.nextval(func.pg_get_serial_sequence("purchase_orders", "id")))).one()
    placed = PurchaseOrder(
        id=order_id,
        number=f"PO-{order_id:06d}",
        supplier_id=supplier.id,
        ordered_by_id=actor.user_id,
        ordered_at=clock.now(),
        expected_on=expected_on,
        note=note,
        lines=[PurchaseOrderLine(**_columns(line)) for line in lines],
    )
    session.add(placed)
    changes: audit.Changes = {"number": (None, placed.number), "lines": (None, _told(placed.lines))}
    audit.record(session, actor, audit.CREATE, "purchase_order.ordered", placed, changes)
    return shown(session, order_id)


def change(
    session: Session, actor: Actor, order_id: int, lines: Sequence[OrderLine], expected_on: date, note: str = ""
) -> OrderRecord:
    """Its lines become these. What has come stays: no line of it can be dropped, or be less than that.

    Raises OrderOver, MedicineWithdrawn or Invalid.
    """
    require(actor, Permission.MANAGE_STOCK)
    changed, note = open_order(session, order_id), fields.line(note)
    there = {line.medicine_id: line for line in changed.lines}
    _check(session, lines, expected_on, note, known=there)
    wanted = {line.medicine_id: line for line in lines}
    _refuse_less_than_came(session, there.values(), wanted)
    before = _told(changed.lines)
    for medicine_id in there.keys() - wanted.keys():
        changed.lines.remove(there[medicine_id])
        session.delete(there[medicine_id])
    for medicine_id, line in wanted.items():
        if medicine_id in there:
            audit.assign(there[medicine_id], **_columns(line))
        else:
            changed.lines.append(PurchaseOrderLine(received=0, **_columns(line)))
    changes = audit.assign(changed, expected_on=expected_on, note=note)
    if before != _told(changed.lines):
        changes["lines"] = (before, _told(changed.lines))
    end_if_all_came(changed)
    audit.record(session, actor, audit.UPDATE, "purchase_order.changed", changed, changes)
    return shown(session, order_id)


def cancel(session: Session, actor: Actor, order_id: int, reason: str) -> OrderRecord:
    """Nothing of it will come. Raises OrderOver, SomethingCame or Invalid."""
    require(actor, Permission.MANAGE_STOCK)
    cancelled = open_order(session, order_id)
    if any(line.received for line in cancelled.lines):
        raise SomethingCame(cancelled.number)
    return _ended(session, actor, cancelled, PurchaseOrderState.CANCELLED, reason)


def close_short(session: Session, actor: Actor, order_id: int, reason: str) -> OrderRecord:
    """The rest of it will not come. Raises OrderOver, NothingCame or Invalid."""
    require(actor, Permission.MANAGE_STOCK)
    closed = open_order(session, order_id)
    if not any(line.received for line in closed.lines):
        raise NothingCame(closed.number)
    return _ended(session, actor, closed, PurchaseOrderState.RECEIVED, reason)


def open_order(session: Session, order_id: int) -> PurchaseOrder:
    """Locked until commit: two people who receive it, or change it, do so one after the other. Raises OrderOver."""
    found = session.get(
        PurchaseOrder,
        order_id,
        with_for_update=True,
        populate_existing=True,
        options=[selectinload(PurchaseOrder.lines)],
    )
    if found is None:
        raise NotFound("purchase order", order_id)
    if found.state is not PurchaseOrderState.ORDERED:
        raise OrderOver(found)
    return found


def end_if_all_came(ordered: PurchaseOrder) -> None:
    if all(line.received >= line.quantity for line in ordered.lines):
        ordered.state, ordered.ended_at = PurchaseOrderState.RECEIVED, clock.now()


def _ended(
    session: Session, actor: Actor, ordered: PurchaseOrder, state: PurchaseOrderState, reason: str
) -> OrderRecord:
    reason = fields.line(reason)
    check(reason=fields.required_problem(reason, say("The reason"), 500))
    changes = audit.assign(ordered, state=state, ended_at=clock.now(), end_reason=reason)
    event = "purchase_order.cancelled" if state is PurchaseOrderState.CANCELLED else "purchase_order.closed"
    audit.record(session, actor, audit.UPDATE, event, ordered, changes)
    return shown(session, ordered.id)


def _check(
    session: Session, lines: Sequence[OrderLine], expected_on: date, note: str, known: Collection[int] = ()
) -> None:
    """`known` are medicines that are ordered already: withdrawn meanwhile, they may stay."""
    rows = select(Medicine).where(Medicine.id.in_([line.medicine_id for line in lines]))
    medicines = {medicine.id: medicine for medicine in session.scalars(rows)}
    for line in lines:
        if line.medicine_id not in medicines:
            raise NotFound("medicine", line.medicine_id)
        if medicines[line.medicine_id].withdrawn_at and line.medicine_id not in known:
            raise MedicineWithdrawn(medicines[line.medicine_id].name)
    names = {medicine_id: medicine.name for medicine_id, medicine in medicines.items()}
    today = clock.today()
    soon = today <= expected_on <= today + _LONGEST_WAIT or known
    check(
        lines=_lines_problem(lines, names),
        expected_on=None if soon else say("The day it is expected must be today or one of the next two years."),
        note=fields.length_problem(note, say("The note"), 500),
    )


def _lines_problem(lines: Sequence[OrderLine], names: Mapping[int, str]) -> str | None:
    if not 1 <= len(lines) <= MOST_LINES:
        return say("An order has 1 to {most} lines.", most=MOST_LINES)
    often = Counter(line.medicine_id for line in lines)
    twice = sorted(names[medicine_id] for medicine_id, times in often.items() if times > 1)
    if twice:
        return say("{twice}: each medicine stands in an order once.", twice=listed(twice))
    return (
        " ".join(f"{names[line.medicine_id]}: {problem}" for line in lines if (problem := _line_problem(line))) or None
    )


def _line_problem(line: OrderLine) -> str | None:
    return count_problem(line.quantity, say("The quantity"), least=1) or fields.money_problem(
        line.unit_cost, say("The cost")
    )


def _refuse_less_than_came(
    session: Session, there: Iterable[PurchaseOrderLine], wanted: Mapping[int, OrderLine]
) -> None:
    came = {line.medicine_id: line.received for line in there if line.received}
    short = [i for i, received in came.items() if i not in wanted or wanted[i].quantity < received]
    names = session.execute(select(Medicine.id, Medicine.name).where(Medicine.id.in_(short)).order_by(Medicine.name))
    check(
        lines=" ".join(say("{name}: {came:,} have come already.", name=name, came=came[i]) for i, name in names) or None
    )


def _columns(line: OrderLine) -> dict[str, object]:
    return {"medicine_id": line.medicine_id, "quantity": line.quantity, "unit_cost": line.unit_cost}


def _told(lines: Iterable[PurchaseOrderLine]) -> list[list[int]]:
    """For the trail: medicine and units."""
    return sorted([line.medicine_id, line.quantity] for line in lines)
