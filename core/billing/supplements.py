"""A bill whose medicines became others after money was taken for it.

What is owed of it is given back on a credit note, and a supplementary bill charges what stands: the prescription that
replaced the former, or the medicine that is handed over in place of one that is not there. While the bill is not
fully paid it is changed in place instead. A visit keeps one bill; supplements hang on it one after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, fields
from core.billing import records
from core.billing.changed import BillUpToDate, bill_anew, outdated, taken_back
from core.billing.correcting import BelowPaid, rewrite
from core.billing.invoices import completed, issue, prescribed
from core.billing.lines import NO_DISCOUNT, Discount, invoice_line, medicine_charge, same_charge, same_line
from core.billing.payments import take
from core.billing.records import CreditNoteRecord, InvoiceRecord
from core.billing.refunds import call_off, give_back
from core.billing.shares import share
from core.errors import Conflict, NotFound, check
from core.models import Invoice, InvoiceLine, InvoiceState, Medicine, PaymentMethod
from core.permissions import Actor, Permission, require


class CannotSwap(Conflict):
    """This medicine cannot be handed over in place of the one on the bill."""


@dataclass(frozen=True)
class Settled:
    """What was given back, and the bill against which medicines are handed over now; None where there is none."""

    credit_note: CreditNoteRecord | None
    bill: InvoiceRecord | None


def settle_change(
    session: Session, actor: Actor, invoice_id: int, method: PaymentMethod, reference: str = ""
) -> Settled:
    """Give back what the doctor took back after it was paid, and bill the prescription that stands.

    With ADVANCE the new bill is paid from what was given back, as far as that goes. Raises BillUpToDate,
    VisitNotCompleted, RefundTooMuch, DayClosed or Invalid.
    """
    require(actor, Permission.REFUND)
    reference = fields.line(reference)
    check(reference=fields.length_problem(reference, "The reference", 100))
    invoice = records.locked_with_visit(session, invoice_id)
    back = taken_back(session, invoice_id)
    if back is None or invoice.visit_id is None:
        raise BillUpToDate(invoice.number)
    if not invoice.paid:
        return Settled(None, bill_anew(session, actor, invoice_id))
    completed(session, invoice.visit_id)
    old, new = outdated(session, invoice), prescribed(session, invoice.visit_id)
    if _in_place(session, actor, invoice, old, [(None, line) for line in new]):
        return Settled(None, records.full(session, invoice_id))
    note = _given_back(session, actor, invoice, old, method, str(back), reference)
    return Settled(note, _supplement(session, actor, invoice, new, note))


def swap(session: Session, actor: Actor, invoice_id: int, line_id: int, medicine_id: int) -> Settled:
    """Hand over another medicine of the same generic in place of what is owed of a line, at its own price.

    Money that was paid for the line is kept for the patient and pays the new bill as far as it goes. Raises
    CannotSwap, RefundTooMuch or DayClosed.
    """
    require(actor, Permission.DISPENSE)
    invoice = records.locked_with_visit(session, invoice_id)
    line = next((line for line in invoice.lines if line.id == line_id), None)
    if line is None:
        raise NotFound("line of this bill", line_id)
    other = session.get(Medicine, medicine_id)
    if problem := _swap_problem(session, invoice, line, other):
        raise CannotSwap(problem)
    assert other is not None
    new = _substitute(line, other)
    stays = [(line, _first(line, line.dispensed))] if line.dispensed else []
    if _in_place(session, actor, invoice, [line], [*stays, (None, new)]):
        return Settled(None, records.full(session, invoice_id))
    reason = f"{other.name} in place of {line.description}"
    note = _given_back(session, actor, invoice, [line], PaymentMethod.ADVANCE, reason)
    return Settled(note, _supplement(session, actor, invoice, [new], note))


def _swap_problem(session: Session, invoice: Invoice, line: InvoiceLine, other: Medicine | None) -> str | None:
    if invoice.state is InvoiceState.CANCELLED:
        return f"Invoice {invoice.number} is cancelled."
    if back := taken_back(session, invoice.id):
        return f"{back} after bill {invoice.number} was made. Send the patient to the cash desk."
    if line.medicine_id is None or not line.owed:
        return f"Nothing of {line.description} is owed any more."
    if other is None or other.withdrawn_at or other.id == line.medicine_id:
        return "Choose another medicine of the list."
    was = session.get_one(Medicine, line.medicine_id)
    if not was.generic or _contents(was) != _contents(other):
        return f"{other.name} is not the same as {was.name}: generic and strength must agree."
    return None


def _contents(medicine: Medicine) -> tuple[str, str]:
    return medicine.generic.casefold(), medicine.strength.casefold().replace(" ", "")


def _substitute(line: InvoiceLine, other: Medicine) -> InvoiceLine:
    """As many of the other medicine, with the discount there was, in percent."""
    charge = medicine_charge(other, line.prescription_item_id, f"Price list, in place of {line.description}")
    gross = line.quantity * line.unit_price
    off = fields.to_cents(line.owed * other.price * line.discount / gross) if gross else line.discount
    return invoice_line(charge, line.owed, _discount(line, off))


def _first(line: InvoiceLine, units: int) -> InvoiceLine:
    """The line, if it were only for so many."""
    return invoice_line(same_charge(line), units, _discount(line, share(line, 0, units).discount))


def _discount(line: InvoiceLine, amount: Decimal) -> Discount:
    return Discount(amount, line.discount_reason, line.discount_by_id) if amount else NO_DISCOUNT


def _in_place(
    session: Session,
    actor: Actor,
    invoice: Invoice,
    old: Sequence[InvoiceLine],
    new: Sequence[tuple[InvoiceLine | None, InvoiceLine]],
) -> bool:
    """Whether the bill itself could be changed: it is not paid, nothing of the lines was, and enough is left on it."""
    others = [line for line in invoice.lines if line not in old]
    clash = {line.medicine_id for line in others} & {line.medicine_id for _, line in new} - {None}
    if invoice.state is not InvoiceState.ISSUED or clash or any(line.refunded for line in old):
        return False
    try:
        rewrite(session, actor, invoice, [*((line, same_line(line)) for line in others), *new])
    except BelowPaid:
        return False
    return True


def _given_back(
    session: Session,
    actor: Actor,
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    method: PaymentMethod,
    reason: str,
    reference: str = "",
) -> CreditNoteRecord | None:
    """Everything of these lines that the patient does not have. What was free is called off without a note."""
    units = {line: count for line in lines if (count := records.line_record(line).refundable)}
    if any(share(line, line.refunded, count).amount for line, count in units.items()):
        quantities = {line.id: count for line, count in units.items()}
        return give_back(session, actor, invoice, quantities, method, reason, reference)
    for line in units:
        call_off(line, line.owed, reason)
    called_off: audit.Changes = {"called_off": (None, [line.id for line in units])}
    records.note(session, actor, "invoice.called_off", invoice, called_off)
    return None


def _supplement(
    session: Session, actor: Actor, invoice: Invoice, lines: list[InvoiceLine], note: CreditNoteRecord | None
) -> InvoiceRecord | None:
    if not lines:
        return None
    last = _last(session, invoice)
    bill = issue(session, actor, invoice.patient_id, lines, visit_id=invoice.visit_id, supplements_id=last.id)
    if note and note.method is PaymentMethod.ADVANCE and bill.total:
        made = records.locked(session, bill.invoice_id)
        take(session, actor, made, min(note.amount, bill.total), PaymentMethod.ADVANCE)
    return records.full(session, bill.invoice_id)


def _last(session: Session, invoice: Invoice) -> Invoice:
    """Of the bill and its supplements, each locked after the one before: a new one hangs on it."""
    supplement = select(Invoice.id).where(Invoice.supplements_id == invoice.id, Invoice.state != InvoiceState.CANCELLED)
    following = session.scalar(supplement)
    return _last(session, records.locked(session, following)) if following else invoice
