"""How every amount of a bill came to be, in words and numbers."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import fields
from core.billing import records
from core.billing.records import CreditNoteRecord, InvoiceRecord, LineRecord, PaymentRecord, RefundedLine, in_words
from core.called import called
from core.models import Invoice, InvoiceLine, InvoiceState, LineKind, PaymentMethod, User
from core.permissions import Actor, Permission, require
from core.words import date_in_words, later, say, written

# For lines from before their basis was kept.
_BASIS = {
    LineKind.CONSULTATION: later("Fee of the doctor"),
    LineKind.SERVICE: later("Price list"),
    LineKind.MEDICINE: later("Price list"),
    LineKind.OTHER: later("Price by hand"),
}


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
        Section(say("Paid"), (*map(_payment, bill.payments), Step(say("Paid in all"), bill.paid))),
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
        Step(say("Price of one. {basis}", basis=say(line.basis or _BASIS[line.kind])), line.unit_price),
        Step(f"{written(line.quantity)} × {written(line.unit_price)}", gross),
    ]
    if line.discount:
        steps.append(Step(_discount(line, gross, giver), -line.discount))
    if line.tax_percent:
        of = written(gross)
        if line.discount:
            of = f"{of} - {written(line.discount)} = {written(gross - line.discount)}"
        told = say("Tax of {percent} % of {of}, rounded once", percent=_short(line.tax_percent), of=of)
        steps.append(Step(told, line.tax))
    return Section(in_words(line), (*steps, Step(say("Comes to"), line.amount)))


def _discount(line: LineRecord, gross: Decimal, giver: str | None) -> str:
    facts = {"percent": _short((line.discount * 100 / gross).quantize(fields.CENT)), "reason": line.discount_reason}
    if giver:
        return say("Discount of {percent} % ({reason}), given by {person}", person=giver, **facts)
    return say("Discount of {percent} % ({reason})", **facts)


def _total(bill: InvoiceRecord) -> Section:
    steps = [Step(say("All lines before discount and tax"), bill.subtotal)]
    if bill.discount:
        steps.append(Step(say("Discounts of all lines"), -bill.discount))
    if bill.tax:
        steps.append(Step(say("Taxes of all lines"), bill.tax))
    return Section(say("Total"), (*steps, Step(say("Total"), bill.total)))


def _payment(payment: PaymentRecord) -> Step:
    how = _how(payment.method, payment.reference, payment.received_on)
    return Step(say("{how}, taken by {person}", how=how, person=payment.received_by), payment.amount)


def _refund(note: CreditNoteRecord, bill: InvoiceRecord) -> Section:
    lines = {line.line_id: line for line in bill.lines}
    steps = [Step(_part(line, lines[line.line_id]), line.amount) for line in note.lines]
    how = _how(note.method, note.reference, note.refunded_on)
    told = say("{how}, given back by {person}: {reason}", how=how, person=note.refunded_by, reason=note.reason)
    return Section(say("Credit note {number}", number=note.number), (*steps, Step(told, note.amount)))


def _part(line: RefundedLine, of: LineRecord) -> str:
    told = say(
        "{count:,} of {all:,} × {item} at {price:,}",
        count=line.quantity,
        all=of.quantity,
        item=in_words(of),
        price=line.unit_price,
    )
    discount = say("{amount:+,} as its share of the discount", amount=-line.discount) if line.discount else ""
    tax = say("{amount:+,} as its share of the tax", amount=line.tax) if line.tax else ""
    return ", ".join(filter(None, (told, discount, tax)))


def _due(bill: InvoiceRecord) -> Section:
    if bill.state is InvoiceState.CANCELLED:
        steps = [Step(say("Cancelled: {cancel_reason}", cancel_reason=bill.cancel_reason), bill.due)]
    else:
        steps = [Step(say("Total"), bill.total), Step(say("Paid"), -bill.paid)]
    return Section(say("Due"), (*steps, Step(say("Still to pay"), bill.due)))


def _how(method: PaymentMethod, reference: str, day: date) -> str:
    name = say("The advance of the patient") if method is PaymentMethod.ADVANCE else called(method)
    if reference:
        return say("{name} ({reference}) on {day}", name=name, reference=reference, day=date_in_words(day))
    return say("{name} on {day}", name=name, day=date_in_words(day))


def _short(number: Decimal) -> str:
    """Without zeros that say nothing: 10, 12.5."""
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
