"""What may happen to a clinic, for tests of what becomes of its documents."""

from decimal import Decimal

from sqlalchemy import select

from core import audit, clock, visits
from core.models import (
    Invoice,
    InvoiceLine,
    OverriddenWarning,
    PaymentMethod,
    Prescription,
    PrescriptionItem,
    Refund,
)
from tests.factories import a_visit


def seen(session, doctor, patient, follow_up_on=None):
    visit = a_visit(session, doctor, patient)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    visits.complete(session, doctor, visit.visit_id, follow_up_on)
    return visit.visit_id


def refund(session, admin, invoice_id, amount):
    """As the workflow will do it: money back for the first line of a bill."""
    invoice = session.get_one(Invoice, invoice_id)
    line = session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id)).first()
    session.add(
        Refund(
            **{"invoice_line_id": line.id, "quantity": 1, "discount": Decimal(0), "tax": Decimal(0)},
            **{"amount": Decimal(amount), "method": PaymentMethod.CASH, "reason": "Not done"},
            **{"refunded_on": clock.today(), "refunded_at": clock.now(), "refunded_by_id": admin.user_id},
        )
    )
    changes = audit.assign(invoice, refunded=Decimal(amount))
    audit.record(session, admin, audit.UPDATE, "invoice.refunded", invoice, changes, days={invoice.issued_on})


def answer_warning(session, visit_id, kind):
    """The first item of a visit was prescribed against a warning."""
    items = select(PrescriptionItem.id).join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
    [item, *_] = session.scalars(items.where(Prescription.visit_id == visit_id).order_by(PrescriptionItem.id))
    session.add(OverriddenWarning(prescription_item_id=item, kind=kind, sentence="Too much.", source="The book"))
