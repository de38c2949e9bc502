"""The lines of a bill: what each charge comes to."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core import fields
from core.fields import NOTHING
from core.models import Invoice, InvoiceLine, InvoiceState, LineKind, Medicine
from core.words import later

MOST_QUANTITY = 10_000
# As they are kept with a line; said in the language of whoever looks at it.
CONSULTATION, FOLLOW_UP = later("Consultation"), later("Follow-up")
PRICE_LIST, BY_HAND = later("Price list"), later("Price by hand")


@dataclass(frozen=True)
class Discount:
    """Money off a whole line: why, and who gave it."""

    amount: Decimal = NOTHING
    reason: str = ""
    by_id: int | None = None


NO_DISCOUNT = Discount()


@dataclass(frozen=True)
class Charge:
    """What a line is for, and what one of it costs before tax (None as long as nobody has said).

    `basis` says why it costs that; no more than `most` of it can be charged; `was` is the line that is on the bill.
    """

    kind: LineKind
    description: str
    unit_price: Decimal | None
    tax_percent: Decimal = NOTHING
    service_id: int | None = None
    medicine_id: int | None = None
    prescription_item_id: int | None = None
    basis: str = ""
    most: int = MOST_QUANTITY
    was: InvoiceLine | None = None


def invoice_line(charge: Charge, quantity: int = 1, discount: Discount = NO_DISCOUNT) -> InvoiceLine:
    assert charge.unit_price is not None
    line = InvoiceLine(
        kind=charge.kind,
        description=charge.description,
        service_id=charge.service_id,
        medicine_id=charge.medicine_id,
        prescription_item_id=charge.prescription_item_id,
        unit_price=charge.unit_price,
        tax_percent=charge.tax_percent,
        basis=charge.basis,
    )
    compute(line, quantity, discount)
    return line


def compute(line: InvoiceLine, quantity: int, discount: Discount) -> None:
    """Its tax and amount, rounded here and nowhere else."""
    line.quantity = quantity
    line.discount, line.discount_reason, line.discount_by_id = discount.amount, discount.reason, discount.by_id
    net = quantity * line.unit_price - line.discount
    line.tax = fields.to_cents(net * line.tax_percent / 100)
    line.amount = net + line.tax


def discount_of(line: InvoiceLine) -> Discount:
    return Discount(line.discount, line.discount_reason, line.discount_by_id)


def same_charge(line: InvoiceLine) -> Charge:
    """That of a line that is on a bill, to be charged again."""
    same = ("kind", "description", "unit_price", "tax_percent", "service_id", "medicine_id", "prescription_item_id")
    return Charge(**{name: getattr(line, name) for name in (*same, "basis")})


def same_line(line: InvoiceLine) -> InvoiceLine:
    """A line that stays as it is, or is charged on a new bill."""
    return invoice_line(same_charge(line), line.quantity, discount_of(line))


def medicine_charge(medicine: Medicine, prescription_item_id: int | None = None, basis: str = PRICE_LIST) -> Charge:
    return Charge(
        LineKind.MEDICINE,
        medicine.name,
        medicine.price,
        medicine.tax_percent,
        medicine_id=medicine.id,
        prescription_item_id=prescription_item_id,
        basis=basis,
    )


def totals(lines: Iterable[InvoiceLine]) -> dict[str, Decimal]:
    """What a bill of these lines says below them."""
    lines = list(lines)
    subtotal = sum((line.quantity * line.unit_price for line in lines), NOTHING)
    discount, tax, total = (
        sum((getattr(line, name) for line in lines), NOTHING) for name in ("discount", "tax", "amount")
    )
    return {"subtotal": subtotal, "discount": discount, "tax": tax, "total": total}


def with_patient(invoice: Invoice) -> bool:
    """Whether the patient has medicines of it, handed over and not brought back."""
    return any(line.dispensed > line.returned for line in invoice.lines)


def state_of(invoice: Invoice) -> InvoiceState:
    """Of a bill that stands. Nobody pays a bill of nothing."""
    return InvoiceState.PAID if invoice.paid == invoice.total else InvoiceState.ISSUED
