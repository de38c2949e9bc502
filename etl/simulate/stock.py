"""The shelf: ordered by what was used, received in batches, handed over oldest first, written off."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from core import inventory
from core.inventory import Pick
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
from etl.simulate.moments import Making

_SUPPLIERS = (("Sanjivani Distributors", 2), ("Metro Pharma Traders", 4), ("Health First Agencies", 6))
_DAYS_WANTED = 32  # of use, in one order
_MEMORY = 0.94  # how much of yesterday's idea of daily use is kept


@dataclass(slots=True)
class _Ordered:
    order_id: int
    number: str
    medicine: Medicine
    supplier: int
    quantity: int
    unit_cost: Decimal
    ordered_at: datetime
    expected_on: date
    arrives_on: date
    arrived_at: datetime | None = None


class Shelf:
    """`use` is a first idea of how many units of each medicine (by id) a day takes."""

    def __init__(self, making: Making, use: Mapping[int, float]) -> None:
        self._rng, self._rows, self._setting = making.rng, making.rows, making.setting
        self._pharmacist, self._order = making.setting.pharmacist, making.setting.profile.stock_order
        self._use = dict(use)
        self._today: dict[int, int] = dict.fromkeys(use, 0)
        self._usable: dict[int, list[Batch]] = {medicine_id: [] for medicine_id in use}
        self._batches: list[Batch] = []
        self._orders: list[_Ordered] = []
        self._suppliers: list[int] = []
        self._counted = 0  # the month of the last stock count

    def open(self, medicines: Iterable[Medicine], at: datetime, on: date) -> None:
        """Six weeks' stock on the morning of the first day."""
        for name, lead in _SUPPLIERS:
            phone = f"+91332{self._rng.randrange(10**7):07d}"
            self._suppliers.append(self._rows.add(Supplier, name=name, phone=phone, lead_days=lead))
        for medicine in medicines:
            self._place_order(medicine, at - timedelta(days=4), on, on)
        self.morning(at, on)

    def morning(self, at: datetime, on: date) -> None:
        """Deliveries are taken in, what has expired is written off, and what runs low is ordered."""
        for ordered in self._orders:
            if not ordered.arrived_at and ordered.arrives_on <= on:
                self._receive(ordered, at, on)
        self._write_off(at + timedelta(minutes=10), on)
        if on.month != self._counted:
            self._counted = on.month
            self._count(at + timedelta(minutes=20))
        for medicine_id, batches in self._usable.items():
            if batches:
                self._usable[medicine_id] = [batch for batch in batches if batch.on_hand and batch.expires_on >= on]

    def evening(self, medicines: Iterable[Medicine], at: datetime, on: date) -> None:
        """Learn from the day and order for the coming weeks."""
        for medicine in medicines:
            number = medicine.id
            self._use[number] = _MEMORY * self._use[number] + (1 - _MEMORY) * self._today[number]
            self._today[number] = 0
            coming = sum(o.quantity for o in self._orders if o.medicine is medicine and not o.arrived_at)
            held = sum(batch.on_hand for batch in self._usable[number])
            if held + coming < self._use[number] * 9 and self._rng.random() < 0.75:  # now and then forgotten
                self._place_order(medicine, at, on, None)
        self._orders = [ordered for ordered in self._orders if not ordered.arrived_at or self._close(ordered)]

    def take(self, medicine_id: int, wanted: int, at: datetime) -> list[Pick]:
        """Hand over as much as there is, by the clinic's order of batches."""
        self._today[medicine_id] += wanted
        picks = inventory.plan(self._usable[medicine_id], wanted, self._order)
        for pick in picks:
            self._move(pick.batch, -pick.quantity, MovementReason.DISPENSED, at)
        return picks

    def put_back(self, batch: Batch, quantity: int, at: datetime) -> None:
        """Brought back; a batch that was used up is on the shelf again."""
        self._move(batch, quantity, MovementReason.RETURNED, at)
        if batch not in self._usable[batch.medicine_id]:
            self._usable[batch.medicine_id].append(batch)

    def finish(self) -> None:
        """Write the batches as they are now, and the orders that are still open."""
        for batch in self._batches:
            names = ("id", "medicine_id", "supplier_id", "number", "received_on", "expires_on", "unit_cost", "on_hand")
            self._rows.add(Batch, **{name: getattr(batch, name) for name in names})
        for ordered in self._orders:
            self._close(ordered)

    def _place_order(self, medicine: Medicine, at: datetime, on: date, arrives_on: date | None) -> None:
        place = self._rng.randrange(len(_SUPPLIERS))
        late = self._rng.randint(5, 12) if self._rng.random() < 0.07 else 0
        promised = on + timedelta(days=_SUPPLIERS[place][1])
        arrives_on = arrives_on or promised + timedelta(days=late)
        least = 40 if medicine.pack_size == 1 else 8
        quantity = max(least, round(self._use[medicine.id] * _DAYS_WANTED * self._rng.uniform(0.8, 1.25) / 10) * 10)
        number = self._rows.take(PurchaseOrder)
        cost = self._setting.prices.cost(medicine.price * self._rng.randint(58, 82) / 100)
        self._orders.append(
            _Ordered(
                number, f"PO-{number:06d}", medicine, self._suppliers[place], quantity, cost, at, promised, arrives_on
            )
        )

    def _close(self, ordered: _Ordered) -> bool:
        """Write the order; always False, so that it leaves the list."""
        state = PurchaseOrderState.RECEIVED if ordered.arrived_at else PurchaseOrderState.ORDERED
        self._rows.add(
            PurchaseOrder,
            id=ordered.order_id,
            number=ordered.number,
            supplier_id=ordered.supplier,
            state=state.value,
            ordered_by_id=self._pharmacist.user_id,
            ordered_at=ordered.ordered_at,
            expected_on=ordered.expected_on,
            ended_at=ordered.arrived_at,
        )
        self._rows.add(
            PurchaseOrderLine,
            purchase_order_id=ordered.order_id,
            medicine_id=ordered.medicine.id,
            quantity=ordered.quantity,
            received=ordered.quantity if ordered.arrived_at else 0,
            unit_cost=ordered.unit_cost,
        )
        return False

    def _receive(self, ordered: _Ordered, at: datetime, on: date) -> None:
        ordered.arrived_at = at
        # Most lasts for years; some was bought cheap because it does not.
        life = self._rng.randint(20, 100) if self._rng.random() < 0.15 else self._rng.randint(240, 900)
        number = self._rows.take(Batch)
        batch = Batch(
            id=number,
            medicine_id=ordered.medicine.id,
            supplier_id=ordered.supplier,
            number=f"{self._rng.choice('ABCDEGHKLMNPRST')}{self._rng.randrange(100):02d}{number:05d}",
            received_on=on,
            expires_on=on + timedelta(days=life),
            unit_cost=ordered.unit_cost,
            on_hand=0,
        )
        self._batches.append(batch)
        self._usable[batch.medicine_id].append(batch)
        self._move(batch, ordered.quantity, MovementReason.RECEIVED, at)
        changes = {"number": batch.number, "on_hand": ordered.quantity}
        self._rows.note(at, self._pharmacist, "batch.received", (Batch, number), changes)

    def _write_off(self, at: datetime, on: date) -> None:
        for batches in self._usable.values():
            for batch in batches:
                if batch.on_hand and batch.expires_on < on:
                    self._move(batch, -batch.on_hand, MovementReason.EXPIRED, at)
                    self._rows.note(at, self._pharmacist, "batch.written_off", (Batch, batch.id), {"on_hand": 0})

    def _count(self, at: datetime) -> None:
        """Once a month: here and there a few units are broken, missing or found again."""
        for batch in (batch for batches in self._usable.values() for batch in batches):
            change = self._rng.choice((-3, -2, -2, -1, -1, 1))
            if self._rng.random() < 0.06 and batch.on_hand + change >= 0:
                self._move(batch, change, MovementReason.ADJUSTED, at, "Stock count")
                self._rows.note(at, self._pharmacist, "batch.adjusted", (Batch, batch.id), {"on_hand": batch.on_hand})

    def _move(self, batch: Batch, change: int, reason: MovementReason, at: datetime, note: str = "") -> None:
        batch.on_hand += change
        self._rows.add(
            StockMovement,
            batch_id=batch.id,
            change=change,
            on_hand_after=batch.on_hand,
            reason=reason.value,
            note=note,
            moved_at=at,
            moved_by_id=self._pharmacist.user_id,
        )
