"""What is told of a record to other programs. Others are named by their ids."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.billing.records import LineRecord
from core.dosage import Directions
from core.measurements import Measurements
from core.models import InvoiceState, PrescriptionState, Sex, VisitState


@dataclass(frozen=True, kw_only=True)
class Record:
    """`record_id` is that of the row it is of: lists are in its order."""

    record_id: int


@dataclass(frozen=True, kw_only=True)
class PatientRecord(Record):
    """What the desk keeps, and nothing clinical. Merged, the record is part of `merged_into_id` now."""

    mrn: str
    name: str
    sex: Sex
    birth_date: date | None
    birth_date_is_estimated: bool
    phone: str
    address: str
    next_of_kin: str
    archived: bool
    merged_into_id: int | None


@dataclass(frozen=True, kw_only=True)
class StaffRecord(Record):
    """Somebody who works or worked here; what only doctors have is empty of others."""

    name: str
    works: bool
    speciality: str
    qualification: str
    registration_number: str


@dataclass(frozen=True, kw_only=True)
class EncounterRecord(Record):
    """A visit, with its diagnoses that stand: the first is the main one."""

    state: VisitState
    patient_id: int
    doctor_id: int
    doctor: str
    started_at: datetime
    completed_at: datetime | None
    diagnosis_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Found(Record):
    """Found in a visit. Struck, it was wrong."""

    patient_id: int
    visit_id: int
    recorded_at: datetime
    recorded_by_id: int
    recorded_by: str
    struck_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ConditionRecord(Found):
    code: str
    text: str


@dataclass(frozen=True, kw_only=True)
class VitalsTaken(Found):
    measured: Measurements


@dataclass(frozen=True, kw_only=True)
class RequestRecord(Record):
    """A medicine of a prescription. `quantity` is whole units to hand over."""

    number: str
    state: PrescriptionState
    patient_id: int
    visit_id: int
    doctor_id: int
    doctor: str
    issued_at: datetime
    cancelled_at: datetime | None
    cancel_reason: str
    medicine: str
    generic: str
    directions: Directions
    quantity: int


@dataclass(frozen=True, kw_only=True)
class DispenseRecord(Record):
    """Units of one batch that were handed over, of which `returned` came back since.

    `instead_of` names the medicine on the bill where another with the same generic was given.
    """

    patient_id: int
    visit_id: int | None
    request_id: int | None
    medicine: str
    generic: str
    unit: str
    batch_number: str
    expires_on: date
    quantity: int
    returned: int
    dispensed_at: datetime
    dispensed_by_id: int
    dispensed_by: str
    instead_of: str


@dataclass(frozen=True, kw_only=True)
class BillRecord(Record):
    """`total = subtotal - discount + tax`, in the clinic's currency."""

    number: str
    state: InvoiceState
    patient_id: int
    issued_at: datetime
    issued_by_id: int
    issued_by: str
    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    currency: str
    cancel_reason: str
    lines: tuple[LineRecord, ...]
