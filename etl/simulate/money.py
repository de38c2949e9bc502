"""The cash desk: bills, how they are paid, given back or cancelled. What is paid for goes to the counter."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from core.billing.numbers import written_number
from core.billing.shares import share
from core.fields import NOTHING
from core.models import (
    Invoice,
    InvoiceCounter,
    InvoiceLine,
    LineKind,
    PaymentMethod,
    Refund,
)
from core.permissions import Actor
from etl.simulate.bills import Bill, Happening, Instalment, instalments, same_again, total
from etl.simulate.counter import Back, Counter
from etl.simulate.moments import Making
from etl.simulate.stock import Shelf
from etl.simulate.till import Till

_REFUNDED_SOON, _REFUNDED_LATE = 0.01, 0.012  # of the bills with something besides medicines
_MISTAKEN = 0.004  # of the bills of visits
_TWICE, _LEFT = 0.03, 0.03  # of the others
_PUT_RIGHT = 0.5  # of the mistaken ones
_KEPT = 0.25  # of what is given back stays for the next bill
_AHEAD, _PAID_OUT = 0.006, 0.3  # of the bills; of the advances
_LATE_REASONS = ("Charged twice", "Paid by the employer", "Complaint", "Certificate not accepted")


class Books:
    """Everything that is billed, paid and handed over, in the order in which it happens."""

    def __init__(self, making: Making, shelf: Shelf, dice: Random) -> None:
        self.making, self._dice = making, dice
        self._till = Till(making, dice)
        self._counter = Counter(making, shelf, self._plan, self._refund, dice)
        self._numbers: dict[int, int] = {}
        self._to_pay_out: dict[date, list[tuple[int, Actor]]] = defaultdict(list)
        self._later: dict[date, list[tuple[Bill, Happening]]] = defaultdict(list)
        self._mistaken: list[tuple[datetime, Bill]] = []
        self._open: dict[int, Bill] = {}

    def bill(self, at: datetime, desk: Actor, patient: int, visit: int | None, lines: list[InvoiceLine]) -> None:
        """Make a bill, and take what is paid at once. Called in the order of time."""
        self._correct(at)
        chance = self.making.rng.random()
        if visit and chance < _MISTAKEN:
            self._mistaken.append((at, self._issue(at, desk, patient, visit, lines)))
            return
        bill = self._issue(at, desk, patient, visit, lines)
        if not visit and chance < _TWICE:
            twice = self._issue(at, desk, patient, None, same_again(lines))
            self._cancel(twice, at + timedelta(minutes=self.making.rng.randint(1, 40)), "Entered twice")
        elif not visit and chance < _TWICE + _LEFT:
            self._cancel(bill, at + timedelta(minutes=self.making.rng.randint(20, 90)), "Patient did not stay for it")
            return
        self._collect(bill)

    def late(self, day: date) -> None:
        """What was still to come of bills of other days: money, money back, and people at the counter."""
        making = self.making
        for on in sorted(on for on in self._later if on <= day):
            for bill, happening in self._later.pop(on):
                bill.to_come -= 1
                happening(bill, making.at(day, making.rng.uniform(600, 960)))
                self._close(bill)
        for on in sorted(on for on in self._to_pay_out if on <= day):
            for patient, desk in self._to_pay_out.pop(on):
                self._till.pay_out(patient, desk, making.at(day, self._dice.uniform(1000, 1100)))

    def hand_over(self, day: date) -> None:
        """The end of the cash desk's day; then whoever waits at the counter, one after the other; then the drawers."""
        self._correct(None)
        for bill in self._counter.serve():
            self._close(bill)
        self._till.close(day)

    def advance(self, patient: int) -> Decimal:
        """What a patient has with the clinic."""
        return self._till.advance(patient)

    def finish(self) -> None:
        for bill in self._open.values():
            bill.write(self.making.rows)
        for year, last in self._numbers.items():
            self.making.rows.add(InvoiceCounter, financial_year=year, last_number=last)
        self._till.finish()

    def _issue(self, at: datetime, desk: Actor, patient: int, visit: int | None, lines: list[InvoiceLine]) -> Bill:
        making, day = self.making, self.making.day_of(at)
        year = making.setting.profile.financial_year(day)
        sequence = self._numbers[year] = self._numbers.get(year, 0) + 1
        number = making.rows.take(Invoice)
        written = written_number(making.setting.profile, year, sequence)
        for line in lines:
            line.id, line.invoice_id = making.rows.take(InvoiceLine), number
            line.dispensed = line.returned = line.called_off = line.refunded = 0
            line.call_off_reason = ""
        wanted = [line for line in lines if line.kind is LineKind.MEDICINE]
        charged = total(line.amount for line in lines)
        bill = Bill(number, written, year, sequence, patient, visit, day, at, desk, lines, charged, wanted)
        self._open[number] = bill
        self._note(bill, at, "invoice.issued", {"number": written, "total": charged})
        return bill

    def _collect(self, bill: Bill, since: datetime | None = None) -> None:
        """From the advance first, and the rest as people pay."""
        at = (since or bill.issued_at) + timedelta(seconds=40)
        if ahead := min(self._till.advance_before(bill.patient, bill.issued_on), bill.total):
            self._pay(bill, at, Instalment(0, ahead, PaymentMethod.ADVANCE))
        due = bill.total - bill.paid
        for instalment in instalments(self.making.rng, bill.lines, due) if due else ():
            pay = partial(self._pay, instalment=instalment)
            if instalment.days:
                self._plan(bill, bill.issued_on + timedelta(days=instalment.days), pay)
            else:
                pay(bill, at)
        if bill.settled and self._dice.random() < _AHEAD:
            self._take_ahead(bill, at + timedelta(seconds=30))
        self._close(bill)

    def _take_ahead(self, bill: Bill, at: datetime) -> None:
        """Money for the next visits; some want what is left of it back."""
        amount = self.making.setting.prices.fee(Decimal(self._dice.choice((500, 1000, 1500))))
        method = self._dice.choice((PaymentMethod.CASH, PaymentMethod.UPI))
        self._till.take_ahead(bill.patient, bill.desk, at, amount, method)
        if self._dice.random() < _PAID_OUT:
            on = bill.issued_on + timedelta(days=self._dice.randint(10, 60))
            self._to_pay_out[on].append((bill.patient, bill.desk))

    def _correct(self, until: datetime | None) -> None:
        """Bills of visits that were wrong are put right, or cancelled and made again a little later."""
        while self._mistaken and (until is None or self._mistaken[0][0] + timedelta(minutes=3) <= until):
            at, wrong = self._mistaken.pop(0)
            if self._dice.random() < _PUT_RIGHT:
                self._note(wrong, at + timedelta(minutes=2), "invoice.corrected", {"total": wrong.total})
                self._collect(wrong, at + timedelta(minutes=3))
                continue
            self._cancel(wrong, at + timedelta(minutes=2), "Wrong fee on it")
            again = at + timedelta(minutes=3)
            self._collect(self._issue(again, wrong.desk, wrong.patient, wrong.visit, same_again(wrong.lines)))

    def _pay(self, bill: Bill, at: datetime, instalment: Instalment) -> None:
        bill.paid += instalment.amount
        bill.method = instalment.method
        self._till.pay(bill, at, instalment.amount, instalment.method)
        event = "invoice.paid" if bill.settled else "invoice.partly_paid"
        self._note(bill, at, event, {"paid": bill.paid, "method": instalment.method.value})
        if bill.settled:
            self._paid(bill, at)

    def _paid(self, bill: Bill, at: datetime) -> None:
        """To the counter with it; and a few will want some of their money back."""
        if bill.wanted:
            self._counter.queue(bill, at + timedelta(seconds=90))
        rng, line = self.making.rng, bill.lines[0]
        if line.kind is LineKind.MEDICINE:
            return
        chance = rng.random()
        if chance < _REFUNDED_SOON:
            back = Back(line, line.quantity, "Not done")
            self._refund(bill, at + timedelta(minutes=rng.randint(20, 90)), back)
        elif chance < _REFUNDED_SOON + _REFUNDED_LATE:
            back = Back(line, line.quantity, rng.choice(_LATE_REASONS))
            self._plan(
                bill, self.making.day_of(at) + timedelta(days=rng.randint(7, 60)), partial(self._refund, back=back)
            )

    def _refund(self, bill: Bill, at: datetime, back: Back) -> None:
        """Money for so many units of a line, with their shares of its discount and tax."""
        line = back.line
        part = share(line, line.refunded, back.quantity)
        bill.refunded += part.amount
        line.refunded += back.quantity
        kept = bill.method is not PaymentMethod.INSURANCE and self._dice.random() < _KEPT
        method = PaymentMethod.ADVANCE if kept else bill.method
        note = self._till.credit(bill, at, part.amount, method, back.reason)
        of_line = {"credit_note_id": note, "invoice_line_id": line.id, "quantity": back.quantity}
        self.making.rows.add(Refund, **of_line, discount=part.discount, tax=part.tax, amount=part.amount)
        self._note(bill, at, "invoice.refunded", {"refunded": bill.refunded})

    def _cancel(self, bill: Bill, at: datetime, reason: str) -> None:
        assert bill.paid == NOTHING
        bill.cancelled = reason
        self._note(bill, at, "invoice.cancelled", {"state": bill.state.value})
        self._close(bill)

    def _plan(self, bill: Bill, on: date, happening: Happening) -> None:
        bill.to_come += 1
        self._later[on].append((bill, happening))

    def _close(self, bill: Bill) -> None:
        if bill.is_over and bill.number in self._open:
            del self._open[bill.number]
            bill.write(self.making.rows)

    def _note(self, bill: Bill, at: datetime, event: str, changes: Mapping[str, Decimal | str]) -> None:
        self.making.rows.note(at, bill.desk, event, (Invoice, bill.number), changes, [bill.issued_on], bill.visit)
