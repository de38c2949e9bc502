"""Credit notes, advances, closed drawers and orders as lists that can be taken away.

Why money was given back stays here: a reason may say how somebody is.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.exports.listed import MONEY, TEXT, List, Query, within
from core.models import (
    Advance,
    CreditNote,
    DayClose,
    Invoice,
    Medicine,
    Patient,
    PurchaseOrder,
    PurchaseOrderLine,
    Supplier,
    User,
)
from core.permissions import Permission
from core.spreadsheet import DAY, MOMENT, WHOLE
from core.words import later


def _credit_notes(first: date, last: date) -> Query:
    return (
        select(
            *(CreditNote.number, CreditNote.refunded_at, Invoice.number, Invoice.issued_on, Patient.mrn, Patient.name),
            *(CreditNote.method, CreditNote.amount, CreditNote.reference, User.name),
        )
        .join(Invoice, Invoice.id == CreditNote.invoice_id)
        .join(Patient, Patient.id == Invoice.patient_id)
        .join(User, User.id == CreditNote.refunded_by_id)
        .where(CreditNote.refunded_on.between(first, last))
        .order_by(CreditNote.id)
    )


def _advances(first: date, last: date) -> Query:
    return (
        select(
            *(Advance.moved_at, Patient.mrn, Patient.name, Advance.reason, Advance.method, Advance.change),
            *(Advance.reference, User.name),
        )
        .join(Patient, Patient.id == Advance.patient_id)
        .join(User, User.id == Advance.moved_by_id)
        .where(Advance.moved_on.between(first, last))
        .order_by(Advance.id)
    )


def _drawers(first: date, last: date) -> Query:
    closed_by = aliased(User)
    return (
        select(
            *(DayClose.closed_on, User.name, DayClose.opened_with, DayClose.taken, DayClose.expected),
            *(DayClose.counted, DayClose.counted - DayClose.expected, DayClose.explanation, DayClose.left_in_drawer),
            *(DayClose.closed_at, closed_by.name),
        )
        .join(User, User.id == DayClose.cashier_id)
        .join(closed_by, closed_by.id == DayClose.closed_by_id)
        .where(DayClose.closed_on.between(first, last))
        .order_by(DayClose.closed_on, DayClose.id)
    )


def _orders(first: date, last: date) -> Query:
    """A row for each medicine."""
    return (
        select(
            *(PurchaseOrder.number, PurchaseOrder.ordered_at, Supplier.name, PurchaseOrder.state),
            *(PurchaseOrder.expected_on, PurchaseOrder.ended_at, Medicine.name, PurchaseOrderLine.quantity),
            *(PurchaseOrderLine.received, PurchaseOrderLine.unit_cost),
            PurchaseOrderLine.quantity * PurchaseOrderLine.unit_cost,
        )
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .join(Medicine, Medicine.id == PurchaseOrderLine.medicine_id)
        .where(within(PurchaseOrder.ordered_at, first, last))
        .order_by(PurchaseOrder.id, PurchaseOrderLine.id)
    )


LISTS = (
    List(
        *("credit_notes", later("Credit notes"), later("Money given back for bills, by number."), Permission.EXPORT),
        later("Day on which it was given back"),
        (
            *(("Credit note", TEXT), ("Time", MOMENT), ("Bill", TEXT), ("Day of the bill", DAY), ("MRN", TEXT)),
            *(("Patient", TEXT), ("Method", TEXT), ("Amount", MONEY), ("Reference", TEXT), ("Cashier", TEXT)),
        ),
        _credit_notes,
    ),
    List(
        *("advances", later("Advances"), later("What patients paid ahead, used and got back."), Permission.EXPORT),
        later("Day on which the advance changed"),
        (
            *(("Time", MOMENT), ("MRN", TEXT), ("Patient", TEXT), ("What", TEXT), ("Method", TEXT)),
            *(("Change", MONEY), ("Reference", TEXT), ("Cashier", TEXT)),
        ),
        _advances,
    ),
    List(
        *(
            "drawers",
            later("Closed drawers"),
            later("What each cashier's drawer should have held and did."),
            Permission.EXPORT,
        ),
        later("Day of the drawer"),
        (
            *(("Day", DAY), ("Cashier", TEXT), ("Opened with", MONEY), ("Taken", MONEY), ("Expected", MONEY)),
            *(("Counted", MONEY), ("Difference", MONEY), ("Explanation", TEXT), ("Left in drawer", MONEY)),
            *(("Closed", MOMENT), ("Closed by", TEXT)),
        ),
        _drawers,
    ),
    List(
        *("orders", later("Orders"), later("What was ordered from suppliers, and what came."), Permission.SEE_STOCK),
        later("Day of the order"),
        (
            *(("Order", TEXT), ("Ordered", MOMENT), ("Supplier", TEXT), ("State", TEXT), ("Promised for", DAY)),
            *(("Ended", MOMENT), ("Medicine", TEXT), ("Ordered units", WHOLE), ("Received units", WHOLE)),
            *(("Unit cost", MONEY), ("Cost", MONEY)),
        ),
        _orders,
    ),
)
