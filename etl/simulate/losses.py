"""How stock leaves the shelf without a patient: miscounted, broken, lent, sent back, recalled."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Protocol

from core.inventory import WHY_ADJUSTED, WHY_TRANSFERRED, WHY_WRITTEN_OFF
from core.models import Batch, MovementReason, StockTake, StockTakeLine, StockTakeState
from etl.simulate.moments import Making

_MISCOUNTED = 0.06  # of the batches, at the monthly count
_BROKEN, _LENT = 0.15, 0.02  # of the days
_SENT_BACK = 0.04  # of the batches that are about to expire, each day
_NEAR = timedelta(days=30)
_RECALLED_ON, _RECALLED_AGAIN = 18, 240  # days after the beginning, and after the recall before
_SENT_AWAY = timedelta(days=6)  # after the recall
_PLACE = "To Lotus Clinic, Salt Lake"


class Stock(Protocol):
    def on_shelf(self) -> Iterable[Batch]: ...
    def move(
        self, batch: Batch, change: int, reason: MovementReason, at: datetime, note: str = "", reference: str = ""
    ) -> None: ...


class Losses:
    def __init__(self, making: Making, stock: Stock, dice: Random) -> None:
        self._rows, self._stock, self._dice = making.rows, stock, dice
        self._by, self._suppliers = making.setting.pharmacist, {one.id: one.name for one in making.setting.suppliers}
        self._counted = (0, 0)  # the year and month of the last stock-take
        self._next_recall: date | None = None
        self._recalled: list[tuple[date, Batch]] = []

    def of_day(self, at: datetime, on: date) -> None:
        batches = [batch for batch in self._stock.on_shelf() if batch.expires_on >= on]
        self._send_recalled(at, on)
        if not batches:
            return
        if (on.year, on.month) != self._counted:
            self._counted = (on.year, on.month)
            self._count(batches, at)
        self._break_or_lend(batches, at + timedelta(minutes=30))
        for batch in batches:
            if batch.on_hand > 20 and batch.expires_on < on + _NEAR and self._dice.random() < _SENT_BACK:
                self._send_back(batch, batch.on_hand // 2, at + timedelta(minutes=35), "Near its expiry")
        self._recall(batches, at + timedelta(minutes=40), on)

    def _count(self, batches: Sequence[Batch], at: datetime) -> None:
        """Once a month: here and there a few units are missing, or found again."""
        take, posted = self._rows.take(StockTake), at + timedelta(minutes=25)
        number, changes = f"ST-{take}", []
        by = self._by.user_id
        for place, batch in enumerate(batches):
            change = self._dice.choice((-3, -2, -2, -1, -1, 1)) if self._dice.random() < _MISCOUNTED else 0
            change = max(change, -batch.on_hand)
            reason = WHY_ADJUSTED[self._dice.randrange(len(WHY_ADJUSTED))] if change else ""
            counted = {"booked": batch.on_hand, "counted": batch.on_hand + change, "reason": reason}
            which = {"stock_take_id": take, "batch_id": batch.id}
            seen = at + timedelta(seconds=20 + 5 * place)
            self._rows.add(StockTakeLine, **which, **counted, counted_at=seen, counted_by_id=by)
            if change:
                changes.append({"batch_id": batch.id, "change": change})
                self._stock.move(batch, change, MovementReason.ADJUSTED, posted, reason, number)
        self._rows.add(
            StockTake,
            id=take,
            state=StockTakeState.POSTED.value,
            note="Everything",
            started_at=at,
            started_by_id=by,
            ended_at=posted,
            ended_by_id=by,
        )
        self._rows.note(at, self._by, "stock_take.started", (StockTake, take), {"note": "Everything"})
        self._rows.note(posted, self._by, "stock_take.posted", (StockTake, take), {"differences": changes})

    def _break_or_lend(self, batches: Sequence[Batch], at: datetime) -> None:
        batch = self._dice.choice(batches)
        if batch.on_hand > 5 and self._dice.random() < _BROKEN:
            why = self._dice.choice(WHY_WRITTEN_OFF[:3])
            self._leave(batch, self._dice.randint(1, 4), MovementReason.WRITTEN_OFF, at, why)
        if batch.on_hand > 60 and self._dice.random() < _LENT:
            why = f"{_PLACE}: {self._dice.choice(WHY_TRANSFERRED[:2])}"
            self._leave(batch, batch.on_hand // 10, MovementReason.TRANSFERRED, at, why)

    def _recall(self, batches: Sequence[Batch], at: datetime, on: date) -> None:
        """Its maker calls back a batch of which patients have some already."""
        if self._next_recall is None:
            self._next_recall = on + timedelta(days=_RECALLED_ON)
        if on < self._next_recall:
            return
        batch = max(batches, key=lambda batch: (batch.received_on <= on - timedelta(days=5), batch.on_hand))
        self._next_recall = on + timedelta(days=_RECALLED_AGAIN)
        batch.blocked_at, batch.blocked_by_id = at, self._by.user_id
        batch.block_reason = "Recalled by its maker: fails the dissolution test"
        self._rows.note(at, self._by, "batch.blocked", (Batch, batch.id), {"block_reason": batch.block_reason})
        self._recalled.append((on + _SENT_AWAY, batch))

    def _send_recalled(self, at: datetime, on: date) -> None:
        for batch in [batch for day, batch in self._recalled if day <= on]:
            if batch.on_hand:
                self._send_back(batch, batch.on_hand, at, "Recalled")
        self._recalled = [(day, batch) for day, batch in self._recalled if day > on]

    def _send_back(self, batch: Batch, quantity: int, at: datetime, why: str) -> None:
        supplier = self._suppliers[batch.supplier_id or 0]
        self._leave(batch, quantity, MovementReason.SENT_BACK, at, f"To {supplier}: {why}")

    def _leave(self, batch: Batch, quantity: int, reason: MovementReason, at: datetime, note: str) -> None:
        self._stock.move(batch, -quantity, reason, at, note)
        changes = {"on_hand": batch.on_hand, "note": note}
        self._rows.note(at, self._by, f"batch.{reason.value.lower()}", (Batch, batch.id), changes)
