"""Prescriptions as doctors write them and as screens and paper show them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core import dosage
from core.dosage import Directions
from core.errors import NotFound
from core.models import Medicine, Patient, Prescription, PrescriptionItem, PrescriptionState, Route, User, Visit
from core.permissions import Actor, Permission, require


@dataclass(frozen=True)
class ItemDetails:
    """What the doctor writes. `dose` is what is taken at a time; without `quantity` it is computed.

    `frequency` is OD BD TDS QID HS SOS STAT or hours as 6H. `override_reason` answers a warning about this item.
    """

    medicine_id: int
    dose: Decimal
    frequency: str
    duration_days: int
    route: Route = Route.ORAL
    instructions: str = ""
    quantity: int | None = None
    override_reason: str = ""


@dataclass(frozen=True)
class ItemRecord:
    """FHIR MedicationRequest. `quantity` is whole units of the medicine to hand over."""

    item_id: int
    medicine_id: int
    medicine: str
    generic: str
    strength: str
    directions: Directions
    quantity: int
    override_reason: str

    @property
    def in_words(self) -> str:
        """ "1 tablet, three times a day, for 5 days, after food" """
        return dosage.in_words(self.directions)


@dataclass(frozen=True)
class PrescriptionRecord:
    prescription_id: int
    number: str
    state: PrescriptionState
    visit_id: int
    issued_at: datetime
    doctor_id: int
    doctor_name: str
    patient_id: int
    patient_name: str
    mrn: str
    items: tuple[ItemRecord, ...]


def get(session: Session, actor: Actor, prescription_id: int) -> PrescriptionRecord:
    require(actor, Permission.READ_PRESCRIPTIONS)
    found = _read(session, Prescription.id == prescription_id)
    if found is None:
        raise NotFound("prescription", prescription_id)
    return found


def for_visit(session: Session, actor: Actor, visit_id: int) -> PrescriptionRecord | None:
    """The prescription that stands for a visit."""
    require(actor, Permission.READ_PRESCRIPTIONS)
    return _read(session, (Prescription.visit_id == visit_id) & (Prescription.state == PrescriptionState.ISSUED))


def _read(session: Session, wanted: ColumnElement[bool]) -> PrescriptionRecord | None:
    """Two statements: the prescription, its items."""
    row = session.execute(
        select(Prescription, User.name, Patient.id, Patient.name, Patient.mrn)
        .join(Visit, Visit.id == Prescription.visit_id)
        .join(Patient, Patient.id == Visit.patient_id)
        .join(User, User.id == Prescription.issued_by_id)
        .where(wanted)
    ).one_or_none()
    if row is None:
        return None
    prescription, doctor, patient_id, patient, mrn = row
    return PrescriptionRecord(
        prescription.id,
        prescription.number,
        prescription.state,
        prescription.visit_id,
        prescription.issued_at,
        prescription.issued_by_id,
        doctor,
        patient_id,
        patient,
        mrn,
        _items(session, prescription.id),
    )


def _items(session: Session, prescription_id: int) -> tuple[ItemRecord, ...]:
    rows = session.execute(
        select(PrescriptionItem, Medicine)
        .join(Medicine, Medicine.id == PrescriptionItem.medicine_id)
        .where(PrescriptionItem.prescription_id == prescription_id)
        .order_by(PrescriptionItem.id)
    )
    return tuple(
        ItemRecord(
            item.id,
            medicine.id,
            medicine.name,
            medicine.generic,
            medicine.strength,
            dosage.directions(item, medicine),
            item.quantity,
            item.override_reason,
        )
        for item, medicine in rows
    )
