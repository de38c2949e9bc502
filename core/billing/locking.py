"""A bill that is held until the commit: nobody else changes it, and it is read anew.

What every step at the cash desk asks first is put together once, which takes as long as to send it.
"""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from core.errors import NotFound
from core.models import Invoice, InvoiceLine, InvoiceState, Visit

_OF_BILL = Invoice.id == bindparam("bill")
_LOCK = (
    select(Invoice)
    .where(_OF_BILL)
    .options(joinedload(Invoice.patient, innerjoin=True))
    .with_for_update(of=Invoice)
    .execution_options(populate_existing=True)
)
_LINES = (
    select(InvoiceLine)
    .where(InvoiceLine.invoice_id == bindparam("bill"))
    .options(joinedload(InvoiceLine.medicine))
    .order_by(InvoiceLine.id)
    .execution_options(populate_existing=True)
)
_LOCK_VISIT = (
    select(Visit)
    .where(Visit.id == select(Invoice.visit_id).where(_OF_BILL).scalar_subquery())
    .with_for_update()
    .execution_options(populate_existing=True)
)


def locked(session: Session, invoice_id: int) -> Invoice:
    """The bill with its lines, their medicines and its patient, locked until commit. Raises NotFound."""
    invoice = session.scalar(_LOCK, {"bill": invoice_id})
    if invoice is None:
        raise NotFound("bill", invoice_id)
    set_committed_value(invoice, "lines", session.scalars(_LINES, {"bill": invoice_id}).all())
    return invoice


def locked_with_visit(session: Session, invoice_id: int) -> Invoice:
    """As `locked`, and its visit before it, as everywhere: whoever changes a prescription holds the visit."""
    session.scalar(_LOCK_VISIT, {"bill": invoice_id})
    return locked(session, invoice_id)


def last_supplement(session: Session, invoice: Invoice) -> Invoice:
    """Of the bill and its supplements, each locked after the one before: a new one hangs on it."""
    stands = (Invoice.supplements_id == invoice.id, Invoice.state != InvoiceState.CANCELLED)
    following = session.scalar(select(Invoice.id).where(*stands))
    return last_supplement(session, locked(session, following)) if following else invoice
