"""The shape of what MongoDB keeps, and how a value is written there.

BSON knows neither plain dates nor microseconds: a clinic day is kept as its midnight in UTC (`midnight`), a moment to
the millisecond (`instant`), money as Decimal128 with two decimals (`money`). Moments are read back with their zone.
"""

from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal, TypedDict

from bson import Decimal128


class Person(TypedDict):
    id: int | None
    name: str


class AuditUser(Person):
    role: str | None  # None for what the program does by itself


class Resource(TypedDict):
    type: str  # the table
    id: int


class AuditLog(TypedDict):
    """Linked by hashes: `hash` covers every other field, `prev` among them, which is the hash of the entry before."""

    _id: int  # of the audit event
    position: int  # 1, 2, 3 … in the order relayed
    prev: str
    hash: str
    timestamp: datetime
    user: AuditUser
    action: str  # CREATE, UPDATE or DELETE
    event: str  # "invoice.paid"
    resource: Resource
    changes: dict[str, Any]  # field: [before, after]


class StockMovementDocument(TypedDict):
    _id: int
    medicine: Person
    batch_id: int
    batch_number: str
    movement_type: Literal["IN", "OUT", "ADJUSTMENT"]
    quantity: int  # units; positive for IN and OUT, signed for ADJUSTMENT
    change: int  # units, always signed: the sum of a batch is what is on hand
    on_hand_after: int
    reason: str
    unit_cost: Decimal128
    timestamp: datetime


class HistoryPatient(Person):
    mrn: str
    sex: str
    birth_date: datetime | None
    age_years: int | None  # on the day of the visit


class HistoryDoctor(Person):
    speciality: str


class DiagnosisEntry(TypedDict):
    code: str  # ICD-10
    text: str


class PrescriptionEntry(TypedDict):
    medicine: Person
    dose: float  # units of the medicine at a time
    route: str
    frequency: str
    duration_days: int
    quantity: int
    instructions: str


class VisitHistory(TypedDict):
    """A completed visit. `vitals` holds the last measurement of each kind, units in the names, and `bmi`."""

    _id: int
    visit_id: int
    visit_date: datetime  # the clinic day of its token
    arrived_at: datetime
    started_at: datetime
    completed_at: datetime
    patient: HistoryPatient
    doctor: HistoryDoctor
    vitals: dict[str, float]
    diagnosis: str  # "J06.9 Acute upper respiratory infection; …"
    diagnoses: list[DiagnosisEntry]
    prescription: list[PrescriptionEntry]
    follow_up_on: datetime | None


class DoctorDay(TypedDict):
    id: int | None  # None: billed without a visit
    visits: int
    invoices: int
    billed: Decimal128
    revenue: Decimal128


class DailySummary(TypedDict):
    """A clinic day on which something happened.

    `total_billed` and `total_revenue` belong to the day the invoice was issued: revenue is what has been paid for
    those invoices until now, less refunds, so a later payment or refund corrects an earlier day. `total_received`,
    `total_refunded` and `by_method` (received less refunded) are the money that moved on the day itself.
    """

    _id: str  # "2025-03-01"
    date: datetime
    total_patients: int  # different people among the visits
    total_visits: int  # completed visits of this day's tokens
    total_revenue: Decimal128
    medicines_dispensed: int  # units handed over on the day; returns are not taken off
    arrivals: int  # tokens given out
    appointments: int  # slots of the day that were booked and not cancelled
    no_shows: int
    invoices: int
    total_billed: Decimal128
    total_received: Decimal128
    total_refunded: Decimal128
    by_method: dict[str, Decimal128]
    by_doctor: list[DoctorDay]


class FeedClinic(TypedDict):
    name: str
    currency: str
    country: str
    time_zone: str


class Feed(TypedDict):
    """How far MongoDB has been fed, and what reports need to know besides."""

    _id: Literal["relay"]
    whole: bool  # False while a rebuild is at work or after one was interrupted
    fed_at: datetime | None  # everything committed before this has arrived
    clinic: FeedClinic | None
    doctors: list[Person]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def instant(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)


def money(amount: Decimal | int | None) -> Decimal128:
    return Decimal128(Decimal(amount or 0).quantize(Decimal("0.01"), ROUND_HALF_UP))
