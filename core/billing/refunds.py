"""Give money back: units of lines of a paid bill with their exact shares, on a numbered credit note.

Never more than was paid and not yet given back. Of a medicine only units that the patient does not have: those that
came back, and those not handed over, which are called off by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core import audit, clock, drawers, fields
from core.billing import advances, locking, records
from core.billing.numbers import give_number
from core.billing.records import CreditNoteRecord, LineRecord
from core.billing.shares import Share, share
from core.errors import Conflict, Invalid, NotFound, check
from core.fields import NOTHING
from core.models import AdvanceReason, CreditNote, Invoice, InvoiceLine, PaymentMethod, Refund
from core.permissions import Actor, Permission, require
from core.words import say


class NothingPaid(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(say("Nothing has been paid for bill {number}: there is no money to give back.", number=number))


class AllGivenBack(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(say("All that was paid for bill {number} has been given back already.", number=number))


class RefundTooMuch(Conflict):
    """A bill that is only paid in part gives back no more than that part."""

    def __init__(self, number: str, amount: Decimal, left: Decimal) -> None:
        self.left = left
        super().__init__(
            say(
                "Of what was paid for bill {number} only {left:,} is left to give back: {amount:,} is too much.",
                number=number,
                left=left,
                amount=amount,
            )
        )


class NothingCharged(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(
            say("Nothing was charged for this on bill {number}: there is no money to give back.", number=number)
        )


@dataclass(frozen=True)
class RefundableLine:
    """A line of which `units` can be paid back, which come to `amount`. The patient still has `kept` of them."""

    line: LineRecord
    units: int
    kept: int
    amount: Decimal

    def share(self, units: int) -> Share:
        """What so many of them come to."""
        return share(self.line, self.line.refunded, units)


@dataclass(frozen=True)
class Refundable:
    """What of a bill can be paid back now: `most` is what was paid and not given back yet."""

    invoice_id: int
    number: str
    most: Decimal
    lines: tuple[RefundableLine, ...]


def refundable(session: Session, actor: Actor, invoice_id: int) -> Refundable:
    """Every line, also those of which nothing can be paid back. Raises NotFound."""
    require(actor, Permission.REFUND)
    bill = records.full(session, invoice_id)
    lines = tuple(
        RefundableLine(line, line.refundable, line.kept, share(line, line.refunded, line.refundable).amount)
        for line in bill.lines
    )
    return Refundable(invoice_id, bill.number, bill.paid - bill.refunded, lines)


def refund(
    session: Session,
    actor: Actor,
    invoice_id: int,
    quantities: Mapping[int, int],
    method: PaymentMethod,
    reason: str,
    reference: str = "",
) -> CreditNoteRecord:
    """Units by line. ADVANCE keeps the money for the patient's next bill.

    Raises NothingPaid, AllGivenBack, RefundTooMuch, NothingCharged, DayClosed, or Invalid with every line that is
    wrong ("line 17").
    """
    require(actor, Permission.REFUND)
    reason, reference = fields.line(reason), fields.line(reference)
    check(
        reason=fields.required_problem(reason, say("The reason"), 500),
        reference=fields.length_problem(reference, say("The reference"), 100),
        lines=None if quantities else say("Choose what is given back."),
    )
    invoice = locking.locked_with_visit(session, invoice_id)
    return give_back(session, actor, invoice, quantities, method, reason, reference)


def credit_note(session: Session, actor: Actor, credit_note_id: int) -> CreditNoteRecord:
    """Raises NotFound."""
    require(actor, Permission.SEE_BILLS)
    return _existing(session, credit_note_id)


def give_back(
    session: Session,
    actor: Actor,
    invoice: Invoice,
    quantities: Mapping[int, int],
    method: PaymentMethod,
    reason: str,
    reference: str = "",
) -> CreditNoteRecord:
    """For workflows that hold the bill. Refusals as in `refund`."""
    require(actor, Permission.SIGN_IN)
    drawers.still_open(session, actor)
    left = invoice.paid - invoice.refunded
    if not left:
        raise AllGivenBack(invoice.number) if invoice.paid else NothingPaid(invoice.number)
    lines = _chosen(invoice, quantities)
    shares = {line: share(line, line.refunded, quantities[line.id]) for line in lines}
    amount = sum((part.amount for part in shares.values()), NOTHING)
    if not amount:
        raise NothingCharged(invoice.number)
    if amount > left:
        raise RefundTooMuch(invoice.number, amount, left)
    holder = advances.holder(session, invoice.patient_id) if method is PaymentMethod.ADVANCE else None
    given = {"amount": amount, "method": method, "reason": reason, "reference": reference}
    note = _note(session, actor, invoice, shares, **given)
    if holder:
        advances.move(session, actor, holder, amount, AdvanceReason.CREDITED, credit_note_id=note.id)
    changes = audit.assign(invoice, refunded=invoice.refunded + amount)
    told: audit.Changes = {"credit_note": (None, note.number), "method": (None, method)}
    records.note(session, actor, "invoice.refunded", invoice, changes | told)
    return _existing(session, note.id)


def _chosen(invoice: Invoice, quantities: Mapping[int, int]) -> list[InvoiceLine]:
    on_bill = {line.id: line for line in invoice.lines}
    problems = {f"line {key}": _problem(on_bill.get(key), units) for key, units in quantities.items()}
    if found := {key: problem for key, problem in problems.items() if problem}:
        raise Invalid(found)
    return [on_bill[key] for key in sorted(quantities)]


def _problem(line: InvoiceLine | None, units: int) -> str | None:
    if line is None:
        return say("This line is not on the bill any more: look at it again.")
    if type(units) is not int or units < 1:
        return say("{description}: give back whole units, at least 1.", description=line.description)
    left = records.line_record(line).refundable
    if units <= left:
        return None
    if line.dispensed > line.returned:
        return say(
            "{description}: {dispensed:,} of {quantity:,} are with the patient, so the money of {left:,} "
            "can be given back. The counter takes medicines back first.",
            description=line.description,
            dispensed=line.dispensed - line.returned,
            quantity=line.quantity,
            left=left,
        )
    if left:
        return say("{item}: only {count:,} can still be given back.", item=line.description, count=left)
    return say("{item}: all of it has been given back already.", item=line.description)


def _note(
    session: Session, actor: Actor, invoice: Invoice, shares: Mapping[InvoiceLine, Share], **given: Any
) -> CreditNote:
    for line, part in shares.items():
        need = part.quantity - (line.returned + line.called_off - line.refunded)
        if line.medicine_id is not None and need > 0:
            line.call_off(need, f"Refunded: {given['reason']}")
        line.refunded += part.quantity
    note = CreditNote(
        **given,
        invoice_id=invoice.id,
        refunded_on=clock.today(),
        refunded_at=clock.now(),
        refunded_by_id=actor.user_id,
        refunds=[Refund(invoice_line_id=line.id, **vars(part)) for line, part in shares.items()],
    )
    give_number(session, note, note.refunded_on)
    session.add(note)
    session.flush()
    return note


def _existing(session: Session, credit_note_id: int) -> CreditNoteRecord:
    if found := records.credit_notes(session, CreditNote.id == credit_note_id):
        return found[0]
    raise NotFound("credit note", credit_note_id)
