"""Correct a bill in place, with the same number, while it is not fully paid and nothing of it was handed over."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, fields
from core.billing import locking, records
from core.billing.changed import TakenBack, taken_back
from core.billing.lines import (
    MOST_QUANTITY,
    Charge,
    compute,
    discount_of,
    invoice_line,
    same_charge,
    state_of,
    totals,
    with_patient,
)
from core.billing.records import InvoiceRecord
from core.billing.typed_lines import LineDetails, discount, priced
from core.errors import Conflict, Invalid, check
from core.models import Invoice, InvoiceLine, InvoiceState, LineKind, PrescriptionItem
from core.permissions import Actor, Permission, require
from core.words import later, say


class CannotCorrect(Conflict):
    """The bill is not in a state in which its lines may change."""


class BillChangedMeanwhile(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(
            say(
                "Bill {number} was changed by somebody else after you opened it. Look at it again, then correct it.",
                number=number,
            )
        )


class BelowPaid(Conflict):
    def __init__(self, number: str, total: Decimal, paid: Decimal) -> None:
        self.paid = paid
        super().__init__(
            say(
                "{paid:,} has been paid for bill {number}: it cannot become {total:,}. Give money back instead.",
                paid=paid,
                number=number,
                total=total,
            )
        )


class CorrectedAfterAnew(Conflict):
    def __init__(self, number: str, back: TakenBack) -> None:
        super().__init__(
            say("{back} after bill {number} was made. Make the bill anew, then correct it.", back=back, number=number)
        )


_HANDED_OVER = later("Medicines of bill {number} have been handed over: it cannot be corrected any more.")


def correct(
    session: Session, actor: Actor, invoice_id: int, lines: Sequence[LineDetails], *, seen: InvoiceRecord
) -> InvoiceRecord:
    """The bill as it should be: lines with a `line_id` stay, others are new, those left out are removed.

    `seen` is the bill as it was when the person began. Raises CannotCorrect, BillChangedMeanwhile, CorrectedAfterAnew,
    BelowPaid or Invalid.
    """
    require(actor, Permission.BILL)
    invoice = locking.locked_with_visit(session, invoice_id)
    _refuse_uncorrectable(session, invoice)
    now = records.full(session, invoice_id)
    if (now.lines, now.paid) != (seen.lines, seen.paid):
        raise BillChangedMeanwhile(invoice.number)
    charges = priced(session, actor, lines, _on_bill(session, invoice))
    _refuse_without_consultation(invoice, charges)
    wanted = [
        (charge.was, invoice_line(charge, line.quantity, discount(actor, line, charge)))
        for line, charge in zip(lines, charges, strict=True)
    ]
    rewrite(session, actor, invoice, wanted)
    return records.full(session, invoice_id)


def rewrite(
    session: Session, actor: Actor, invoice: Invoice, wanted: Sequence[tuple[InvoiceLine | None, InvoiceLine]]
) -> None:
    """For workflows that hold the bill: each line that stays with what it becomes, and new ones (None, line).

    Raises BelowPaid or Invalid, before anything is changed.
    """
    require(actor, Permission.SIGN_IN)
    sums = totals(line for _, line in wanted)
    check(total=fields.money_problem(sums["subtotal"], say("The total")))
    if sums["total"] < invoice.paid:
        raise BelowPaid(invoice.number, sums["total"], invoice.paid)
    before, stay = _told(invoice.lines), {was for was, _ in wanted}
    for line in invoice.lines:
        if line not in stay:
            session.delete(line)
    session.flush()  # a medicine that is put on again must find its place free
    for was, line in wanted:
        if was:
            _become(was, line)
        else:
            line.invoice_id = invoice.id
            session.add(line)
    session.flush()
    session.refresh(invoice, ["lines"])
    changes = audit.assign(invoice, **sums) | {"lines": (before, _told(invoice.lines))}
    changes |= audit.assign(invoice, state=state_of(invoice))
    records.note(session, actor, "invoice.corrected", invoice, changes)


def _become(was: InvoiceLine, line: InvoiceLine) -> None:
    """What was called off comes off the bill first."""
    was.called_off = max(was.called_off - max(was.quantity - line.quantity, 0), 0)
    compute(was, line.quantity, discount_of(line))


def _told(lines: Sequence[InvoiceLine]) -> list[dict[str, object]]:
    return [{"line": line.id, "quantity": line.quantity, "discount": line.discount} for line in lines]


def _refuse_uncorrectable(session: Session, invoice: Invoice) -> None:
    number = invoice.number
    if invoice.state is InvoiceState.CANCELLED:
        raise CannotCorrect(say("Bill {number} is cancelled: there is nothing to correct.", number=number))
    if invoice.state is InvoiceState.PAID and invoice.paid:
        raise CannotCorrect(
            say("Bill {number} is paid: give money back for a line instead of correcting it.", number=number)
        )
    if any(line.dispensed for line in invoice.lines):
        told = say(_HANDED_OVER, number=number)
        way_out = "" if invoice.paid or with_patient(invoice) else say("All are back: cancel it and make another.")
        raise CannotCorrect(f"{told} {way_out}".strip())
    if invoice.refunded:
        raise CannotCorrect(
            say("Money of bill {number} has been given back: it cannot be corrected any more.", number=number)
        )
    if back := taken_back(session, invoice.id):
        raise CorrectedAfterAnew(number, back)


def _on_bill(session: Session, invoice: Invoice) -> dict[int | None, Charge]:
    """What each line there is may become. Of what the doctor prescribed no more than that, of a consultation one."""
    items = {line.prescription_item_id for line in invoice.lines}
    prescribed = select(PrescriptionItem.id, PrescriptionItem.quantity).where(PrescriptionItem.id.in_(items))
    quantities: dict[int | None, int] = {item: quantity for item, quantity in session.execute(prescribed)}

    def most(line: InvoiceLine) -> int:
        alone = 1 if line.kind is LineKind.CONSULTATION else MOST_QUANTITY
        return max(line.quantity, quantities.get(line.prescription_item_id, alone))

    return {line.id: replace(same_charge(line), was=line, most=most(line)) for line in invoice.lines}


def _refuse_without_consultation(invoice: Invoice, charges: Sequence[Charge]) -> None:
    stay = {charge.was for charge in charges}
    if any(line.kind is LineKind.CONSULTATION and line not in stay for line in invoice.lines):
        raise Invalid(
            {"lines": say("The consultation stays on the bill: what the patient need not pay is a discount.")}
        )
