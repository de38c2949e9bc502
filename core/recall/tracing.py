"""Batches by their number or a scan of a pack, and who got of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, cast, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from core import db, fields, inventory
from core.inventory import BatchRecord
from core.inventory.shelf import record, with_names
from core.models import (
    Batch,
    Dispensing,
    DispensingItem,
    Invoice,
    InvoiceLine,
    Medicine,
    Patient,
    Supplier,
)
from core.permissions import Actor, Permission, require

MOST_BATCHES = 50


@dataclass(frozen=True)
class Traced:
    """A batch with how many patients got of it, and how many units: `given`, of which `returned` came back.

    `block_reason` is empty where it is not blocked.
    """

    batch: BatchRecord
    block_reason: str
    patients: int
    given: int
    returned: int

    @property
    def still_out(self) -> int:
        return self.given - self.returned


@dataclass(frozen=True)
class Recipient:
    """What a patient got of a batch at one moment; `instead_of` is what stood on the bill, if another medicine."""

    patient_id: int
    patient: str
    mrn: str
    phone: str
    medicine: str
    unit: str
    batch_number: str
    number: str
    given_on: date
    given: int
    returned: int
    instead_of: str

    @property
    def still_out(self) -> int:
        return self.given - self.returned


def find(session: Session, actor: Actor, term: str) -> list[Traced]:
    """By number, medicine or supplier, or by a scan of the pack, also what is used up; the latest delivery first,
    MOST_BATCHES at most.

    An empty term finds those that are blocked. Raises Invalid for a code that was read wrong.
    """
    require(actor, Permission.RECALL)
    if not term.strip():
        return _traced(session, Batch.blocked_at.is_not(None))
    scan = inventory.scanned(session, actor, term)
    if scan.barcode and scan.medicine:
        of_number = func.lower(Batch.number) == scan.number.lower()
        return _traced(session, Medicine.id == scan.medicine.medicine_id, *([of_number] if scan.number else []))
    if exact := _traced(session, func.lower(Batch.number) == (scan.number or fields.line(term)).lower()):
        return exact
    return _traced(session, *map(_part_of, term.split()))


def traced(session: Session, actor: Actor, batch_ids: Sequence[int]) -> list[Traced]:
    """Those that were chosen."""
    require(actor, Permission.RECALL)
    return _traced(session, Batch.id.in_(batch_ids))


def recipients(session: Session, actor: Actor, batch_ids: Sequence[int]) -> list[Recipient]:
    """Everybody who got of these batches, by name; a row for each time."""
    require(actor, Permission.RECALL)
    instead_of = case((InvoiceLine.medicine_id != Medicine.id, InvoiceLine.description), else_="")
    rows = session.execute(
        select(
            *(Patient.id, Patient.name, Patient.mrn, func.coalesce(Patient.phone, ""), Medicine.name, Medicine.unit),
            *(Batch.number, Invoice.number, Dispensing.dispensed_on),
            *(DispensingItem.quantity, DispensingItem.returned, instead_of),
        )
        .select_from(DispensingItem)
        .join(Dispensing, Dispensing.id == DispensingItem.dispensing_id)
        .join(InvoiceLine, InvoiceLine.id == DispensingItem.invoice_line_id)
        .join(Invoice, Invoice.id == Dispensing.invoice_id)
        .join(Patient, Patient.id == Invoice.patient_id)
        .join(Batch, Batch.id == DispensingItem.batch_id)
        .join(Medicine, Medicine.id == Batch.medicine_id)
        .where(DispensingItem.batch_id.in_(batch_ids))
        .order_by(func.lower(Patient.name), Patient.id, DispensingItem.id)
    )
    return [Recipient(*row) for row in rows]


def _traced(session: Session, *which: ColumnElement[bool]) -> list[Traced]:
    newest = (Batch.received_on.desc(), Batch.id.desc())
    meant = with_names().with_only_columns(Batch.id).where(*which).order_by(*newest).limit(MOST_BATCHES)
    out = (
        select(
            DispensingItem.batch_id,
            func.count(Invoice.patient_id.distinct()).label("patients"),
            cast(func.sum(DispensingItem.quantity), BigInteger).label("given"),
            cast(func.sum(DispensingItem.returned), BigInteger).label("returned"),
        )
        .join(Dispensing, Dispensing.id == DispensingItem.dispensing_id)
        .join(Invoice, Invoice.id == Dispensing.invoice_id)
        .where(db.among(DispensingItem.batch_id, meant))
        .group_by(DispensingItem.batch_id)
        .subquery()
    )
    counted = (func.coalesce(column, 0) for column in (out.c.patients, out.c.given, out.c.returned))
    rows = session.execute(
        with_names()
        .add_columns(*counted)
        .outerjoin(out, out.c.batch_id == Batch.id)
        .where(*which)
        .order_by(*newest)
        .limit(MOST_BATCHES)
    )
    return [
        Traced(record(batch, medicine, unit, supplier), batch.block_reason, patients, given, returned)
        for batch, medicine, unit, supplier, patients, given, returned in rows
    ]


def _part_of(word: str) -> ColumnElement[bool]:
    columns = (Batch.number, Medicine.name, Medicine.generic, Supplier.name)
    return or_(*(column.icontains(fields.line(word), autoescape=True) for column in columns))
