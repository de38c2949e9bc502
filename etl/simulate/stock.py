"""The shelf: what was received in batches is handed over oldest first, and written off once it has expired."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random

from core import inventory
from core.inventory import Pick
from core.models import Batch, Medicine, MovementReason, StockMovement
from etl.simulate.losses import Losses
from etl.simulate.moments import Making
from etl.simulate.ordering import Line, Order, Orders

_MEMORY = 0.94  # how much of yesterday's idea of daily use is kept
_BATCH = (
    *("id", "medicine_id", "supplier_id", "number", "received_on", "expires_on", "unit_cost", "on_hand"),
    *("purchase_order_line_id", "delivery_note", "blocked_at", "block_reason", "blocked_by_id"),
)


class Shelf:
    """`use` is a first idea of how many units of each medicine (by id) a day takes."""

    def __init__(self, making: Making, use: Mapping[int, float], dice: Random) -> None:
        self._rows, self._dice, self._setting = making.rows, dice, making.setting
        self._pharmacist, self._order = making.setting.pharmacist, making.setting.profile.stock_order
        self._use = dict(use)
        self._today: dict[int, int] = dict.fromkeys(use, 0)
        self._usable: dict[int, list[Batch]] = {medicine_id: [] for medicine_id in use}
        self._batches: list[Batch] = []
        self._others = _alike(making.setting.medicines.values())
        self._orders = Orders(making, dice)
        self._losses = Losses(making, self, dice)

    def open(self, medicines: Iterable[Medicine], at: datetime, on: date) -> None:
        """About a month's stock on the morning of the first day."""
        wanted = [(medicine, self._use[medicine.id]) for medicine in medicines]
        self._orders.place(wanted, at - timedelta(days=4), on, comes_on=on)
        self.morning(at, on)

    def morning(self, at: datetime, on: date) -> None:
        """Deliveries are taken in, and what cannot be handed over any more goes."""
        for order, line, quantity in self._orders.arriving(at, on):
            self._receive(order, line, quantity, at, on)
        self._write_off(at + timedelta(minutes=10), on)
        self._losses.of_day(at + timedelta(minutes=15), on)
        for medicine_id, batches in self._usable.items():
            if batches:
                self._usable[medicine_id] = [batch for batch in batches if batch.on_hand and _may_go_out(batch, on)]

    def evening(self, medicines: Iterable[Medicine], at: datetime, on: date) -> None:
        """Learn from the day and order for the coming weeks."""
        coming, wanted = self._orders.coming(), []
        for medicine in medicines:
            number = medicine.id
            self._use[number] = _MEMORY * self._use[number] + (1 - _MEMORY) * self._today[number]
            self._today[number] = 0
            held = sum(batch.on_hand for batch in self._usable[number])
            few = held + coming[number] < self._use[number] * 9
            if few and self._dice.random() < 0.75:  # now and then forgotten
                wanted.append((medicine, self._use[number]))
        self._orders.place(wanted, at, on)

    def take(self, medicine_id: int, wanted: int, at: datetime, bill: str) -> list[Pick]:
        """Hand over as much as there is by the clinic's order of batches; then of one of the same kind and price."""
        self._today[medicine_id] += wanted
        picks = inventory.plan(self._usable[medicine_id], wanted, self._order)
        for other in self._others[medicine_id]:
            missing = wanted - sum(pick.quantity for pick in picks)
            picks += inventory.plan(self._usable[other], missing, self._order) if missing else []
        for pick in picks:
            self.move(pick.batch, -pick.quantity, MovementReason.DISPENSED, at, reference=bill)
        return picks

    def put_back(self, batch: Batch, quantity: int, at: datetime, bill: str, *, usable: bool) -> None:
        """Brought back; a batch that was used up is on the shelf again."""
        self.move(batch, quantity, MovementReason.RETURNED, at, reference=bill)
        if not usable:
            note = "Came back and cannot be used again"
            self.move(batch, -quantity, MovementReason.WRITTEN_OFF, at, note, bill)
        elif batch not in self._usable[batch.medicine_id] and not batch.blocked_at:
            self._usable[batch.medicine_id].append(batch)

    def on_shelf(self) -> Iterator[Batch]:
        """What may be handed over."""
        return (batch for batches in self._usable.values() for batch in batches if batch.on_hand)

    def finish(self) -> None:
        """Write the batches as they are now, and the orders that are still open."""
        for batch in self._batches:
            self._rows.add(Batch, **{name: getattr(batch, name) for name in _BATCH})
        self._orders.finish()

    def move(
        self, batch: Batch, change: int, reason: MovementReason, at: datetime, note: str = "", reference: str = ""
    ) -> None:
        batch.on_hand += change
        self._rows.add(
            StockMovement,
            batch_id=batch.id,
            change=change,
            on_hand_after=batch.on_hand,
            reason=reason.value,
            note=note,
            reference=reference,
            moved_at=at,
            moved_by_id=self._pharmacist.user_id,
        )

    def _receive(self, order: Order, line: Line, quantity: int, at: datetime, on: date) -> None:
        # Most lasts for years; some was bought cheap because it does not.
        dice = self._dice
        life = dice.randint(20, 100) if dice.random() < 0.15 else dice.randint(240, 900)
        number = self._rows.take(Batch)
        batch = Batch(
            id=number,
            medicine_id=line.medicine.id,
            supplier_id=order.supplier.id,
            number=f"{dice.choice('ABCDEGHKLMNPRST')}{dice.randrange(100):02d}{number:05d}",
            received_on=on,
            expires_on=on + timedelta(days=life),
            unit_cost=line.unit_cost,
            on_hand=0,
            purchase_order_line_id=line.line_id,
            delivery_note=order.delivery_note,
            block_reason="",
        )
        self._batches.append(batch)
        self._usable[batch.medicine_id].append(batch)
        self.move(batch, quantity, MovementReason.RECEIVED, at, reference=order.number)
        changes = {"number": batch.number, "on_hand": quantity}
        self._rows.note(at, self._pharmacist, "batch.received", (Batch, number), changes)

    def _write_off(self, at: datetime, on: date) -> None:
        for batch in self.on_shelf():
            if batch.expires_on < on:
                self.move(batch, -batch.on_hand, MovementReason.EXPIRED, at)
                self._rows.note(at, self._pharmacist, "batch.written_off", (Batch, batch.id), {"on_hand": 0})


def _may_go_out(batch: Batch, on: date) -> bool:
    return batch.expires_on >= on and batch.blocked_at is None


def _alike(medicines: Iterable[Medicine]) -> Mapping[int, list[int]]:
    """By medicine, those that stand in for it at the same price."""
    kinds: dict[object, list[int]] = defaultdict(list)
    for medicine in medicines:
        kinds[medicine.generic, medicine.strength, medicine.form, medicine.pack_size, medicine.price].append(
            medicine.id
        )
    return {one: [other for other in same if other != one] for same in kinds.values() for one in same}
