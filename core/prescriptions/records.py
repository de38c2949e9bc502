"""Prescriptions as doctors write them and as screens and paper show them.

Those of somebody outside the reader's work raise ReasonNeeded, or NotAtThePharmacy (core.patients.within).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core import dosage, patients
from core.dosage import Directions
from core.errors import NotFound
from core.models import Medicine, Patient, Prescription, PrescriptionItem, PrescriptionState, Route, User, Visit
from core.permissions import Actor, Permission, require


@dataclass(frozen=True)
class ItemDetails:
    """What the doctor writes. `dose` is what is taken at a time; without `quantity` it is computed.

    `frequency` is one of dosage.FREQUENCIES, hours as 6H or a day as 1-0-1. `override_reason` answers a warning about
    this item.
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
    if not found:
        raise NotFound("prescription", prescription_id)
    patients.check_open(session, actor, found[0].patient_id, found[0].doctor_id)
    return found[0]


def for_visit(session: Session, actor: Actor, visit_id: int) -> PrescriptionRecord | None:
    """The prescription that stands for a visit. That there is none is no secret."""
    require(actor, Permission.READ_PRESCRIPTIONS)
    found = _read(session, (Prescription.visit_id == visit_id) & (Prescription.state == PrescriptionState.ISSUED))
    if not found:
        return None
    patients.check_open(session, actor, found[0].patient_id, found[0].doctor_id)
    return found[0]


def former(session: Session, actor: Actor, visit_id: int, limit: int = 12) -> list[PrescriptionRecord]:
    """What stands prescribed for the patient of this visit in other visits, newest first. Two statements."""
    require(actor, Permission.READ_PRESCRIPTIONS)
    patient = select(Visit.patient_id).where(Visit.id == visit_id).scalar_subquery()
    elsewhere = (Visit.patient_id == patient) & (Visit.id != visit_id) & patients.open_to(actor, patient)
    found = _read(session, elsewhere & (Prescription.state == PrescriptionState.ISSUED), limit)
    if not found:
        patients.check_open(session, actor, patient)
    return found


def _read(session: Session, wanted: ColumnElement[bool], limit: int = 1) -> list[PrescriptionRecord]:
    """Newest first. Two statements: the prescriptions, their items."""
    rows = session.execute(
        select(Prescription, User.name, Patient.id, Patient.name, Patient.mrn)
        .join(Visit, Visit.id == Prescription.visit_id)
        .join(Patient, Patient.id == Visit.patient_id)
        .join(User, User.id == Prescription.issued_by_id)
        .where(wanted)
        .order_by(Prescription.issued_at.desc(), Prescription.id.desc())
        .limit(limit)
    ).all()
    items = _items(session, [prescription.id for prescription, *_ in rows])
    return [
        PrescriptionRecord(
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
            tuple(items[prescription.id]),
        )
        for prescription, doctor, patient_id, patient, mrn in rows
    ]


def _items(session: Session, prescription_ids: Sequence[int]) -> dict[int, list[ItemRecord]]:
    rows = session.execute(
        select(PrescriptionItem, Medicine)
        .join(Medicine, Medicine.id == PrescriptionItem.medicine_id)
        .where(PrescriptionItem.prescription_id.in_(prescription_ids))
        .order_by(PrescriptionItem.id)
    )
    found: dict[int, list[ItemRecord]] = defaultdict(list)
    for item, medicine in rows:
        found[item.prescription_id].append(item_record(item, medicine))
    return found


def item_record(item: PrescriptionItem, medicine: Medicine) -> ItemRecord:
    return ItemRecord(
        item.id,
        medicine.id,
        medicine.name,
        medicine.generic,
        medicine.strength,
        dosage.directions(item, medicine),
        item.quantity,
        item.override_reason,
    )
