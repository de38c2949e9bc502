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
    action: str  # CREATE, READ, UPDATE or DELETE
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
    reference: str  # number of the paper behind it: the bill's, the order's, the stock-take's
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
    overridden: list[str]  # kinds of the warnings it was prescribed against


class VisitHistory(TypedDict):
    """A completed visit. `vitals` holds the last measurement of each kind, units in the names, and `bmi`.

    What was entered in error is left out. `completed_at` is the first signature: the visit may have been reopened and
    signed again on another day, and the patient was long gone.
    """

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
    amendments: int  # findings and notes that were added after the signature, with a reason
    struck: int  # findings entered in error, which stand nowhere else here
    reopened: int  # how often
    papers: list[str]  # kinds of those that stand, in the order they were issued


class InvoicePayment(TypedDict):
    date: datetime  # the clinic day on which the money moved
    method: str  # ADVANCE: out of or into what the patient has with the clinic; no money changed hands
    amount: Decimal128  # negative for a refund


class CreditNoteEntry(TypedDict):
    number: str
    date: datetime  # the clinic day on which it was given back
    method: str
    reason: str  # as it was typed
    amount: Decimal128


class InvoiceDocument(TypedDict):
    """A bill, cancelled ones too. `due` is 0 once it is cancelled."""

    _id: int
    number: str
    date: datetime  # the clinic day of issue
    state: str
    doctor_id: int | None  # None: billed without a visit
    patient_id: int
    subtotal: Decimal128
    discount: Decimal128
    tax: Decimal128
    total: Decimal128
    paid: Decimal128
    refunded: Decimal128
    due: Decimal128
    payments: list[InvoicePayment]  # payments and refunds, by date
    credit_notes: list[CreditNoteEntry]  # the same refunds, each with its paper


class AdvanceDocument(TypedDict):
    """An entry of the ledger of what patients have with the clinic."""

    _id: int
    date: datetime
    patient_id: int
    reason: str  # RECEIVED, APPLIED to a bill, CREDITED by a credit note, PAID_OUT
    method: str | None  # of money that came or went; None where none did
    change: Decimal128  # signed


class DayCloseDocument(TypedDict):
    """A cashier's drawer at the end of a day, which is `date`."""

    _id: int
    date: datetime
    cashier_id: int
    opened_with: Decimal128
    taken: Decimal128  # cash in less cash out
    expected: Decimal128  # opened_with + taken
    counted: Decimal128
    left_in_drawer: Decimal128


class PurchaseOrderDocument(TypedDict):
    _id: int
    number: str
    date: datetime  # the clinic day on which it was ordered
    supplier: Person
    state: str  # ORDERED, RECEIVED or CANCELLED
    expected_on: datetime
    arrived_on: list[datetime]  # the days on which something of it came
    lines: int
    ordered_units: int
    received_units: int
    short_units: int  # ordered, and not there yet or never
    ordered_value: Decimal128  # at the prices agreed


class WaitingTimes(TypedDict):
    """A clinic day's tokens, column by column, in the order of their numbers: years of them are read at once.

    Minutes count from the clinic's midnight, with one decimal; None where it did not happen.
    """

    _id: str  # "2025-03-01"
    date: datetime
    number: list[int]
    doctor: list[int | None]  # who called, else who was wanted; None: whoever is free
    priority: list[str]
    booked: list[bool]  # came with an appointment
    left: list[bool]  # NO_SHOW: was called in vain or never
    arrived: list[float]
    called: list[float | None]
    finished: list[float | None]
    said_p50: list[int | None]  # the wait that was told on arrival, minutes
    said_p90: list[int | None]


class BatchLevel(TypedDict):
    id: int
    number: str
    received_on: datetime
    expires_on: datetime
    on_hand: int
    unit_cost: Decimal128
    blocked: bool


class StockLevel(TypedDict):
    """A medicine and the batches of it that are on hand, expired ones too."""

    _id: int
    name: str
    generic: str
    unit: str
    reorder_level: int
    price: Decimal128
    withdrawn: bool
    controlled: bool
    supplier: str  # whom it is usually ordered from, else who sent the newest batch; "" if unknown
    lead_days: int | None  # of that supplier; None if unknown
    on_order: int  # units still to come of open orders
    last_dispensed: datetime | None  # a moment
    batches: list[BatchLevel]


class FeedClinic(TypedDict):
    name: str
    currency: str
    country: str
    time_zone: str


class Feed(TypedDict):
    """How far MongoDB has been fed, and what reports need to know besides."""

    _id: Literal["relay"]
    shape: int  # of the documents: what was fed by a version with other ones is made again
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
