"""How every amount of a bill came to be, in words and numbers."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import fields
from core.billing import records
from core.billing.records import CreditNoteRecord, InvoiceRecord, LineRecord, PaymentRecord
from core.models import Invoice, InvoiceLine, InvoiceState, LineKind, PaymentMethod, User
from core.permissions import Actor, Permission, require

# For lines from before their basis was kept.
_BASIS = {
    LineKind.CONSULTATION: "Fee of the doctor",
    LineKind.SERVICE: "Price list",
    LineKind.MEDICINE: "Price list",
    LineKind.OTHER: "Price by hand",
}
_METHODS = {PaymentMethod.UPI: "UPI", PaymentMethod.ADVANCE: "The advance of the patient"}


@dataclass(frozen=True)
class Step:
    """One amount and where it comes from; what is taken off is negative."""

    words: str
    amount: Decimal


@dataclass(frozen=True)
class Section:
    """Steps that lead to one amount, which is the last of them."""

    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Explanation:
    """`lines`, then the `total` they add up to, what was `paid` and given back (`refunds`), and what is `due`.

    `supplements` is the number of the bill before it, whose medicines became others.
    """

    invoice_id: int
    number: str
    supplements: str | None
    lines: tuple[Section, ...]
    total: Section
    paid: Section
    refunds: tuple[Section, ...]
    due: Section


def explain(session: Session, actor: Actor, invoice_id: int) -> Explanation:
    """Raises NotFound."""
    require(actor, Permission.SEE_BILLS)
    bill = records.full(session, invoice_id)
    givers = _givers(session, invoice_id)
    return Explanation(
        invoice_id,
        bill.number,
        session.scalar(select(Invoice.number).where(Invoice.id == bill.supplements_id)),
        tuple(_line(line, givers.get(line.line_id)) for line in bill.lines),
        _total(bill),
        Section("Paid", (*map(_payment, bill.payments), Step("Paid in all", bill.paid))),
        tuple(_refund(note, bill) for note in bill.credit_notes),
        _due(bill),
    )


def _givers(session: Session, invoice_id: int) -> dict[int, str]:
    """Who gave the discount of a line."""
    rows = session.execute(
        select(InvoiceLine.id, User.name)
        .join(User, User.id == InvoiceLine.discount_by_id)
        .where(InvoiceLine.invoice_id == invoice_id)
    )
    return {line_id: name for line_id, name in rows}


def _line(line: LineRecord, giver: str | None) -> Section:
    gross = line.quantity * line.unit_price
    steps = [
        Step(f"Price of one. {line.basis or _BASIS[line.kind]}", line.unit_price),
        Step(f"{line.quantity:,} × {line.unit_price:,}", gross),
    ]
    if line.discount:
        by = f", given by {giver}" if giver else ""
        percent = _short((line.discount * 100 / gross).quantize(fields.CENT))
        steps.append(Step(f"Discount of {percent} % ({line.discount_reason}){by}", -line.discount))
    if line.tax_percent:
        of = f"{gross:,} - {line.discount:,} = {gross - line.discount:,}" if line.discount else f"{gross:,}"
        steps.append(Step(f"Tax of {_short(line.tax_percent)} % of {of}, rounded once", line.tax))
    return Section(line.description, (*steps, Step("Comes to", line.amount)))


def _total(bill: InvoiceRecord) -> Section:
    steps = [Step("All lines before discount and tax", bill.subtotal)]
    if bill.discount:
        steps.append(Step("Discounts of all lines", -bill.discount))
    if bill.tax:
        steps.append(Step("Taxes of all lines", bill.tax))
    return Section("Total", (*steps, Step("Total", bill.total)))


def _payment(payment: PaymentRecord) -> Step:
    how = _how(payment.method, payment.reference, payment.received_on)
    return Step(f"{how}, taken by {payment.received_by}", payment.amount)


def _refund(note: CreditNoteRecord, bill: InvoiceRecord) -> Section:
    quantities = {line.line_id: line.quantity for line in bill.lines}
    steps = []
    for line in note.lines:
        of = f"{line.quantity:,} of {quantities[line.line_id]:,} × {line.description} at {line.unit_price:,}"
        shares = {"discount": -line.discount, "tax": line.tax}
        told = [f"{amount:+,} as its share of the {name}" for name, amount in shares.items() if amount]
        steps.append(Step(", ".join([of, *told]), line.amount))
    how = _how(note.method, note.reference, note.refunded_on)
    last = Step(f"{how}, given back by {note.refunded_by}: {note.reason}", note.amount)
    return Section(f"Credit note {note.number}", (*steps, last))


def _due(bill: InvoiceRecord) -> Section:
    if bill.state is InvoiceState.CANCELLED:
        steps = [Step(f"Cancelled: {bill.cancel_reason}", bill.due)]
    else:
        steps = [Step("Total", bill.total), Step("Paid", -bill.paid)]
    return Section("Due", (*steps, Step("Still to pay", bill.due)))


def _how(method: PaymentMethod, reference: str, day: date) -> str:
    name = _METHODS.get(method, method.capitalize())
    return f"{name} ({reference}) on {day:%d %b %Y}" if reference else f"{name} on {day:%d %b %Y}"


def _short(number: Decimal) -> str:
    """Without zeros that say nothing: 10, 12.5."""
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
