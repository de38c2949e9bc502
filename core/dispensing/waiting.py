"""Who waits for medicines, what of it is there, and what was handed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from core import billing, clinic, clock, db, dosage, inventory
from core.errors import NotFound
from core.models import (
    Batch,
    Dispensing,
    DispensingItem,
    Invoice,
    InvoiceLine,
    InvoiceState,
    Medicine,
    Patient,
    Prescription,
    PrescriptionItem,
    PrescriptionState,
    User,
)
from core.permissions import Actor, Permission, require


@dataclass(frozen=True)
class Owed:
    """Units of a medicine still to be handed over, and how many may be today (for everyone who waits).

    `in_words` is how it is to be taken, as the doctor prescribed it; `unprescribed` is a controlled medicine that
    no prescription stands behind; `given` were handed over before.
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

    @property
    def is_short(self) -> bool:
        return self.on_hand < self.quantity

    @property
    def is_ready(self) -> bool:
        """All of it may be handed over now."""
        return not self.is_short and not self.unprescribed


@dataclass(frozen=True)
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
    cancelled = case((Prescription.state == PrescriptionState.CANCELLED, Prescription.number))
    rows = session.execute(
        _owed()
        .add_columns(Invoice, Patient.name, Patient.mrn, cancelled, billing.standing_number(Prescription.visit_id))
        .join(Patient, Patient.id == Invoice.patient_id)
        .outerjoin(Prescription, Prescription.id == PrescriptionItem.prescription_id)
        .where(db.among(InvoiceLine.invoice_id, billing.with_owed(ready_states(clinic.profile(session)))))
    )
    lines = (_Line(*row) for row in rows)
    return [_waiting(list(of_bill)) for _, of_bill in groupby(lines, lambda line: line.invoice.id)]


def list_owing(session: Session, actor: Actor) -> list[billing.InvoiceCard]:
    """Bills that are ready and have medicines still owed, as whoever made them sees them, oldest first."""
    require(actor, Permission.SEE_BILLS)
    return billing.list_where(session, db.among(Invoice.id, billing.with_owed(ready_states(clinic.profile(session)))))


def receipt(session: Session, actor: Actor, dispensing_id: int) -> DispensingRecord:
    """What the patient is given to read. Raises NotFound."""
    require(actor, Permission.DISPENSE)
    return record(session, dispensing_id)


def ready_states(profile: clinic.Profile) -> set[InvoiceState]:
    return {InvoiceState.PAID, InvoiceState.ISSUED} if profile.dispense_unpaid else {InvoiceState.PAID}


class _Line(NamedTuple):
    """What is left of a line, and the bill it stands on."""

    line: InvoiceLine
    medicine: Medicine
    item: PrescriptionItem | None
    on_hand: int
    invoice: Invoice
    patient: str
    mrn: str
    cancelled: str | None
    new: str | None


def _owed() -> Select[InvoiceLine, Medicine, PrescriptionItem | None, int]:
    """What `_owed_record` reads for every line of a medicine that is not all handed over, bill by bill."""
    units = (
        select(Batch.medicine_id, inventory.units_held().label("on_hand"))
        .where(inventory.usable(clock.today()))
        .group_by(Batch.medicine_id)
        .subquery()
    )
    return (
        select(InvoiceLine, Medicine, PrescriptionItem, func.coalesce(units.c.on_hand, 0))
        .select_from(InvoiceLine)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .join(Medicine, Medicine.id == InvoiceLine.medicine_id)
        .outerjoin(PrescriptionItem, PrescriptionItem.id == InvoiceLine.prescription_item_id)
        .outerjoin(units, units.c.medicine_id == Medicine.id)
        .where(InvoiceLine.is_owed())
        .order_by(Invoice.id, InvoiceLine.id)
    )


def _owed_record(line: InvoiceLine, medicine: Medicine, item: PrescriptionItem | None, on_hand: int) -> Owed:
    words = dosage.in_words(dosage.directions(item, medicine)) if item else ""
    unprescribed = medicine.is_controlled and item is None
    return Owed(
        line.id, medicine.id, medicine.name, medicine.unit, line.owed, on_hand, words, unprescribed, line.dispensed
    )


def _waiting(lines: Sequence[_Line]) -> Waiting:
    bill, first = lines[0].invoice, lines[0]
    taken_back = next((billing.TakenBack(line.cancelled, line.new) for line in lines if line.cancelled), None)
    medicines = tuple(_owed_record(line.line, line.medicine, line.item, line.on_hand) for line in lines)
    return Waiting(bill.id, bill.number, bill.state, first.patient, first.mrn, bill.issued_at, medicines, taken_back)


def record(session: Session, dispensing_id: int) -> DispensingRecord:
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
    owed = tuple(_owed_record(*row) for row in session.execute(_owed().where(Invoice.id == head[0])))
    return DispensingRecord(dispensing_id, *head, _items(session, dispensing_id), owed)


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
