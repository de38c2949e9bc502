"""Where each kind of record is read from, and what its reader must be allowed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.exchange import medicines, money, people, room
from core.exchange.records import Record
from core.models import (
    Diagnosis,
    Dispensing,
    DispensingItem,
    Invoice,
    Patient,
    Prescription,
    PrescriptionItem,
    User,
    Visit,
    Vitals,
)
from core.permissions import Permission

Reader = Callable[[Session, Sequence[ColumnElement[bool]], int], Sequence[Record]]


class Kind(StrEnum):
    """The standard's word (FHIR) for each."""

    PATIENT = "Patient"
    STAFF = "Practitioner"
    ENCOUNTER = "Encounter"
    CONDITION = "Condition"
    VITALS = "Observation"
    REQUEST = "MedicationRequest"
    DISPENSE = "MedicationDispense"
    BILL = "Invoice"


@dataclass(frozen=True)
class Source:
    """`read` gives records that fit, in the order of `key`; `of_patient` is whose they are, `whose` the same by key."""

    needs: Permission
    key: InstrumentedAttribute[int]
    read: Reader
    of_patient: InstrumentedAttribute[int] | None = None
    whose: Select[int] | None = None

    def after(self, session: Session, which: Sequence[ColumnElement[bool]], after: int, limit: int) -> list[Any]:
        return list(self.read(session, (self.key > after, *which), limit))


_OF_VISIT = Visit.patient_id
SOURCES: dict[Kind, Source] = {
    Kind.PATIENT: Source(Permission.SEE_PATIENTS, Patient.id, people.patients),
    Kind.STAFF: Source(Permission.SIGN_IN, User.id, people.staff),
    Kind.ENCOUNTER: Source(Permission.READ_CLINICAL, Visit.id, room.encounters, _OF_VISIT, select(_OF_VISIT)),
    Kind.CONDITION: Source(
        *(Permission.READ_CLINICAL, Diagnosis.id, room.conditions, _OF_VISIT),
        select(_OF_VISIT).join(Diagnosis, Diagnosis.visit_id == Visit.id),
    ),
    Kind.VITALS: Source(
        *(Permission.READ_CLINICAL, Vitals.id, room.vitals, _OF_VISIT),
        select(_OF_VISIT).join(Vitals, Vitals.visit_id == Visit.id),
    ),
    Kind.REQUEST: Source(
        *(Permission.READ_PRESCRIPTIONS, PrescriptionItem.id, medicines.requests, _OF_VISIT),
        select(_OF_VISIT)
        .join(Prescription, Prescription.visit_id == Visit.id)
        .join(PrescriptionItem, PrescriptionItem.prescription_id == Prescription.id),
    ),
    Kind.DISPENSE: Source(
        *(Permission.READ_PRESCRIPTIONS, DispensingItem.id, medicines.dispenses, Invoice.patient_id),
        select(Invoice.patient_id)
        .join(Dispensing, Dispensing.invoice_id == Invoice.id)
        .join(DispensingItem, DispensingItem.dispensing_id == Dispensing.id),
    ),
    Kind.BILL: Source(Permission.SEE_BILLS, Invoice.id, money.bills, Invoice.patient_id),
}
