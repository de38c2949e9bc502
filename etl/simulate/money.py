"""The cash desk and the counter of the pharmacy: bills, how they are paid, and what is handed over for them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from core import fields
from core.billing.invoices import written_number
from core.models import (
    Dispensing,
    DispensingItem,
    Invoice,
    InvoiceCounter,
    InvoiceLine,
    InvoiceState,
    LineKind,
    Payment,
    PaymentMethod,
    Refund,
)
from core.permissions import Actor
from etl.simulate.moments import Making
from etl.simulate.stock import Shelf

_NOTHING = Decimal("0.00")
_METHODS = (PaymentMethod.UPI, PaymentMethod.CASH, PaymentMethod.CARD, PaymentMethod.INSURANCE, PaymentMethod.TRANSFER)
_SHARES = (46, 33, 13, 5, 3)
_REFUNDED = 0.04  # of the bills without medicines
_LINE = [column.name for column in InvoiceLine.__table__.columns]


@dataclass(slots=True)
class Bill:
    """`number` is the id. Lines have their ids; they are written when the bill is."""

    number: int
    written: str
    financial_year: int
    sequence: int
    patient: int
    visit: int | None
    issued_on: date
    issued_at: datetime
    desk: Actor
    lines: list[InvoiceLine]
    total: Decimal
    paid: Decimal = _NOTHING
    refunded: Decimal = _NOTHING
    wanted: list[InvoiceLine] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        return self.paid == self.total


@dataclass(frozen=True, slots=True)
class Instalment:
    """Money that comes so many days after the bill."""

    days: int
    amount: Decimal
    method: PaymentMethod


def instalments(rng: Random, total: Decimal) -> list[Instalment]:
    """Most pay at once, some in two parts, some later, a few never."""
    method = rng.choices(_METHODS, _SHARES)[0]
    chance = rng.random()
    if chance < 0.89 or total < 100:
        return [Instalment(0, total, method)]
    if chance < 0.95:
        first = fields.to_cents((total * rng.randint(3, 7) / 10).quantize(Decimal(10)))
        later = [Instalment(rng.randint(2, 30), total - first, method)] if rng.random() < 0.75 else []
        return [Instalment(0, first, method), *later]
    return [Instalment(rng.randint(1, 25), total, method)] if rng.random() < 0.55 else []


class Books:
    """Everything that is billed, paid and handed over, in the order in which it happens."""

    def __init__(self, making: Making, shelf: Shelf) -> None:
        self.making, self.shelf = making, shelf
        self._counters: dict[int, int] = {}
        self._later: dict[date, list[tuple[Bill, Instalment]]] = defaultdict(list)
        self._owed: dict[date, list[Bill]] = defaultdict(list)
        self._counter: list[tuple[datetime, int, Bill]] = []
        self._open: dict[int, Bill] = {}

    def bill(self, at: datetime, desk: Actor, patient: int, visit: int | None, lines: list[InvoiceLine]) -> None:
        """Make a bill, and take what is paid at once."""
        making, day = self.making, self.making.day_of(at)
        year = making.setting.profile.financial_year(day)
        sequence = self._counters[year] = self._counters.get(year, 0) + 1
        total = sum((line.amount for line in lines), _NOTHING)
        number = making.rows.take(Invoice)
        written = written_number(making.setting.profile, year, sequence)
        bill = Bill(number, written, year, sequence, patient, visit, day, at, desk, lines, total)
        for line in lines:
            line.id, line.invoice_id, line.dispensed = making.rows.take(InvoiceLine), number, 0
        bill.wanted = [line for line in lines if line.kind is LineKind.MEDICINE]
        self._open[number] = bill
        changes = {"number": written, "total": total}
        making.rows.note(at, desk, "invoice.issued", (Invoice, number), changes, [day], visit)
        for instalment in instalments(making.rng, total):
            if instalment.days:
                self._later[day + timedelta(days=instalment.days)].append((bill, instalment))
            else:
                self._pay(bill, instalment, at + timedelta(seconds=40), desk)

    def late_payments(self, day: date) -> None:
        """Those who pay today for another day, and those who fetch what was out of stock."""
        making = self.making
        for on in sorted(on for on in self._later if on <= day):
            for bill, instalment in self._later.pop(on):
                at = making.at(day, making.rng.uniform(600, 960))
                self._pay(bill, instalment, at, making.setting.desk[bill.number % 2])
        for on in sorted(on for on in self._owed if on <= day):
            for bill in self._owed.pop(on):
                self._counter.append((making.at(day, making.rng.uniform(600, 960)), bill.number, bill))

    def hand_over(self) -> None:
        """One after the other, whoever waits at the counter of the pharmacy today."""
        minutes = min(1.6, 420 / max(self.making.patients_per_day, 1))
        free: datetime | None = None
        for ready, _, bill in sorted(self._counter, key=lambda waiting: waiting[:2]):
            starts = ready if free is None else max(ready, free)
            free = starts + timedelta(minutes=minutes)
            self._dispense(bill, starts)
        self._counter.clear()

    def finish(self) -> None:
        for bill in self._open.values():
            self._write(bill)
        for year, last in self._counters.items():
            self.making.rows.add(InvoiceCounter, financial_year=year, last_number=last)

    def _pay(self, bill: Bill, instalment: Instalment, at: datetime, desk: Actor) -> None:
        rng, day = self.making.rng, self.making.day_of(at)
        bill.paid += instalment.amount
        slip = instalment.method in (PaymentMethod.CARD, PaymentMethod.UPI, PaymentMethod.TRANSFER)
        self.making.rows.add(
            Payment,
            invoice_id=bill.number,
            amount=instalment.amount,
            method=instalment.method.value,
            reference=f"{rng.randrange(10**12):012d}" if slip else "",
            received_on=day,
            received_at=at,
            received_by_id=desk.user_id,
        )
        event = "invoice.paid" if bill.settled else "invoice.partly_paid"
        changes = {"paid": bill.paid, "method": instalment.method.value}
        which = (Invoice, bill.number)
        self.making.rows.note(at, desk, event, which, changes, [bill.issued_on], bill.visit)
        if bill.settled and bill.wanted:
            self._counter.append((at + timedelta(seconds=90), bill.number, bill))
        elif bill.settled:
            if rng.random() < _REFUNDED:
                self._refund(bill, bill.lines[0], instalment.method, at + timedelta(minutes=rng.randint(20, 90)), desk)
            self._write(self._open.pop(bill.number))

    def _refund(self, bill: Bill, line: InvoiceLine, method: PaymentMethod, at: datetime, desk: Actor) -> None:
        """The whole line is given back: what was paid for was not done after all."""
        day = self.making.day_of(at)
        bill.refunded += line.amount
        self.making.rows.add(
            Refund,
            invoice_line_id=line.id,
            quantity=line.quantity,
            discount=line.discount,
            tax=line.tax,
            amount=line.amount,
            method=method.value,
            reason="Not done",
            refunded_on=day,
            refunded_at=at,
            refunded_by_id=desk.user_id,
        )
        changes = {"refunded": bill.refunded}
        self.making.rows.note(
            at, desk, "invoice.refunded", (Invoice, bill.number), changes, [bill.issued_on], bill.visit
        )

    def _dispense(self, bill: Bill, at: datetime) -> None:
        """What there is of it; most come again for the rest."""
        making, pharmacist = self.making, self.making.setting.pharmacist
        picked = [
            (line, pick)
            for line in bill.wanted
            for pick in self.shelf.take(line.medicine_id or 0, line.quantity - line.dispensed, at)
        ]
        if picked:
            number = making.rows.add(
                Dispensing,
                invoice_id=bill.number,
                dispensed_by_id=pharmacist.user_id,
                dispensed_at=at,
                dispensed_on=making.day_of(at),
            )
            for line, pick in picked:
                line.dispensed += pick.quantity
                what = {"dispensing_id": number, "invoice_line_id": line.id, "batch_id": pick.batch.id}
                making.rows.add(DispensingItem, **what, quantity=pick.quantity)
        bill.wanted = [line for line in bill.wanted if line.dispensed < line.quantity]
        if picked:
            event = "invoice.partly_dispensed" if bill.wanted else "invoice.dispensed"
            items = [{"batch_id": pick.batch.id, "quantity": pick.quantity} for _, pick in picked]
            changes = {"items": items}
            making.rows.note(at, pharmacist, event, (Invoice, bill.number), changes, [bill.issued_on], bill.visit)
        if not bill.wanted:
            self._write(self._open.pop(bill.number))
        elif making.rng.random() < 0.7:
            self._owed[making.day_of(at) + timedelta(days=making.rng.randint(3, 9))].append(bill)

    def _write(self, bill: Bill) -> None:
        rows = self.making.rows
        rows.add(
            Invoice,
            id=bill.number,
            number=bill.written,
            financial_year=bill.financial_year,
            sequence=bill.sequence,
            patient_id=bill.patient,
            visit_id=bill.visit,
            state=(InvoiceState.PAID if bill.settled else InvoiceState.ISSUED).value,
            issued_on=bill.issued_on,
            issued_at=bill.issued_at,
            issued_by_id=bill.desk.user_id,
            subtotal=_sum(line.quantity * line.unit_price for line in bill.lines),
            discount=_sum(line.discount for line in bill.lines),
            tax=_sum(line.tax for line in bill.lines),
            total=bill.total,
            paid=bill.paid,
            refunded=bill.refunded,
        )
        for line in bill.lines:
            rows.add(InvoiceLine, **{name: getattr(line, name) for name in _LINE} | {"kind": line.kind.value})


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, _NOTHING)
