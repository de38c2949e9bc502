"""Which documents audit events and stock movements make out of date: a pass costs what changed, not the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from core import clock
from core.models import (
    Advance,
    AuditAction,
    Batch,
    CreditNote,
    Invoice,
    Medicine,
    PatientMerge,
    Payment,
    Prescription,
    PrescriptionItem,
    PurchaseOrder,
    PurchaseOrderLine,
    StockMovement,
    Token,
    Visit,
)
from etl import periods, touched_days
from etl.asking import Event, found, of, visits_of


@dataclass(frozen=True)
class Touched:
    """Months are told by their first day. `stock_months` are those of the movements."""

    visits: set[int]
    invoices: set[int]
    advances: set[int]
    drawers: set[int]
    orders: set[int]
    days: set[date]
    months: set[date]
    movements: set[int]
    stock_months: set[date]
    medicines: set[int]


def by(session: Session, events: Sequence[Event], moved: Sequence[int]) -> Touched:
    """What these events and new movements changed, and what shows a name that they changed.

    Who looked at something changed nothing: a patient's file is opened for every visit, and would have all of them
    written again.
    """
    events = [event for event in events if event.action is not AuditAction.READ]
    merged = _merged(session, events)
    days = touched_days.by(session, events, merged)
    invoices, orders = _invoices(session, events, merged), _orders(session, events)
    shelf = _shelf(session, events, moved, orders)
    return Touched(
        visits=_visits(session, events, merged),
        invoices=invoices,
        advances=_advances(session, events, merged, invoices),
        drawers=of(events, "day_closes"),
        orders=orders,
        days=days.days,
        months=days.months | _months_prescribed(session, of(events, "medicines", "name", "generic")),
        movements=_movements(session, events),
        stock_months=shelf.months,
        medicines=shelf.medicines,
    )


def _visits(session: Session, events: Sequence[Event], merged: set[int]) -> set[int]:
    patients = of(events, "patients", "name", "sex", "birth_date") | merged
    doctors = of(events, "users", "name", "speciality")
    medicines = of(events, "medicines", "name")
    prescribed = select(Prescription.visit_id).join(Prescription.items)
    return (
        visits_of(session, events)
        | found(session, patients, select(Visit.id).where(Visit.patient_id.in_(patients)))
        | found(session, doctors, select(Visit.id).where(Visit.doctor_id.in_(doctors)))
        | found(session, medicines, prescribed.where(PrescriptionItem.medicine_id.in_(medicines)))
    )


def _months_prescribed(session: Session, medicines: set[int]) -> set[date]:
    """Of medicines that may be antibiotics now, or are none any more."""
    month = select(periods.month(Token.issued_on)).join(Visit, Visit.token_id == Token.id)
    items = month.join(Prescription, Prescription.visit_id == Visit.id).join(Prescription.items)
    return found(session, medicines, items.where(PrescriptionItem.medicine_id.in_(medicines)))


def _merged(session: Session, events: Sequence[Event]) -> set[int]:
    """Patients whose visits and bills may have gone to another record, or come back from it."""
    told = [event for event in events if event.resource_type == "patients"]
    absorbed = {event.resource_id for event in told if "merge" in event.event or "merged_into_id" in event.changes}
    survivors = {key for event in told for key in event.changes.get("merged_into_id", []) if key is not None}
    merges = PatientMerge.id.in_(of(events, "patient_merges"))
    both = (select(key).where(merges) for key in (PatientMerge.survivor_id, PatientMerge.absorbed_id))
    of_merges = [found(session, of(events, "patient_merges"), rows) for rows in both]
    return absorbed | survivors | set().union(*of_merges)


def _invoices(session: Session, events: Sequence[Event], merged: set[int]) -> set[int]:
    payments, notes = of(events, "payments"), of(events, "credit_notes")
    return (
        of(events, "invoices")
        | found(session, payments, select(Payment.invoice_id).where(Payment.id.in_(payments)))
        | found(session, notes, select(CreditNote.invoice_id).where(CreditNote.id.in_(notes)))
        | found(session, merged, select(Invoice.id).where(Invoice.patient_id.in_(merged)))
    )


def _advances(session: Session, events: Sequence[Event], merged: set[int], invoices: set[int]) -> set[int]:
    """Bills are paid from them, and given back for."""
    patients = merged | of(events, "patients", "advance")
    paid = select(Advance.id).join(Payment, Payment.id == Advance.payment_id).where(Payment.invoice_id.in_(invoices))
    kept = select(Advance.id).join(CreditNote, CreditNote.id == Advance.credit_note_id)
    return (
        of(events, "advances")
        | found(session, patients, select(Advance.id).where(Advance.patient_id.in_(patients)))
        | found(session, invoices, paid)
        | found(session, invoices, kept.where(CreditNote.invoice_id.in_(invoices)))
    )


def _orders(session: Session, events: Sequence[Event]) -> set[int]:
    """Whose batches came, or whose supplier has another name."""
    batches, suppliers = of(events, "batches"), of(events, "suppliers", "name")
    lines = select(PurchaseOrderLine.purchase_order_id).join(
        Batch, Batch.purchase_order_line_id == PurchaseOrderLine.id
    )
    return (
        of(events, "purchase_orders")
        | found(session, batches, lines.where(Batch.id.in_(batches)))
        | found(session, suppliers, select(PurchaseOrder.id).where(PurchaseOrder.supplier_id.in_(suppliers)))
    )


def _movements(session: Session, events: Sequence[Event]) -> set[int]:
    """Those in MongoDB that show another name now."""
    medicines, batches = of(events, "medicines", "name"), of(events, "batches", "number")
    return found(session, medicines, _relayed(Batch.medicine_id.in_(medicines))) | found(
        session, batches, _relayed(Batch.id.in_(batches))
    )


def _relayed(shown: ColumnElement[bool]) -> Select[int]:
    return select(StockMovement.id).join(StockMovement.batch).where(shown, StockMovement.relayed_at.is_not(None))


class _Shelf(NamedTuple):
    medicines: set[int]
    months: set[date]


def _shelf(session: Session, events: Sequence[Event], moved: Sequence[int], orders: set[int]) -> _Shelf:
    """A supplier stands for every medicine: there are hundreds of them, and suppliers seldom change."""
    batches, suppliers = of(events, "batches"), of(events, "suppliers")
    where = select(Batch.medicine_id, StockMovement.moved_at).join(StockMovement.batch)
    ordered = select(PurchaseOrderLine.medicine_id).where(PurchaseOrderLine.purchase_order_id.in_(orders))
    movements = session.execute(where.where(StockMovement.id.in_(moved))).all() if moved else []
    return _Shelf(
        medicines=of(events, "medicines")
        | {medicine for medicine, _ in movements}
        | found(session, orders, ordered)
        | found(session, batches, select(Batch.medicine_id).where(Batch.id.in_(batches)))
        | found(session, suppliers, select(Medicine.id)),
        months={periods.month_of(clock.day_of(moment)) for _, moment in movements},
    )
