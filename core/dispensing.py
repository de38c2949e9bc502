"""Hand medicines over the counter against a bill.

A bill is ready once it is paid (or unpaid, where the clinic allows it). Batches leave first in first out, or first
expired first out, as the clinic sets. Either everything that is owed is handed over or nothing; only when asked for a
part does a patient leave with less, and the rest stays owed and listed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from core import audit, billing, clinic, clock, inventory
from core.errors import Conflict, NotFound
from core.inventory import Pick
from core.models import (
    Batch,
    Dispensing,
    DispensingItem,
    Invoice,
    InvoiceLine,
    InvoiceState,
    Medicine,
    MovementReason,
    Patient,
    StockOrder,
    User,
)
from core.permissions import Actor, Permission, require


class InvoiceNotPaid(Conflict):
    def __init__(self, number: str, state: InvoiceState) -> None:
        super().__init__(f"Invoice {number} is {state.lower()}, not paid.")


class AlreadyDispensed(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(f"Everything on invoice {number} has already been handed over.")


class NothingToDispense(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(f"Invoice {number} has no medicines on it.")


@dataclass(frozen=True)
class Shortage:
    medicine: str
    wanted: int
    on_hand: int


class OutOfStock(Conflict):
    """Names every medicine that is short, so that the pharmacist sees them all at once."""

    def __init__(self, shortages: list[Shortage]) -> None:
        self.shortages = shortages
        short = "; ".join(f"{s.medicine} (need {s.wanted:,}, have {s.on_hand:,})" for s in shortages)
        super().__init__(f"Not enough stock: {short}.")


@dataclass(frozen=True)
class Owed:
    """Units of a medicine still to be handed over, and how many may be today (for everyone who waits)."""

    medicine_id: int
    medicine: str
    unit: str
    quantity: int
    on_hand: int

    @property
    def is_short(self) -> bool:
        return self.on_hand < self.quantity


@dataclass(frozen=True)
class Waiting:
    """A bill with medicines that have not all been handed over."""

    invoice_id: int
    number: str
    state: InvoiceState
    patient: str
    mrn: str
    issued_at: datetime
    medicines: tuple[Owed, ...]


@dataclass(frozen=True)
class DispensedItem:
    medicine: str
    unit: str
    batch_number: str
    expires_on: date
    quantity: int


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
    bill = (Invoice.id, Invoice.number, Invoice.state, Patient.name, Patient.mrn, Invoice.issued_at)
    waiting = _owed().add_columns(*bill).join(Patient, Patient.id == Invoice.patient_id)
    rows: Iterable[Sequence[Any]] = session.execute(
        waiting.where(Invoice.state.in_(_ready_states(clinic.profile(session))))
    )
    by_bill = groupby(rows, lambda row: row[5:])
    return [Waiting(*invoice, *[tuple(Owed(*row[:5]) for row in lines)]) for invoice, lines in by_bill]


def list_owing(session: Session, actor: Actor) -> list[billing.InvoiceCard]:
    """Bills that are ready and have medicines still owed, as whoever made them sees them, oldest first."""
    require(actor, Permission.SEE_BILLS)
    owing = exists().where(InvoiceLine.invoice_id == Invoice.id, InvoiceLine.dispensed < InvoiceLine.quantity)
    medicine = InvoiceLine.medicine_id.is_not(None)
    return billing.list_where(session, Invoice.state.in_(_ready_states(clinic.profile(session))), owing.where(medicine))


def planned(session: Session, actor: Actor, owed: Sequence[Owed]) -> list[DispensedItem]:
    """What would be taken for it now, batch by batch. Nothing is kept back."""
    require(actor, Permission.DISPENSE)
    order = clinic.profile(session).stock_order
    shelf = inventory.usable_batches(session, [line.medicine_id for line in owed], clock.today())
    picks = [
        (line, pick) for line in owed for pick in inventory.plan(shelf.get(line.medicine_id, ()), line.quantity, order)
    ]
    return [
        DispensedItem(line.medicine, line.unit, pick.batch.number, pick.batch.expires_on, pick.quantity)
        for line, pick in picks
    ]


def receipt(session: Session, actor: Actor, dispensing_id: int) -> DispensingRecord:
    """What the patient is given to read. Raises NotFound."""
    require(actor, Permission.DISPENSE)
    return _record(session, dispensing_id)


def dispense(session: Session, actor: Actor, invoice_id: int, *, partly: bool = False) -> DispensingRecord:
    """Hand over every medicine that is owed and take it out of stock; `partly`, whatever there is of it.

    Raises InvoiceNotPaid, NothingToDispense, AlreadyDispensed, or OutOfStock with every shortage.
    """
    require(actor, Permission.DISPENSE)
    invoice = billing.locked(session, invoice_id)
    profile = clinic.profile(session)
    owed = _lines_owed(invoice, _ready_states(profile))
    picks = _plan(session, owed, profile.stock_order, partly=partly)
    for line, pick in picks:
        inventory.move(session, actor, pick.batch, -pick.quantity, MovementReason.DISPENSED)
        line.dispensed += pick.quantity
    dispensing = Dispensing(
        invoice_id=invoice.id,
        dispensed_by_id=actor.user_id,
        dispensed_at=clock.now(),
        dispensed_on=clock.today(),
        items=[
            DispensingItem(invoice_line_id=line.id, batch_id=pick.batch.id, quantity=pick.quantity)
            for line, pick in picks
        ],
    )
    session.add(dispensing)
    _note(session, actor, invoice, picks)
    return _record(session, dispensing.id)


def _ready_states(profile: clinic.Profile) -> set[InvoiceState]:
    return {InvoiceState.PAID, InvoiceState.ISSUED} if profile.dispense_unpaid else {InvoiceState.PAID}


def _lines_owed(invoice: Invoice, ready: set[InvoiceState]) -> list[InvoiceLine]:
    if invoice.state not in ready:
        raise InvoiceNotPaid(invoice.number, invoice.state)
    medicines = [line for line in invoice.lines if line.medicine_id is not None]
    if not medicines:
        raise NothingToDispense(invoice.number)
    owed = [line for line in medicines if line.dispensed < line.quantity]
    if not owed:
        raise AlreadyDispensed(invoice.number)
    return owed


def _plan(
    session: Session, owed: list[InvoiceLine], order: StockOrder, *, partly: bool
) -> list[tuple[InvoiceLine, Pick]]:
    """The batches for every line. Raises OutOfStock with every shortage; if `partly`, only when there is nothing."""
    wanted = {line.medicine_id: line for line in owed if line.medicine_id is not None}
    batches = inventory.lock_usable_batches(session, wanted, on=clock.today())
    picks, shortages = [], []
    for medicine_id, line in wanted.items():
        left = line.quantity - line.dispensed
        chosen = inventory.plan(batches.get(medicine_id, ()), left, order)
        found = sum(pick.quantity for pick in chosen)
        if found < left:
            shortages.append(Shortage(line.description, left, found))
        picks += [(line, pick) for pick in chosen]
    if shortages and not (partly and picks):
        raise OutOfStock(shortages)
    return picks


def _note(session: Session, actor: Actor, invoice: Invoice, picks: list[tuple[InvoiceLine, Pick]]) -> None:
    everything = all(line.dispensed == line.quantity for line in invoice.lines if line.medicine_id is not None)
    audit.record(
        session,
        actor,
        audit.UPDATE,
        "invoice.dispensed" if everything else "invoice.partly_dispensed",
        invoice,
        {"items": (None, [{"batch_id": pick.batch.id, "quantity": pick.quantity} for _, pick in picks])},
        days={invoice.issued_on},
        visit_id=invoice.visit_id,
    )


def _owed() -> Select[int, str, str, int, int]:
    """The columns of Owed for every line of a medicine that is not all handed over, bill by bill."""
    units = (
        select(Batch.medicine_id, inventory.units_held().label("on_hand"))
        .where(inventory.usable(clock.today()))
        .group_by(Batch.medicine_id)
        .subquery()
    )
    left = InvoiceLine.quantity - InvoiceLine.dispensed
    return (
        select(Medicine.id, Medicine.name, Medicine.unit, left, func.coalesce(units.c.on_hand, 0))
        .select_from(InvoiceLine)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .join(Medicine, Medicine.id == InvoiceLine.medicine_id)
        .outerjoin(units, units.c.medicine_id == Medicine.id)
        .where(left > 0)
        .order_by(Invoice.id, InvoiceLine.id)
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
    owed = session.execute(_owed().where(Invoice.id == head[0]))
    return DispensingRecord(dispensing_id, *head, _items(session, dispensing_id), tuple(Owed(*row) for row in owed))


def _items(session: Session, dispensing_id: int) -> tuple[DispensedItem, ...]:
    rows = session.execute(
        select(Medicine.name, Medicine.unit, Batch.number, Batch.expires_on, DispensingItem.quantity)
        .select_from(DispensingItem)
        .join(Batch, Batch.id == DispensingItem.batch_id)
        .join(Medicine, Medicine.id == Batch.medicine_id)
        .where(DispensingItem.dispensing_id == dispensing_id)
        .order_by(DispensingItem.id)
    )
    return tuple(DispensedItem(*row) for row in rows)
