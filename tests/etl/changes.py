"""What may happen to a clinic, for tests of what becomes of its documents."""

from decimal import Decimal

from sqlalchemy import select, update

from core import audit, clock, visits
from core.models import (
    Invoice,
    InvoiceLine,
    Patient,
    PatientMerge,
    PaymentMethod,
    Refund,
    Visit,
)
from tests.factories import (
    a_visit,
)


def seen(session, doctor, patient, follow_up_on=None):
    visit = a_visit(session, doctor, patient)
    visits.add_diagnosis(session, doctor, visit.visit_id, "J06.9")
    visits.complete(session, doctor, visit.visit_id, follow_up_on)
    return visit.visit_id


def merge(session, admin, survivor, absorbed):
    """As the workflow will do it: visits and bills go to the record that stays."""
    for table in (Visit, Invoice):
        moved = update(table).where(table.patient_id == absorbed.patient_id)
        session.execute(moved.values(patient_id=survivor.patient_id), execution_options={"synchronize_session": False})
    who = {"survivor_id": survivor.patient_id, "absorbed_id": absorbed.patient_id}
    session.add(PatientMerge(**who, merged_by_id=admin.user_id, merged_at=clock.now(), moved={}))
    gone = session.get_one(Patient, absorbed.patient_id)
    changes = audit.assign(gone, merged_into_id=survivor.patient_id)
    audit.record(session, admin, audit.UPDATE, "patient.merged", gone, changes)


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
