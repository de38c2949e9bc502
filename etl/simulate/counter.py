"""The counter of the pharmacy: what is handed over for paid bills, what is still owed, and what is brought back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from core.inventory import Pick
from core.models import Batch, Dispensing, DispensingItem, Invoice, InvoiceLine, MedicineReturn
from etl.simulate.bills import Bill, Happening
from etl.simulate.moments import Making
from etl.simulate.stock import Shelf

_BROUGHT_BACK = 0.012  # of what is handed over
_MOST_KEPT = 3  # units of which nobody brings any back
_COMES_AGAIN = 0.7  # for what was out of stock
_ASKS_BACK = 0.6  # of those who do not
_NOT_GIVEN = 0.004  # of the bills
_SPOILT = 0.2  # of what is brought back
_WHY_NOT = ("Has it at home", "Bought elsewhere", "Too expensive")
_REASONS = ("Not tolerated", "Doctor changed it", "Not needed any more")


@dataclass(frozen=True, slots=True)
class Back:
    """Units of a line for which money is given back; of medicines, which `item` of which `batch` they were."""

    line: InvoiceLine
    quantity: int
    reason: str
    batch: Batch | None = None
    item: int = 0


Plan = Callable[[Bill, date, Happening], None]  # what will happen to a bill on a day
Refund = Callable[[Bill, datetime, Back], None]


class Counter:
    def __init__(self, making: Making, shelf: Shelf, plan: Plan, refund: Refund, dice: Random) -> None:
        self.making, self.shelf, self._dice = making, shelf, dice
        self._plan, self._refund = plan, refund
        self._waiting: list[tuple[datetime, int, Bill, Happening]] = []

    def queue(self, bill: Bill, ready: datetime) -> None:
        """For the medicines of a bill that is paid."""
        self._wait(bill, ready, self._dispense)

    def serve(self) -> list[Bill]:
        """One after the other, whoever waits today; returns their bills."""
        minutes = min(1.6, 420 / max(self.making.patients_per_day, 1))
        served, free = sorted(self._waiting, key=lambda waiting: waiting[:2]), None
        self._waiting = []
        for ready, _, bill, happening in served:
            starts = ready if free is None else max(ready, free)
            free = starts + timedelta(minutes=minutes)
            bill.to_come -= 1
            happening(bill, starts)
        return [bill for _, _, bill, _ in served]

    def _wait(self, bill: Bill, ready: datetime, happening: Happening) -> None:
        bill.to_come += 1
        self._waiting.append((ready, bill.number, bill, happening))

    def _dispense(self, bill: Bill, at: datetime) -> None:
        """What there is of it; most come again for the rest, and who does not gets the money back."""
        making = self.making
        if self._dice.random() < _NOT_GIVEN:
            self._not_given(bill, at, bill.wanted[:1], self._dice.choice(_WHY_NOT))
        picked = [
            (line, pick)
            for line in bill.wanted
            for pick in self.shelf.take(line.medicine_id or 0, line.owed, at, bill.written)
        ]
        if picked:
            self._hand_over(bill, at, picked)
        if bill.wanted and making.rng.random() < _COMES_AGAIN:
            self._plan(bill, making.day_of(at) + timedelta(days=making.rng.randint(3, 9)), self.queue)
        elif bill.wanted and self._dice.random() < _ASKS_BACK:
            self._plan(bill, making.day_of(at) + timedelta(days=self._dice.randint(1, 4)), self._call_off)

    def _call_off(self, bill: Bill, at: datetime) -> None:
        self._not_given(bill, at, bill.wanted, "Out of stock")

    def _not_given(self, bill: Bill, at: datetime, lines: Sequence[InvoiceLine], reason: str) -> None:
        """What is owed of these lines will not be handed over: its money goes back."""
        by, which = self.making.setting.pharmacist, (Invoice, bill.number)
        for line in lines:
            owed = line.owed
            line.called_off += owed
            line.call_off_reason = reason
            changes = {"line_id": line.id, "called_off": line.called_off}
            self.making.rows.note(at, by, "invoice.medicine_called_off", which, changes, [bill.issued_on], bill.visit)
            self._refund(bill, at + timedelta(minutes=3), Back(line, owed, reason))
        bill.wanted = [line for line in bill.wanted if line.owed]

    def _hand_over(self, bill: Bill, at: datetime, picked: Sequence[tuple[InvoiceLine, Pick]]) -> None:
        making, by = self.making, self.making.setting.pharmacist
        day = making.day_of(at)
        which = {"invoice_id": bill.number, "dispensed_by_id": by.user_id}
        number = making.rows.add(Dispensing, **which, dispensed_at=at, dispensed_on=day)
        for line, pick in picked:
            self._item(bill, day, number, line, pick)
        bill.wanted = [line for line in bill.wanted if line.owed]
        event = "invoice.partly_dispensed" if bill.wanted else "invoice.dispensed"
        changes = {"items": [{"batch_id": pick.batch.id, "quantity": pick.quantity} for _, pick in picked]}
        making.rows.note(at, by, event, (Invoice, bill.number), changes, [bill.issued_on], bill.visit)

    def _item(self, bill: Bill, day: date, dispensing: int, line: InvoiceLine, pick: Pick) -> None:
        rng, quantity = self.making.rng, pick.quantity
        line.dispensed += quantity
        number = self.making.rows.take(DispensingItem)
        what = {"dispensing_id": dispensing, "invoice_line_id": line.id, "batch_id": pick.batch.id}
        bill.items.append({"id": number, **what, "quantity": quantity, "returned": 0})
        if quantity > _MOST_KEPT and rng.random() < _BROUGHT_BACK:
            back = Back(line, rng.randint(quantity // 3, quantity), rng.choice(_REASONS), pick.batch, number)
            bringing = partial(self._wait, happening=partial(self._return, back=back))
            self._plan(bill, day + timedelta(days=rng.randint(1, 9)), bringing)

    def _return(self, bill: Bill, at: datetime, back: Back) -> None:
        """To the batch it came from, and the money back; what has expired is not taken."""
        assert back.batch is not None
        if back.batch.expires_on < self.making.day_of(at):
            return
        usable = self._dice.random() > _SPOILT
        self.shelf.put_back(back.batch, back.quantity, at, bill.written, usable=usable)
        next(item for item in bill.items if item["id"] == back.item)["returned"] += back.quantity
        back.line.returned += back.quantity
        self.making.rows.add(
            MedicineReturn,
            dispensing_item_id=back.item,
            quantity=back.quantity,
            usable=usable,
            reason=back.reason,
            returned_on=self.making.day_of(at),
            returned_at=at,
            returned_by_id=self.making.setting.pharmacist.user_id,
        )
        by, which = self.making.setting.pharmacist, (Invoice, bill.number)
        changes = {"batch_id": back.batch.id, "quantity": back.quantity, "usable": usable}
        self.making.rows.note(at, by, "invoice.medicine_returned", which, changes, [bill.issued_on], bill.visit)
        self._refund(bill, at + timedelta(minutes=3), back)
