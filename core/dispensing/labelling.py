"""What the labels say of what was handed over at one moment."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import dosage
from core.errors import NotFound
from core.models import (
    Batch,
    Dispensing,
    DispensingItem,
    Invoice,
    InvoiceLine,
    Medicine,
    Patient,
    PrescriptionItem,
)
from core.permissions import Actor, Permission, require


@dataclass(frozen=True)
class LabelRecord:
    """One for each batch, as each has a day of its own. `in_words` is empty where nothing was prescribed."""

    patient: str
    medicine: str
    in_words: str
    quantity: int
    unit: str
    batch_number: str
    expires_on: date
    given_on: date


def labels(session: Session, actor: Actor, dispensing_id: int) -> list[LabelRecord]:
    """Raises NotFound."""
    require(actor, Permission.DISPENSE)
    rows = session.execute(
        select(DispensingItem, Dispensing.dispensed_on, Batch, Medicine, PrescriptionItem, Patient.name)
        .select_from(DispensingItem)
        .join(Dispensing, Dispensing.id == DispensingItem.dispensing_id)
        .join(Batch, Batch.id == DispensingItem.batch_id)
        .join(Medicine, Medicine.id == Batch.medicine_id)
        .join(InvoiceLine, InvoiceLine.id == DispensingItem.invoice_line_id)
        .join(Invoice, Invoice.id == Dispensing.invoice_id)
        .join(Patient, Patient.id == Invoice.patient_id)
        .outerjoin(PrescriptionItem, PrescriptionItem.id == InvoiceLine.prescription_item_id)
        .where(DispensingItem.dispensing_id == dispensing_id)
        .order_by(DispensingItem.id)
    )
    found = [
        LabelRecord(
            patient=patient,
            medicine=medicine.name,
            in_words=dosage.in_words(dosage.directions(ordered, medicine)) if ordered else "",
            quantity=item.quantity,
            unit=medicine.unit,
            batch_number=batch.number,
            expires_on=batch.expires_on,
            given_on=given_on,
        )
        for item, given_on, batch, medicine, ordered, patient in rows
    ]
    if not found:
        raise NotFound("dispensing", dispensing_id)
    return found
