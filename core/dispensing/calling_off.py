"""What will not be handed over after all: it is no longer owed, and the cash desk may pay it back."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, billing, clinic, fields
from core.dispensing.handing import InvoiceNotPaid, PrescriptionTakenBack
from core.dispensing.waiting import ready_states
from core.errors import Conflict, NotFound, check
from core.models import Invoice, InvoiceLine
from core.permissions import Actor, Permission, require
from core.words import say

LONGEST_REASON = 200


class NotThatManyOwed(Conflict):
    def __init__(self, medicine: str, owed: int, quantity: int) -> None:
        self.owed, self.quantity = owed, quantity
        super().__init__(
            say(
                "{medicine}: {owed:,} still to be handed over, {quantity:,} cannot be called off.",
                medicine=medicine,
                owed=owed,
                quantity=quantity,
            )
            if owed
            else say("{medicine}: nothing is to be handed over any more.", medicine=medicine)
        )


def call_off(session: Session, actor: Actor, line_id: int, quantity: int, reason: str) -> int:
    """Units of a line are not given; returns how many stay owed.

    Raises InvoiceNotPaid, PrescriptionTakenBack, NotThatManyOwed, NotFound or Invalid.
    """
    require(actor, Permission.DISPENSE)
    reason = fields.line(reason)
    check(
        quantity=None if type(quantity) is int and quantity > 0 else say("Call off whole units, 1 or more."),
        reason=fields.required_problem(reason, say("The reason"), LONGEST_REASON),
    )
    invoice, line = _locked(session, line_id)
    if quantity > line.owed:
        raise NotThatManyOwed(line.description, line.owed, quantity)
    before = line.called_off
    line.call_off(quantity, reason)
    # The reason stays on the line: it may say how somebody is.
    changes: audit.Changes = {"line_id": (None, line.id), "called_off": (before, line.called_off)}
    event, days = "invoice.medicine_called_off", {invoice.issued_on}
    audit.record(session, actor, audit.UPDATE, event, invoice, changes, days=days, visit_id=invoice.visit_id)
    return line.owed


def _locked(session: Session, line_id: int) -> tuple[Invoice, InvoiceLine]:
    invoice_id = session.scalar(
        select(InvoiceLine.invoice_id).where(InvoiceLine.id == line_id, InvoiceLine.medicine_id.is_not(None))
    )
    if invoice_id is None:
        raise NotFound("line of a medicine", line_id)
    invoice = billing.locked_with_visit(session, invoice_id)
    if invoice.state not in ready_states(clinic.profile(session)):
        raise InvoiceNotPaid(invoice.number, invoice.state)
    if back := billing.taken_back(session, invoice_id):
        raise PrescriptionTakenBack(invoice.number, back)
    line = next((line for line in invoice.lines if line.id == line_id), None)
    if line is None:  # the bill was corrected meanwhile
        raise NotFound("line of a medicine", line_id)
    return invoice, line
