"""A bill while things still happen to it, and how its money comes in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from core import fields
from core.fields import NOTHING
from core.models import DispensingItem, Invoice, InvoiceLine, InvoiceState, LineKind, PaymentMethod
from core.permissions import Actor
from etl.simulate.rows import Rows

_METHODS = (PaymentMethod.UPI, PaymentMethod.CASH, PaymentMethod.CARD, PaymentMethod.TRANSFER)
_SHARES = (49, 35, 13, 3)
_INSURED = 0.35  # of the bills without medicines, which are handed over only once they are paid
_LINE = [column.name for column in InvoiceLine.__table__.columns]


@dataclass(slots=True)
class Bill:
    """`number` is the id. Lines have their ids. The rows are written when nothing more is `to_come`.

    `wanted` are lines of medicines that were not all handed over, `items` what was.
    """

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
    wanted: list[InvoiceLine]
    paid: Decimal = NOTHING
    refunded: Decimal = NOTHING
    method: PaymentMethod = PaymentMethod.CASH
    cancelled: str = ""
    items: list[dict[str, Any]] = field(default_factory=list)
    to_come: int = 0

    @property
    def settled(self) -> bool:
        return self.paid == self.total and not self.cancelled

    @property
    def is_over(self) -> bool:
        return not self.to_come and (bool(self.cancelled) or (self.settled and not self.wanted))

    @property
    def state(self) -> InvoiceState:
        if self.cancelled:
            return InvoiceState.CANCELLED
        return InvoiceState.PAID if self.settled else InvoiceState.ISSUED

    def write(self, rows: Rows) -> None:
        rows.add(
            Invoice,
            id=self.number,
            number=self.written,
            financial_year=self.financial_year,
            sequence=self.sequence,
            patient_id=self.patient,
            visit_id=self.visit,
            state=self.state.value,
            issued_on=self.issued_on,
            issued_at=self.issued_at,
            issued_by_id=self.desk.user_id,
            subtotal=total(line.quantity * line.unit_price for line in self.lines),
            discount=total(line.discount for line in self.lines),
            tax=total(line.tax for line in self.lines),
            total=self.total,
            paid=self.paid,
            refunded=self.refunded,
            cancel_reason=self.cancelled,
        )
        for line in self.lines:
            rows.add(InvoiceLine, **{name: getattr(line, name) for name in _LINE} | {"kind": line.kind.value})
        for item in self.items:
            rows.add(DispensingItem, **item)


Happening = Callable[[Bill, datetime], object]


@dataclass(frozen=True, slots=True)
class Instalment:
    """Money that comes so many days after the bill."""

    days: int
    amount: Decimal
    method: PaymentMethod


def instalments(rng: Random, lines: Iterable[InvoiceLine], due: Decimal) -> list[Instalment]:
    """Most pay at once, some in two parts, some later, a few never; an insurer takes its weeks."""
    if rng.random() < _INSURED and all(line.kind is not LineKind.MEDICINE for line in lines):
        return _from_insurer(rng, due)
    method = rng.choices(_METHODS, _SHARES)[0]
    chance = rng.random()
    if chance < 0.89 or due < 100:
        return [Instalment(0, due, method)]
    if chance < 0.95:
        first = _part(due, rng.randint(3, 7))
        later = [Instalment(rng.randint(2, 30), due - first, method)] if rng.random() < 0.75 else []
        return [Instalment(0, first, method), *later]
    return [Instalment(rng.randint(1, 25), due, method)] if rng.random() < 0.55 else []


def _from_insurer(rng: Random, due: Decimal) -> list[Instalment]:
    """Some claims are cut, some are turned down."""
    chance, days = rng.random(), min(14 + int(rng.expovariate(1 / 16)), 75)
    if chance < 0.9:
        return [Instalment(days, due, PaymentMethod.INSURANCE)]
    return [Instalment(days, _part(due, 8), PaymentMethod.INSURANCE)] if chance < 0.97 else []


def _part(due: Decimal, tenths: int) -> Decimal:
    """So many tenths, without decimals."""
    return fields.to_cents((due * tenths / 10).quantize(Decimal(1)))


def total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)


def same_again(lines: Iterable[InvoiceLine]) -> list[InvoiceLine]:
    """The same charges for another bill."""
    return [InvoiceLine(**{name: getattr(line, name) for name in _LINE if name not in _OWN}) for line in lines]


_OWN = {"id", "invoice_id", "dispensed"}
