"""Prescriptions that came after the bill of their visit was made, most often in a visit that was reopened.

They go on a supplementary bill. What the cash desk took off a bill that charged it does not come back by this.
"""

from datetime import timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from core import clock, db
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


def visits_with_more() -> Select[int]:
    """Completed visits with a bill on which nothing is of the prescription that stands, made before that was issued;
    no prescription is older than LOOKED_BACK.

    Where something of a former prescription is still owed, that is settled first.
    """
    bill, of_visit = aliased(Invoice), aliased(Prescription)
    line = (
        select(InvoiceLine.id)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .join(PrescriptionItem, PrescriptionItem.id == InvoiceLine.prescription_item_id)
        .where(Invoice.state != InvoiceState.CANCELLED)
    )
    billed = line.where(PrescriptionItem.prescription_id == Prescription.id).correlate(Prescription)
    owed = line.join(of_visit, of_visit.id == PrescriptionItem.prescription_id).correlate(Visit)
    owed = owed.where(of_visit.visit_id == Visit.id, InvoiceLine.is_owed())
    late = select(Prescription.visit_id).where(Prescription.issued_at > clock.now() - LOOKED_BACK)
    after = (
        select(bill.visit_id)
        .join(Prescription, Prescription.visit_id == bill.visit_id)
        .where(db.among(bill.visit_id, late), bill.state != InvoiceState.CANCELLED, bill.supplements_id.is_(None))
        .where(Prescription.issued_at > bill.issued_at)
    )
    return (
        select(Visit.id)
        .join(Prescription, Prescription.visit_id == Visit.id)
        .join(bill, bill.visit_id == Visit.id)
        .where(Visit.state == VisitState.COMPLETED, Prescription.state == PrescriptionState.ISSUED)
        .where(bill.state != InvoiceState.CANCELLED, bill.supplements_id.is_(None))
        .where(Prescription.issued_at > clock.now() - LOOKED_BACK, Prescription.issued_at > bill.issued_at)
        .where(db.among(Visit.id, after), ~billed.exists(), ~owed.exists())
    )
