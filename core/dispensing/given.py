"""What was handed over, found again: by the bill, its receipt or prescription, or the patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload

from core import clock, db, fields, spelling
from core.models import (
    Batch,
    Dispensing,
    DispensingItem,
    Document,
    Invoice,
    InvoiceCounter,
    InvoiceState,
    Medicine,
    Patient,
    Prescription,
    User,
)
from core.permissions import Actor, Permission, require

GIVEN_LAST, LONGEST_COUNT = 2000, 6  # so many are looked through for any part of a number; digits
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
    """Of which every word is part of the bill's number, the patient's name or the MRN; the latest first. Without words
    whatever was handed over last; for a scanned code what was handed over for its bills.

    Further back than what was handed over last, a word is part of a name or an MRN, the bill's number or its count.
    """
    require(actor, Permission.DISPENSE)
    if numbers := bills_of_code(session, actor, term):
        return _latest(session, [Invoice.number.in_(numbers)], limit)
    words = fields.line(term).split()
    if not words:
        return _latest(session, [], limit)
    fits = [_part_of(word) for word in words]
    last = Dispensing.id > (session.scalar(select(func.max(Dispensing.id))) or 0) - GIVEN_LAST
    bills = db.among(Invoice.id, select(Dispensing.invoice_id).where(last))
    found = _latest(session, [last, bills, *fits], limit)
    if len(found) < limit:
        found += _latest(session, [_of_anybody(words), *fits], limit)
    return list({one.dispensing_id: one for one in found}.values())[:limit]


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
    of_visit, stands = Invoice.visit_id.in_(of_prescription), Invoice.state != InvoiceState.CANCELLED
    meant = _either(
        *(Invoice.number == code.upper(), of_visit & stands & Invoice.supplements_id.is_(None)),
        of_visit & Invoice.supplements_id.is_not(None),
    )
    return list(session.scalars(select(Invoice.number).where(meant, stands).order_by(Invoice.id)))


def _latest(session: Session, which: Sequence[ColumnElement[bool]], limit: int) -> list[HandedOver]:
    rows = session.execute(
        select(Dispensing, Invoice.number, Patient.name, Patient.mrn, User.name)
        .join(Invoice, Invoice.id == Dispensing.invoice_id)
        .join(Patient, Patient.id == Invoice.patient_id)
        .join(User, User.id == Dispensing.dispensed_by_id)
        .where(*which)
        .order_by(Dispensing.dispensed_at.desc(), Dispensing.id.desc())
        .limit(limit)
        .options(selectinload(Dispensing.items).options(joinedload(DispensingItem.batch).joinedload(Batch.medicine)))
        .execution_options(populate_existing=True)
    )
    return [
        HandedOver(one.id, number, patient, mrn, one.dispensed_at, by, _items(one.items))
        for one, number, patient, mrn, by in rows
    ]


def _part_of(word: str) -> ColumnElement[bool]:
    columns = (Invoice.number, Patient.name, Patient.mrn)
    return or_(*(column.icontains(word, autoescape=True) for column in columns))


def _of_anybody(words: Sequence[str]) -> ColumnElement[bool]:
    """What indexes find for the words: bills of patients who have all of them in name or MRN, and bills of a number."""
    pieces = sorted(set().union(*map(spelling.pieces, (word.lower() for word in words))))
    theirs = Invoice.patient_id.in_(select(Patient.id).where(Patient.search_grams.contains(pieces)))
    counts = {int(word) for word in words if word.isascii() and word.isdigit() and len(word) <= LONGEST_COUNT}
    years = Invoice.financial_year.in_(select(InvoiceCounter.financial_year))  # as its index begins
    return _either(theirs, Invoice.number.in_([word.upper() for word in words]), years & Invoice.sequence.in_(counts))


def _either(*ways: ColumnElement[bool]) -> ColumnElement[bool]:
    """Bills found in one way or another, each by its own index. With OR between them every bill would be read."""
    return Invoice.id.in_(union_all(*(select(Invoice.id).where(way).correlate(None) for way in ways)))


def _items(items: Sequence[DispensingItem]) -> tuple[GivenItem, ...]:
    return tuple(_item(item, item.batch, item.batch.medicine) for item in sorted(items, key=lambda item: item.id))


def _item(item: DispensingItem, batch: Batch, medicine: Medicine) -> GivenItem:
    return GivenItem(
        *(item.id, medicine.name, medicine.unit, batch.number, batch.expires_on, batch.blocked_at is not None),
        *(item.quantity, item.returned),
    )
