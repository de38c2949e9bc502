"""Who waits for medicines, what of it is there, and what was handed over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, and_, case, func, select, type_coerce
from sqlalchemy.orm import Session

from core import billing, clinic, clock, db, dosage, inventory, words
from core.errors import NotFound
from core.models import (
    Batch,
    Clinic,
    Dispensing,
    DispensingItem,
    Invoice,
    InvoiceLine,
    InvoiceState,
    Medicine,
    MedicineForm,
    Patient,
    Prescription,
    PrescriptionItem,
    PrescriptionState,
    Route,
    User,
)
from core.permissions import Actor, Permission, require


@dataclass(frozen=True, slots=True)
class Owed:
    """Units of a medicine still to be handed over, and how many may be today (for everyone who waits).

    `in_words` is how it is to be taken, as the doctor prescribed it; `unprescribed` is a controlled medicine that
    no prescription stands behind; `given` were handed over before; `blocked` lie there and may not be handed over.
    """

    line_id: int
    medicine_id: int
    medicine: str
    unit: str
    quantity: int
    on_hand: int
    in_words: str = ""
    unprescribed: bool = False
    given: int = 0
    blocked: int = 0

    @property
    def is_short(self) -> bool:
        return self.on_hand < self.quantity

    @property
    def is_ready(self) -> bool:
        """All of it may be handed over now."""
        return not self.is_short and not self.unprescribed


@dataclass(frozen=True, slots=True)
class Waiting:
    """A bill with medicines that have not all been handed over. If `taken_back`, they must not be."""

    invoice_id: int
    number: str
    state: InvoiceState
    patient: str
    mrn: str
    issued_at: datetime
    medicines: tuple[Owed, ...]
    taken_back: billing.TakenBack | None = None


@dataclass(frozen=True)
class DispensedItem:
    """`instead_of` is what stands on the bill, where another medicine was taken for it."""

    medicine: str
    unit: str
    batch_number: str
    expires_on: date
    quantity: int
    instead_of: str = ""


@dataclass(frozen=True)
class DispensingRecord:
    """What was handed over at one moment. `owed` is what is left to hand over now."""

    dispensing_id: int
    invoice_id: int
    number: str
    patient: str
    mrn: str
    dispensed_at: datetime
    dispensed_by: str
    items: tuple[DispensedItem, ...]
    owed: tuple[Owed, ...]


def list_waiting(session: Session, actor: Actor) -> list[Waiting]:
    """Bills that are ready and have medicines still owed, oldest first."""
    require(actor, Permission.DISPENSE)
    session.flush()
    # Plain columns past the session: a thousand bills are read as a few columns, not as three thousand records.
    ready = db.among(InvoiceLine.invoice_id, billing.with_owed(is_ready()))
    rows = session.connection().execute(_owed(clock.today()).where(ready))
    lines = map(_Line._make, rows.all())
    return [_waiting(list(of_bill)) for _, of_bill in groupby(lines, attrgetter("invoice_id"))]


def find_owing(session: Session, actor: Actor, *, until: date, limit: int = 20) -> billing.Piled:
    """Bills of a clinic day or before that are ready and have medicines still owed, as whoever made them sees them."""
    require(actor, Permission.SEE_BILLS)
    owing = db.among(Invoice.id, billing.with_owed(is_ready()))
    return billing.newest_where(session, owing, Invoice.issued_on <= until, limit=limit)


def short_of(session: Session, actor: Actor, invoice_id: int) -> list[Owed]:
    """Lines of a bill of which less may be handed over than is owed; how they are taken is not told.

    For whoever takes the money: the patient is asked before it is paid.
    """
    require(actor, Permission.SEE_BILLS)
    return [replace(line, in_words="") for line in still_owed(session, invoice_id) if line.is_short]


def receipt(session: Session, actor: Actor, dispensing_id: int) -> DispensingRecord:
    """What the patient is given to read. Raises NotFound."""
    require(actor, Permission.DISPENSE)
    return _record(session, dispensing_id)


def still_owed(session: Session, invoice_id: int) -> tuple[Owed, ...]:
    """What is left to hand over of one bill."""
    rows = session.execute(_owed(clock.today()).where(Invoice.id == invoice_id))
    return tuple(_owed_record(_Line(*row)) for row in rows)


def ready_states(profile: clinic.Profile) -> set[InvoiceState]:
    return {InvoiceState.PAID, InvoiceState.ISSUED} if profile.dispense_unpaid else {InvoiceState.PAID}


def is_ready() -> ColumnElement[bool]:
    """The same as a condition, for the statement that reads."""
    unpaid_too = select(Clinic.dispense_unpaid).where(Clinic.id == 1).scalar_subquery()
    return (Invoice.state == InvoiceState.PAID) | (Invoice.state == InvoiceState.ISSUED) & unpaid_too


class _Line(NamedTuple):
    """What is left of a line, how it was prescribed if it was, and the bill it stands on.

    `cancelled` is the number of its prescription where that was taken back, `new` of the one in its place.
    """

    line_id: int
    medicine_id: int
    medicine: str
    unit: str
    quantity: int
    on_hand: int
    given: int
    blocked: int
    is_controlled: bool
    item_id: int | None
    dose: Decimal
    form: str
    route: str
    frequency: str
    duration_days: int
    instructions: str
    invoice_id: int
    number: str
    state: str
    patient: str
    mrn: str
    issued_at: datetime
    cancelled: str | None
    new: str | None


@lru_cache(maxsize=4)
def _owed(on: date) -> Select[*tuple[Any, ...]]:
    """A _Line for every line of a medicine that is not all handed over, bill by bill. The statement is kept for its
    day: to put it together takes longer than to send it."""
    there = Batch.blocked_at.is_(None)
    units = (
        select(
            Batch.medicine_id,
            inventory.units_held(there).label("on_hand"),
            inventory.units_held(~there).label("blocked"),
        )
        .where(Batch.on_hand > 0, Batch.expires_on >= on)
        .group_by(Batch.medicine_id)
        .subquery()
    )
    item, taken_back = PrescriptionItem, Prescription.state == PrescriptionState.CANCELLED
    form, route, state = (type_coerce(column, Text) for column in (Medicine.form, item.route, Invoice.state))
    return (
        select(
            *(InvoiceLine.id, Medicine.id, Medicine.name, Medicine.unit),
            InvoiceLine.quantity - InvoiceLine.dispensed - InvoiceLine.called_off,
            *(func.coalesce(units.c.on_hand, 0), InvoiceLine.dispensed, func.coalesce(units.c.blocked, 0)),
            Medicine.is_controlled,
            *(item.id, item.dose, form, route, item.frequency, item.duration_days, item.instructions),
            *(Invoice.id, Invoice.number, state, Patient.name, Patient.mrn, Invoice.issued_at),
            Prescription.number,
            case((Prescription.id.is_not(None), billing.standing_number(Prescription.visit_id))),
        )
        .select_from(InvoiceLine)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .join(Patient, Patient.id == Invoice.patient_id)
        .join(Medicine, Medicine.id == InvoiceLine.medicine_id)
        .outerjoin(item, item.id == InvoiceLine.prescription_item_id)
        .outerjoin(Prescription, and_(Prescription.id == item.prescription_id, taken_back))
        .outerjoin(units, units.c.medicine_id == Medicine.id)
        .where(InvoiceLine.is_owed())
        .order_by(Invoice.id, InvoiceLine.id)
    )


def _owed_record(line: _Line) -> Owed:
    taken = "" if line.item_id is None else _words(words.language(), line.unit, *line[10:16])
    unprescribed = line.is_controlled and line.item_id is None
    return Owed(*line[:6], taken, unprescribed, line.given, line.blocked)


@lru_cache(maxsize=1024)
def _words(language: str, unit: str, dose: Decimal, form: str, route: str, *when: Any) -> str:
    """Most of what a clinic prescribes is taken in a few ways. In the reader's `language`, so kept once for each."""
    how = (dose, MedicineForm(form), unit, Route(route), *when)
    return dosage.in_words(dosage.Directions(*how))


def _waiting(lines: Sequence[_Line]) -> Waiting:
    bill = lines[0]
    taken_back = next((billing.TakenBack(line.cancelled, line.new) for line in lines if line.cancelled), None)
    medicines = tuple(map(_owed_record, lines))
    return Waiting(
        *(bill.invoice_id, bill.number, InvoiceState(bill.state), bill.patient, bill.mrn, bill.issued_at),
        *(medicines, taken_back),
    )


def _record(session: Session, dispensing_id: int) -> DispensingRecord:
    head = session.execute(
        select(Invoice.id, Invoice.number, Patient.name, Patient.mrn, Dispensing.dispensed_at, User.name)
        .select_from(Dispensing)
        .join(Invoice, Invoice.id == Dispensing.invoice_id)
        .join(Patient, Patient.id == Invoice.patient_id)
        .join(User, User.id == Dispensing.dispensed_by_id)
        .where(Dispensing.id == dispensing_id)
    ).one_or_none()
    if head is None:
        raise NotFound("dispensing", dispensing_id)
    return DispensingRecord(dispensing_id, *head, _items(session, dispensing_id), still_owed(session, head[0]))


def _items(session: Session, dispensing_id: int) -> tuple[DispensedItem, ...]:
    other = case((InvoiceLine.medicine_id != Medicine.id, InvoiceLine.description), else_="")
    rows = session.execute(
        select(Medicine.name, Medicine.unit, Batch.number, Batch.expires_on, DispensingItem.quantity, other)
        .select_from(DispensingItem)
        .join(InvoiceLine, InvoiceLine.id == DispensingItem.invoice_line_id)
        .join(Batch, Batch.id == DispensingItem.batch_id)
        .join(Medicine, Medicine.id == Batch.medicine_id)
        .where(DispensingItem.dispensing_id == dispensing_id)
        .order_by(DispensingItem.id)
    )
    return tuple(DispensedItem(*row) for row in rows)
