"""The cash desk: bills, how they are paid, given back or cancelled. What is paid for goes to the counter."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from core import fields
from core.billing.numbers import written_number
from core.models import (
    CreditNote,
    CreditNoteCounter,
    Invoice,
    InvoiceCounter,
    InvoiceLine,
    LineKind,
    Payment,
    PaymentMethod,
    Refund,
)
from core.permissions import Actor
from etl.simulate.bills import NOTHING, Bill, Happening, Instalment, instalments, same_again, total
from etl.simulate.counter import Back, Counter
from etl.simulate.moments import Making
from etl.simulate.stock import Shelf

_REFUNDED_SOON, _REFUNDED_LATE = 0.01, 0.012  # of the bills with something besides medicines
_MISTAKEN = 0.004  # of the bills of visits
_TWICE, _LEFT = 0.03, 0.03  # of the others
_SLIPS = (PaymentMethod.CARD, PaymentMethod.UPI, PaymentMethod.TRANSFER, PaymentMethod.INSURANCE)
_LATE_REASONS = ("Charged twice", "Paid by the employer", "Complaint", "Certificate not accepted")


class Books:
    """Everything that is billed, paid and handed over, in the order in which it happens."""

    def __init__(self, making: Making, shelf: Shelf) -> None:
        self.making = making
        self._counter = Counter(making, shelf, self._plan, self._refund)
        self._numbers: dict[int, int] = {}
        self._credited: dict[int, int] = {}
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

    def hand_over(self) -> None:
        """The end of the cash desk's day; then whoever waits at the counter, one after the other."""
        self._correct(None)
        for bill in self._counter.serve():
            self._close(bill)

    def finish(self) -> None:
        for bill in self._open.values():
            bill.write(self.making.rows)
        for year, last in self._numbers.items():
            self.making.rows.add(InvoiceCounter, financial_year=year, last_number=last)
        for year, last in self._credited.items():
            self.making.rows.add(CreditNoteCounter, financial_year=year, last_number=last)

    def _issue(self, at: datetime, desk: Actor, patient: int, visit: int | None, lines: list[InvoiceLine]) -> Bill:
        making, day = self.making, self.making.day_of(at)
        year = making.setting.profile.financial_year(day)
        sequence = self._numbers[year] = self._numbers.get(year, 0) + 1
        number = making.rows.take(Invoice)
        written = written_number(making.setting.profile, year, sequence)
        for line in lines:
            line.id, line.invoice_id = making.rows.take(InvoiceLine), number
            line.dispensed = line.returned = line.called_off = line.refunded = 0
            line.basis = line.call_off_reason = ""
        wanted = [line for line in lines if line.kind is LineKind.MEDICINE]
        charged = total(line.amount for line in lines)
        bill = Bill(number, written, year, sequence, patient, visit, day, at, desk, lines, charged, wanted)
        self._open[number] = bill
        self._note(bill, at, "invoice.issued", {"number": written, "total": charged})
        return bill

    def _collect(self, bill: Bill) -> None:
        for instalment in instalments(self.making.rng, bill.lines, bill.total):
            pay = partial(self._pay, instalment=instalment)
            if instalment.days:
                self._plan(bill, bill.issued_on + timedelta(days=instalment.days), pay)
            else:
                pay(bill, bill.issued_at + timedelta(seconds=40))
        self._close(bill)

    def _correct(self, until: datetime | None) -> None:
        """Bills of visits that were wrong are cancelled, and made again a little later."""
        while self._mistaken and (until is None or self._mistaken[0][0] + timedelta(minutes=3) <= until):
            at, wrong = self._mistaken.pop(0)
            self._cancel(wrong, at + timedelta(minutes=2), "Wrong fee on it")
            again = at + timedelta(minutes=3)
            self._collect(self._issue(again, wrong.desk, wrong.patient, wrong.visit, same_again(wrong.lines)))

    def _pay(self, bill: Bill, at: datetime, instalment: Instalment) -> None:
        rng = self.making.rng
        bill.paid += instalment.amount
        bill.method = instalment.method
        self.making.rows.add(
            Payment,
            invoice_id=bill.number,
            amount=instalment.amount,
            method=instalment.method.value,
            reference=f"{rng.randrange(10**12):012d}" if instalment.method in _SLIPS else "",
            received_on=self.making.day_of(at),
            received_at=at,
            received_by_id=bill.desk.user_id,
        )
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
        discount, tax = (
            fields.to_cents(amount * back.quantity / line.quantity) for amount in (line.discount, line.tax)
        )
        amount = back.quantity * line.unit_price - discount + tax
        bill.refunded += amount
        line.refunded += back.quantity
        rows, note = self.making.rows, self._credit_note(bill, at, amount, back.reason)
        of_line = {"credit_note_id": note, "invoice_line_id": line.id, "quantity": back.quantity}
        rows.add(Refund, **of_line, discount=discount, tax=tax, amount=amount)
        self._note(bill, at, "invoice.refunded", {"refunded": bill.refunded})

    def _credit_note(self, bill: Bill, at: datetime, amount: Decimal, reason: str) -> int:
        profile, day = self.making.setting.profile, self.making.day_of(at)
        year = profile.financial_year(day)
        sequence = self._credited[year] = self._credited.get(year, 0) + 1
        return self.making.rows.add(
            CreditNote,
            number=f"CN-{written_number(profile, year, sequence)}",
            financial_year=year,
            sequence=sequence,
            invoice_id=bill.number,
            amount=amount,
            method=bill.method.value,
            reason=reason,
            refunded_on=day,
            refunded_at=at,
            refunded_by_id=bill.desk.user_id,
        )

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
