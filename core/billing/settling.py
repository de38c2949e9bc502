"""A bill that charges medicines which the doctor took back after money was taken for it."""

from sqlalchemy.orm import Session

from core import fields
from core.billing import locking
from core.billing.changed import BillUpToDate, bill_anew, outdated, taken_back
from core.billing.invoices import completed, prescribed
from core.billing.lines import with_patient
from core.billing.supplements import Exchange, Settled, exchange
from core.errors import check
from core.models import PaymentMethod
from core.permissions import Actor, Permission, require
from core.words import say


def settle_change(
    session: Session, actor: Actor, invoice_id: int, method: PaymentMethod, reference: str = ""
) -> Settled:
    """Give back what the doctor took back after it was paid, and bill the prescription that stands.

    With ADVANCE the new bill is paid from what was given back, as far as that goes. Raises BillUpToDate,
    VisitNotCompleted, RestDueFirst, DayClosed or Invalid.
    """
    require(actor, Permission.REFUND)
    reference = fields.line(reference)
    check(reference=fields.length_problem(reference, say("The reference"), 100))
    invoice = locking.locked_with_visit(session, invoice_id)
    back = taken_back(session, invoice_id)
    if back is None or invoice.visit_id is None:
        raise BillUpToDate(invoice.number)
    if not invoice.paid and not with_patient(invoice):
        return Settled(None, bill_anew(session, actor, invoice_id))
    completed(session, invoice.visit_id)
    old, new = outdated(session, invoice), prescribed(session, invoice.visit_id)
    return exchange(
        session, actor, invoice, Exchange(old, [(None, line) for line in new], str(back)), method, reference
    )
