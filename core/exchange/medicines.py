"""What was prescribed, and what was handed over."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from core import dosage
from core.exchange.records import DispenseRecord, RequestRecord
from core.models import (
    Batch,
    Dispensing,
    DispensingItem,
    Invoice,
    InvoiceLine,
    Medicine,
    Prescription,
    PrescriptionItem,
    User,
    Visit,
)


def requests(session: Session, which: Sequence[ColumnElement[bool]], limit: int) -> list[RequestRecord]:
    rows = session.execute(
        select(PrescriptionItem, Prescription, Medicine, Visit.patient_id, User.name)
        .join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
        .join(Medicine, Medicine.id == PrescriptionItem.medicine_id)
        .join(Visit, Visit.id == Prescription.visit_id)
        .join(User, User.id == Prescription.issued_by_id)
        .where(*which)
        .order_by(PrescriptionItem.id)
        .limit(limit)
    )
    return [
        RequestRecord(
            record_id=item.id,
            number=issued.number,
            state=issued.state,
            patient_id=patient_id,
            visit_id=issued.visit_id,
            doctor_id=issued.issued_by_id,
            doctor=doctor,
            issued_at=issued.issued_at,
            cancelled_at=issued.cancelled_at,
            cancel_reason=issued.cancel_reason,
            medicine=medicine.name,
            generic=medicine.generic,
            directions=dosage.directions(item, medicine),
            quantity=item.quantity,
        )
        for item, issued, medicine, patient_id, doctor in rows
    ]


def dispenses(session: Session, which: Sequence[ColumnElement[bool]], limit: int) -> list[DispenseRecord]:
    billed = aliased(Medicine)
    rows = session.execute(
        select(
            DispensingItem, Dispensing, Batch, Medicine, InvoiceLine.prescription_item_id, billed, Invoice, User.name
        )
        .join(Dispensing, Dispensing.id == DispensingItem.dispensing_id)
        .join(Batch, Batch.id == DispensingItem.batch_id)
        .join(Medicine, Medicine.id == Batch.medicine_id)
        .join(InvoiceLine, InvoiceLine.id == DispensingItem.invoice_line_id)
        .join(billed, billed.id == InvoiceLine.medicine_id)
        .join(Invoice, Invoice.id == Dispensing.invoice_id)
        .join(User, User.id == Dispensing.dispensed_by_id)
        .where(*which)
        .order_by(DispensingItem.id)
        .limit(limit)
    )
    return [
        DispenseRecord(
            record_id=item.id,
            patient_id=bill.patient_id,
            visit_id=bill.visit_id,
            request_id=request_id,
            medicine=medicine.name,
            generic=medicine.generic,
            unit=medicine.unit,
            batch_number=batch.number,
            expires_on=batch.expires_on,
            quantity=item.quantity,
            returned=item.returned,
            dispensed_at=given.dispensed_at,
            dispensed_by_id=given.dispensed_by_id,
            dispensed_by=by,
            instead_of="" if meant.id == medicine.id else meant.name,
        )
        for item, given, batch, medicine, request_id, meant, bill, by in rows
    ]
