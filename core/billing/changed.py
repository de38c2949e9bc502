"""Bills made of a prescription that the doctor has changed since: the cash desk makes them anew, or must pay back.

A prescription may be changed until something of it is handed over, whatever was billed or paid.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload

from core import db
from core.billing import locking, records
from core.billing.invoices import cancel, completed, issue, prescribed
from core.billing.lines import same_line
from core.billing.records import InvoiceCard, InvoiceRecord
from core.errors import Conflict
from core.models import Invoice, InvoiceLine, InvoiceState, Prescription, PrescriptionItem, PrescriptionState
from core.permissions import Actor, Permission, require
from core.words import ENGLISH, read_in, say

Ts = TypeVarTuple("Ts")
_STANDING = aliased(Prescription)


@dataclass(frozen=True)
class TakenBack:
    """The number of a prescription that was cancelled, and of the one that stands in its visit now."""

    number: str
    new: str | None

    def __str__(self) -> str:
        if self.new:
            return say("Prescription {number} was replaced by {new}", number=self.number, new=self.new)
        return say("Prescription {number} was cancelled", number=self.number)


@dataclass(frozen=True)
class ChangedBill:
    """A bill that charges medicines of a prescription taken back, none of them handed over."""

    card: InvoiceCard
    taken_back: TakenBack

    @property
    def is_paid(self) -> bool:
        return self.card.paid > 0


class BillUpToDate(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(say("Bill {number} is as prescribed: it need not be made anew.", number=number))


def list_changed(session: Session, actor: Actor) -> list[ChangedBill]:
    """Oldest first, without what was paid back. One statement."""
    require(actor, Permission.SEE_BILLS)
    cancelled = select(Prescription.id).where(Prescription.state == PrescriptionState.CANCELLED)
    items = select(PrescriptionItem.id).where(db.among(PrescriptionItem.prescription_id, cancelled))
    return _changed(session, db.among(InvoiceLine.prescription_item_id, items))


def taken_back(session: Session, invoice_id: int, *which: ColumnElement[bool]) -> TakenBack | None:
    """For workflows that hold the bill: the prescription whose medicines must not be handed over, if there is one."""
    row = session.execute(_taken_back().where(*which), {"bill": invoice_id}).one_or_none()
    return TakenBack(*row) if row else None


def bill_anew(session: Session, actor: Actor, invoice_id: int) -> InvoiceRecord:
    """Cancel a bill whose prescription was changed and make it again with the prescription that stands.

    What else was on it stays; where nothing is left it is only cancelled. Raises BillUpToDate, VisitNotCompleted, or
    what `cancel` refuses.
    """
    require(actor, Permission.BILL)
    invoice = locking.locked_with_visit(session, invoice_id)
    back = taken_back(session, invoice_id)
    if back is None or invoice.visit_id is None:
        raise BillUpToDate(invoice.number)
    completed(session, invoice.visit_id)
    old = outdated(session, invoice)
    with read_in(ENGLISH):  # as it is kept
        reason = f"{back} after this bill was made"
    cancelled = cancel(session, actor, invoice_id, reason)
    new = prescribed(session, invoice.visit_id)
    again = {line.medicine_id for line in new} - {None}
    stays = [_again(line) for line in invoice.lines if line not in old and line.medicine_id not in again]
    of_what = {"visit_id": invoice.visit_id, "supplements_id": invoice.supplements_id}
    lines = stays + new
    return issue(session, actor, invoice.patient_id, lines, **of_what) if lines else cancelled


def outdated(session: Session, invoice: Invoice) -> list[InvoiceLine]:
    """The lines of a bill whose prescription was taken back."""
    taken = select(PrescriptionItem.id).join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
    items = {line.prescription_item_id for line in invoice.lines}
    cancelled = taken.where(PrescriptionItem.id.in_(items), Prescription.state == PrescriptionState.CANCELLED)
    gone = set(session.scalars(cancelled))
    return [line for line in invoice.lines if line.prescription_item_id in gone]


def standing_number(visit_id: InstrumentedAttribute[int]) -> ScalarSelect[str]:
    """The number of the prescription that stands in the visit of the surrounding query."""
    return (
        select(_STANDING.number)
        .where(_STANDING.visit_id == visit_id, _STANDING.state == PrescriptionState.ISSUED)
        .scalar_subquery()
    )


@cache
def _taken_back() -> Select[str, str | None]:
    asked = select(Prescription.number, standing_number(Prescription.visit_id))
    return _of_changed(asked, Invoice.id == bindparam("bill")).limit(1)


def _again(line: InvoiceLine) -> InvoiceLine:
    """As it stands: what was called off, or came back, is not owed anew."""
    again = same_line(line)
    again.called_off = line.called_off + line.returned
    again.call_off_reason = line.call_off_reason or ("Came back" if line.returned else "")
    return again


def _changed(session: Session, *which: ColumnElement[bool]) -> list[ChangedBill]:
    asked = select(Invoice, Prescription.number, standing_number(Prescription.visit_id))
    rows: Iterable[Sequence[Any]] = session.execute(_of_changed(asked, *which).options(joinedload(Invoice.patient)))
    once = {invoice.id: (invoice, number, new) for invoice, number, new in rows}
    return [
        ChangedBill(records.card(invoice, invoice.patient), TakenBack(number, new))
        for invoice, number, new in once.values()
    ]


def _of_changed(asked: Select[*Ts], *which: ColumnElement[bool]) -> Select[*Ts]:
    """From the few lines that are still owed to the few whose prescription was taken back."""
    return (
        asked.select_from(Invoice)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .join(PrescriptionItem, PrescriptionItem.id == InvoiceLine.prescription_item_id)
        .join(Prescription, Prescription.id == PrescriptionItem.prescription_id)
        .where(
            InvoiceLine.is_owed(),
            *(Prescription.state == PrescriptionState.CANCELLED, Invoice.state != InvoiceState.CANCELLED, *which),
        )
        .order_by(Invoice.id)
    )
