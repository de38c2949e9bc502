"""The register of controlled medicines: every unit that came or went, for whom, as whose prescription, by whom.

The balance is that of all batches together. Bills are found by the number that a movement keeps, and a patient by the
bill: records that were merged are one patient.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from core import audit, clock, db
from core.called import called
from core.clinic import Profile
from core.errors import Conflict, NotFound, check
from core.exports import Rows, kind_of_file
from core.models import (
    Batch,
    Dispensing,
    DispensingItem,
    Invoice,
    InvoiceLine,
    Medicine,
    MovementReason,
    Patient,
    Prescription,
    PrescriptionItem,
    StockMovement,
    User,
)
from core.papers import Letterhead, RegisterPaper
from core.permissions import Actor, Permission, require
from core.spreadsheet import MOMENT, WHOLE, Column
from core.words import later, say

# What came names the supplier's paper, which may have the number of one of our bills.
_FOR_A_BILL = (MovementReason.DISPENSED, MovementReason.RETURNED, MovementReason.WRITTEN_OFF)
# A file has these heads in English, for whatever reads it; paper has them in its reader's language.
COLUMNS = (
    *(Column(later("Time"), MOMENT), Column(later("What")), Column(later("Patient")), Column(later("MRN"))),
    *(Column(later("Prescriber")), Column(later("Prescription")), Column(later("Bill")), Column(later("Batch"))),
    *(Column(later("In"), WHOLE), Column(later("Out"), WHOLE), Column(later("Balance"), WHOLE), Column(later("By"))),
)


class NotControlled(Conflict):
    def __init__(self, medicine: str) -> None:
        super().__init__(say("{medicine} is not a controlled medicine: there is no register of it.", medicine=medicine))


@dataclass(frozen=True)
class Entry:
    """One movement. `bill` is the number of whatever paper stood behind it; `balance` is what is on hand after it."""

    moved_at: datetime
    what: str
    patient: str
    mrn: str
    prescriber: str
    prescription: str
    bill: str
    batch_number: str
    came: int
    went: int
    balance: int
    by: str


@dataclass(frozen=True)
class Register:
    """Of one medicine in a period, both days included. `opening` is what was on hand before it."""

    medicine: str
    unit: str
    first: date
    last: date
    opening: int
    entries: tuple[Entry, ...]

    @property
    def closing(self) -> int:
        return self.entries[-1].balance if self.entries else self.opening

    @property
    def rows(self) -> Rows:
        """As a file has it: times are those of the clinic's wall clock."""
        return Rows(f"Register {self.medicine}", COLUMNS, [_row(entry) for entry in self.entries])


def controlled(session: Session, actor: Actor) -> dict[int, str]:
    """The medicines of which a register is kept, withdrawn ones too, by name."""
    require(actor, Permission.DISPENSE)
    kept = select(Medicine.id, Medicine.name).where(Medicine.is_controlled).order_by(func.lower(Medicine.name))
    return {medicine_id: name for medicine_id, name in session.execute(kept)}


def register(session: Session, actor: Actor, medicine_id: int, first: date, last: date) -> Register:
    """Raises NotControlled, NotFound or Invalid."""
    require(actor, Permission.DISPENSE)
    check(period=None if first <= last else say("The first day of a period cannot be after the last."))
    medicine = session.get(Medicine, medicine_id)
    if medicine is None:
        raise NotFound("medicine", medicine_id)
    if not medicine.is_controlled:
        raise NotControlled(medicine.name)
    start, end = clock.day_bounds(first)[0], clock.day_bounds(last)[1]
    of_medicine = db.among(StockMovement.batch_id, select(Batch.id).where(Batch.medicine_id == medicine_id))
    before = select(func.coalesce(func.sum(StockMovement.change), 0)).where(of_medicine, StockMovement.moved_at < start)
    opening = int(session.scalars(before).one())
    found = session.execute(
        _movements().where(of_medicine, StockMovement.moved_at >= start, StockMovement.moved_at < end)
    )
    return Register(medicine.name, medicine.unit, first, last, opening, tuple(_entries(found, opening)))


def take(session: Session, actor: Actor, medicine_id: int, first: date, last: date, kind: str) -> Register:
    """To be taken away as a file of this kind, which is noted. Raises NotControlled, NotFound or Invalid."""
    require(actor, Permission.DISPENSE)
    kind, taken = kind_of_file(kind, ".pdf"), register(session, actor, medicine_id, first, last)
    told: audit.Changes = {
        **{"first_on": (None, first), "last_on": (None, last)},
        **{"rows": (None, len(taken.entries)), "kind": (None, kind)},
    }
    medicine = session.get_one(Medicine, medicine_id)
    audit.record(session, actor, audit.READ, "medicine.register_taken", medicine, told)
    return taken


def paper(of: Register, profile: Profile) -> RegisterPaper:
    """As it is printed."""
    shown = [(profile.moment(entry.moved_at), *map(_written, _row(entry)[1:])) for entry in of.entries]
    return RegisterPaper(
        Letterhead(profile.name, profile.address, profile.phone, "", "", "", "", ""),
        of.medicine,
        say("{first} to {last}", first=profile.day(of.first), last=profile.day(of.last)),
        say("Printed on {today}", today=profile.day(clock.today())),
        tuple(say(column.name) for column in COLUMNS),
        tuple(shown),
        f"{of.opening:,}",
        f"{of.closing:,}",
    )


def _movements() -> Select[StockMovement, str, str, str, str, str, str]:
    """Each with its batch, who moved it, the patient of its bill and the line it was handed over for."""
    line = (
        select(DispensingItem.invoice_line_id)
        .join(Dispensing, Dispensing.id == DispensingItem.dispensing_id)
        .where(Dispensing.invoice_id == Invoice.id, DispensingItem.batch_id == StockMovement.batch_id)
        .limit(1)
        .scalar_subquery()
    )
    prescriber = aliased(User)
    return (
        select(StockMovement, Batch.number, User.name, Patient.name, Patient.mrn, Prescription.number, prescriber.name)
        .join(Batch, Batch.id == StockMovement.batch_id)
        .join(User, User.id == StockMovement.moved_by_id)
        .outerjoin(Invoice, (Invoice.number == StockMovement.reference) & StockMovement.reason.in_(_FOR_A_BILL))
        .outerjoin(Patient, Patient.id == Invoice.patient_id)
        .outerjoin(InvoiceLine, InvoiceLine.id == line)
        .outerjoin(PrescriptionItem, PrescriptionItem.id == InvoiceLine.prescription_item_id)
        .outerjoin(Prescription, Prescription.id == PrescriptionItem.prescription_id)
        .outerjoin(prescriber, prescriber.id == Prescription.issued_by_id)
        .order_by(StockMovement.moved_at, StockMovement.id)
    )


def _entries(found: Iterable[Sequence[Any]], balance: int) -> Iterable[Entry]:
    for movement, batch, by, patient, mrn, prescription, prescriber in found:
        balance += movement.change
        what = ": ".join(filter(None, [called(movement.reason), movement.note]))
        yield Entry(
            *(movement.moved_at, what, patient or "", mrn or "", prescriber or "", prescription or ""),
            *(movement.reference, batch, max(movement.change, 0), max(-movement.change, 0), balance, by),
        )


def _row(entry: Entry) -> tuple[Any, ...]:
    return (
        *(clock.local(entry.moved_at).replace(tzinfo=None), entry.what, entry.patient, entry.mrn, entry.prescriber),
        *(entry.prescription, entry.bill, entry.batch_number, entry.came or None, entry.went or None),
        *(entry.balance, entry.by),
    )


def _written(cell: object) -> str:
    return "" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell)
