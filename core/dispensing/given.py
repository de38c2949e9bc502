"""What was handed over, found again: by the bill, its receipt or prescription, or the patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core import clock, fields
from core.models import (
    Batch,
    Dispensing,
    DispensingItem,
    Document,
    Invoice,
    InvoiceState,
    Medicine,
    Patient,
    Prescription,
    User,
)
from core.permissions import Actor, Permission, require

_CHECKED_AT = "/genuine/"  # what the QR code of a prescription opens


@dataclass(frozen=True)
class GivenItem:
    """`left` units may still come back."""

    item_id: int
    medicine: str
    unit: str
    batch_number: str
    expires_on: date
    blocked: bool
    quantity: int
    returned: int

    @property
    def left(self) -> int:
        return self.quantity - self.returned

    @property
    def expired(self) -> bool:
        return self.expires_on < clock.today()


@dataclass(frozen=True)
class HandedOver:
    """What a patient got at one moment for one bill."""

    dispensing_id: int
    number: str
    patient: str
    mrn: str
    dispensed_at: datetime
    dispensed_by: str
    items: tuple[GivenItem, ...]


def find_handed_over(session: Session, actor: Actor, term: str, limit: int = 20) -> list[HandedOver]:
    """Of which every word is part of the bill's number, the patient's name or the MRN; the latest first."""
    require(actor, Permission.DISPENSE)
    numbers = bills_of_code(session, actor, term)
    fits = [Invoice.number.in_(numbers)] if numbers else [_part_of(word) for word in term.split()]
    rows = session.execute(
        select(Dispensing, Invoice.number, Patient.name, Patient.mrn, User.name)
        .join(Invoice, Invoice.id == Dispensing.invoice_id)
        .join(Patient, Patient.id == Invoice.patient_id)
        .join(User, User.id == Dispensing.dispensed_by_id)
        .where(*fits)
        .order_by(Dispensing.dispensed_at.desc(), Dispensing.id.desc())
        .limit(limit)
        .options(selectinload(Dispensing.items).options(joinedload(DispensingItem.batch).joinedload(Batch.medicine)))
        .execution_options(populate_existing=True)
    )
    return [
        HandedOver(one.id, number, patient, mrn, one.dispensed_at, by, _items(one.items))
        for one, number, patient, mrn, by in rows
    ]


def bills_of_code(session: Session, actor: Actor, scanned: str) -> list[str]:
    """The bills that a scanned code leads to: a bill's own number, a prescription's, or the address on its paper."""
    require(actor, Permission.DISPENSE)
    code = fields.line(scanned)
    of_prescription = (
        select(Prescription.visit_id)
        .outerjoin(Document, Document.prescription_id == Prescription.id)
        .where(
            Document.code == code.rsplit(_CHECKED_AT, 1)[1].strip("/ ")
            if _CHECKED_AT in code
            else Prescription.number == code.upper()
        )
    )
    meant = (Invoice.number == code.upper()) | Invoice.visit_id.in_(of_prescription)
    stands = Invoice.state != InvoiceState.CANCELLED
    return list(session.scalars(select(Invoice.number).where(meant, stands).order_by(Invoice.id)))


def _part_of(word: str) -> ColumnElement[bool]:
    word = fields.line(word)
    columns = (Invoice.number, Patient.name, Patient.mrn)
    return or_(*(column.icontains(word, autoescape=True) for column in columns))


def _items(items: Sequence[DispensingItem]) -> tuple[GivenItem, ...]:
    return tuple(_item(item, item.batch, item.batch.medicine) for item in sorted(items, key=lambda item: item.id))


def _item(item: DispensingItem, batch: Batch, medicine: Medicine) -> GivenItem:
    return GivenItem(
        *(item.id, medicine.name, medicine.unit, batch.number, batch.expires_on, batch.blocked_at is not None),
        *(item.quantity, item.returned),
    )
