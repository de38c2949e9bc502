"""What is ordered, each medicine from whom it usually comes: most arrives in time, some late, short or never."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from core.models import Medicine, PurchaseOrder, PurchaseOrderLine, PurchaseOrderState, Supplier
from etl.simulate.moments import Making

_DAYS_WANTED = 32  # of use, in one order
_LATE, _SHORT, _NEVER = 0.09, 0.07, 0.02  # of the orders; what is missing of a line comes later, or does not


@dataclass(slots=True)
class Line:
    line_id: int
    medicine: Medicine
    quantity: int
    unit_cost: Decimal
    received: int = 0


@dataclass(slots=True)
class Order:
    """`comes_on` is when the next delivery arrives, None if none will; `short` of it is left for a second one."""

    order_id: int
    number: str
    supplier: Supplier
    lines: list[Line]
    ordered_at: datetime
    expected_on: date
    comes_on: date
    never: bool = False
    short: bool = False
    delivery_note: str = ""
    state: PurchaseOrderState = PurchaseOrderState.ORDERED
    ended_at: datetime | None = None
    end_reason: str = ""

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None


class Orders:
    def __init__(self, making: Making, dice: Random) -> None:
        self._making, self._dice, self._by = making, dice, making.setting.pharmacist
        self._open: list[Order] = []
        self._notes: Counter[int] = Counter()  # delivery notes by supplier

    def place(
        self, wanted: Iterable[tuple[Medicine, float]], at: datetime, on: date, comes_on: date | None = None
    ) -> None:
        """One order to each supplier. Medicines come with what a day uses of them."""
        by_supplier: dict[int, list[Line]] = defaultdict(list)
        for medicine, use in wanted:
            by_supplier[medicine.supplier_id or 0].append(self._line(medicine, use))
        for supplier in self._making.setting.suppliers:
            if lines := by_supplier.get(supplier.id):
                self._place(supplier, lines, at, on, comes_on)

    def coming(self) -> Counter[int]:
        """Units by medicine that are still to come."""
        coming: Counter[int] = Counter()
        for order in self._open:
            for line in order.lines:
                coming[line.medicine.id] += max(line.quantity - line.received, 0)
        return coming

    def arriving(self, at: datetime, on: date) -> Iterator[tuple[Order, Line, int]]:
        """What comes today, with how many units; orders that are over by it are written."""
        for order in self._open:
            if order.comes_on > on:
                continue
            if order.never:
                self._end(order, at, PurchaseOrderState.CANCELLED, "The supplier cannot deliver it")
                continue
            self._notes[order.supplier.id] += 1
            order.delivery_note = f"DN-{order.supplier.id}-{self._notes[order.supplier.id]:05d}"
            for line in order.lines:
                if quantity := self._quantity(order, line):
                    line.received += quantity
                    yield order, line, quantity
            self._after_delivery(order, at, on)
        self._open = [order for order in self._open if not order.is_over]

    def finish(self) -> None:
        for order in self._open:
            self._write(order)

    def _line(self, medicine: Medicine, use: float) -> Line:
        least = 40 if medicine.pack_size == 1 else 8
        quantity = max(least, round(use * _DAYS_WANTED * self._dice.uniform(0.8, 1.25) / 10) * 10)
        cost = self._making.setting.prices.cost(medicine.price * self._dice.randint(58, 82) / 100)
        return Line(self._making.rows.take(PurchaseOrderLine), medicine, quantity, cost)

    def _place(self, supplier: Supplier, lines: Sequence[Line], at: datetime, on: date, comes_on: date | None) -> None:
        number = self._making.rows.take(PurchaseOrder)
        promised = comes_on or on + timedelta(days=supplier.lead_days)
        order = Order(number, f"PO-{number:06d}", supplier, list(lines), at, promised, promised)
        chance = self._dice.random()
        if comes_on is None and chance < _LATE:
            order.comes_on += timedelta(days=self._dice.randint(3, 12))
        elif comes_on is None and chance < _LATE + _SHORT:
            order.short = True
        elif comes_on is None and chance < _LATE + _SHORT + _NEVER:
            order.never, order.comes_on = True, promised + timedelta(days=2)
        self._open.append(order)
        self._making.rows.note(
            at, self._by, "purchase_order.ordered", (PurchaseOrder, number), {"number": order.number}
        )

    def _quantity(self, order: Order, line: Line) -> int:
        left = line.quantity - line.received
        return left * self._dice.randint(5, 9) // 10 if order.short and left > 1 else left

    def _after_delivery(self, order: Order, at: datetime, on: date) -> None:
        if all(line.received >= line.quantity for line in order.lines):
            self._end(order, at, PurchaseOrderState.RECEIVED)
        elif self._dice.random() < 0.3:
            self._end(order, at, PurchaseOrderState.RECEIVED, "The rest is not made any more")
        else:
            order.short, order.comes_on = False, on + timedelta(days=self._dice.randint(3, 9))

    def _end(self, order: Order, at: datetime, state: PurchaseOrderState, reason: str = "") -> None:
        order.state, order.ended_at, order.end_reason = state, at, reason
        event = "cancelled" if state is PurchaseOrderState.CANCELLED else "closed" if reason else "delivered"
        which = (PurchaseOrder, order.order_id)
        self._making.rows.note(at, self._by, f"purchase_order.{event}", which, {"state": state.value})
        self._write(order)

    def _write(self, order: Order) -> None:
        rows = self._making.rows
        rows.add(
            PurchaseOrder,
            id=order.order_id,
            number=order.number,
            supplier_id=order.supplier.id,
            state=order.state.value,
            ordered_by_id=self._by.user_id,
            ordered_at=order.ordered_at,
            expected_on=order.expected_on,
            ended_at=order.ended_at,
            end_reason=order.end_reason,
        )
        for line in order.lines:
            rows.add(
                PurchaseOrderLine,
                id=line.line_id,
                purchase_order_id=order.order_id,
                medicine_id=line.medicine.id,
                quantity=line.quantity,
                received=line.received,
                unit_cost=line.unit_cost,
            )
