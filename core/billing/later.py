"""Prescriptions that came after the bill of their visit was made, most often in a visit that was reopened.

They go on a supplementary bill. What the cash desk took off a bill that charged it does not come back by this.
"""

from datetime import timedelta

from sqlalchemy import Select, exists, func, select

from core import clock
from core.models import (
    Invoice,
    InvoiceLine,
    InvoiceState,
    Prescription,
    PrescriptionItem,
    PrescriptionState,
    Visit,
    VisitState,
)

LOOKED_BACK = timedelta(days=30)  # keeps the list from reading every prescription there ever was

_STANDS = Invoice.state != InvoiceState.CANCELLED


def visits_with_more() -> Select[int]:
    """Completed visits with a bill on which nothing is of the prescription that stands, made before that was issued.

    Where something of a former prescription is still owed, that is settled first.
    """
    last_bill = select(func.max(Invoice.issued_at)).where(Invoice.visit_id == Visit.id, _STANDS).scalar_subquery()
    lines = exists().where(InvoiceLine.invoice_id == Invoice.id, Invoice.visit_id == Visit.id, _STANDS)
    lines = lines.where(InvoiceLine.prescription_item_id == PrescriptionItem.id)
    billed = lines.where(PrescriptionItem.prescription_id == Prescription.id)
    owed = lines.where(PrescriptionItem.prescription_id != Prescription.id, InvoiceLine.owed > 0)
    return (
        select(Visit.id)
        .join(Prescription, Prescription.visit_id == Visit.id)
        .where(Visit.state == VisitState.COMPLETED, Prescription.state == PrescriptionState.ISSUED)
        .where(Prescription.issued_at > clock.now() - LOOKED_BACK, Prescription.issued_at > last_bill)
        .where(~billed.correlate(Visit, Prescription), ~owed.correlate(Visit, Prescription))
    )
