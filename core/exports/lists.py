"""Patients, appointments, tokens, bills, payments and stock as lists that can be taken away."""

from datetime import date

from sqlalchemy import case, func, literal, select, union_all
from sqlalchemy.orm import aliased

from core.exports.listed import MONEY, TEXT, List, Query, Shown, within
from core.fields import NOTHING
from core.models import (
    Advance,
    Appointment,
    Batch,
    CreditNote,
    Invoice,
    InvoiceState,
    Medicine,
    Patient,
    Payment,
    PaymentMethod,
    Slot,
    Supplier,
    Token,
    User,
    Visit,
)
from core.permissions import Permission
from core.spreadsheet import DAY, MOMENT, WHOLE
from core.words import later


def _patients(first: date, last: date) -> Query:
    return (
        select(
            *(Patient.mrn, Patient.name, Patient.sex, Patient.birth_date, Patient.birth_date_is_estimated),
            *(Patient.phone, Patient.address, Patient.next_of_kin, Patient.registered_at, Patient.last_visit_at),
        )
        .where(Patient.archived_at.is_(None), within(Patient.registered_at, first, last))
        .order_by(Patient.id)
    )


def _appointments(first: date, last: date) -> Query:
    return (
        select(
            *(Slot.starts_at, User.name, Patient.mrn, Patient.name, Patient.phone, Appointment.state),
            *(Appointment.booked_at, Appointment.reminded_at),
        )
        .join(Slot, Slot.id == Appointment.slot_id)
        .join(User, User.id == Slot.doctor_id)
        .join(Patient, Patient.id == Appointment.patient_id)
        .where(within(Slot.starts_at, first, last))
        .order_by(Slot.starts_at, Appointment.id)
    )


def _queue(first: date, last: date) -> Query:
    waited = func.floor(func.extract("epoch", Token.called_at - Token.issued_at) / 60)
    return (
        select(
            *(Token.issued_on, Token.number, User.name, Patient.mrn, Patient.name, Token.priority, Token.state),
            *(Token.issued_at, Token.called_at, Token.finished_at, waited),
        )
        .join(Patient, Patient.id == Token.patient_id)
        .outerjoin(User, User.id == Token.doctor_id)
        .where(Token.issued_on.between(first, last))
        .order_by(Token.issued_on, Token.number)
    )


def _bills(first: date, last: date) -> Query:
    due = case((Invoice.state == InvoiceState.ISSUED, Invoice.total - Invoice.paid), else_=NOTHING)
    return (
        select(
            *(Invoice.number, Invoice.issued_on, Patient.mrn, Patient.name, Patient.phone, User.name, Invoice.state),
            *(Invoice.subtotal, Invoice.discount, Invoice.tax, Invoice.total, Invoice.paid, Invoice.refunded, due),
        )
        .join(Patient, Patient.id == Invoice.patient_id)
        .outerjoin(Visit, Visit.id == Invoice.visit_id)
        .outerjoin(User, User.id == Visit.doctor_id)
        .where(Invoice.issued_on.between(first, last))
        .order_by(Invoice.issued_on, Invoice.id)  # as the index has them: some are shown before all are taken
    )


def _money(first: date, last: date) -> Query:
    """What adds up to the takings, given back below zero. From an advance to a bill, or back, no money moves."""
    given = (
        select(
            *(CreditNote.refunded_at.label("at"), Invoice.number.label("bill"), Invoice.patient_id),
            *(literal("Refund").label("what"), CreditNote.method, (-CreditNote.amount).label("amount")),
            *(CreditNote.reference, CreditNote.refunded_by_id.label("by_id")),
        )
        .join(Invoice, Invoice.id == CreditNote.invoice_id)
        .where(CreditNote.refunded_on.between(first, last), CreditNote.method != PaymentMethod.ADVANCE)
    )
    taken = (
        select(
            *(Payment.received_at, Invoice.number, Invoice.patient_id, literal("Payment"), Payment.method),
            *(Payment.amount, Payment.reference, Payment.received_by_id),
        )
        .join(Invoice, Invoice.id == Payment.invoice_id)
        .where(Payment.received_on.between(first, last), Payment.method != PaymentMethod.ADVANCE)
    )
    what = case((Advance.change > 0, "Advance"), else_="Advance paid out")
    ahead = select(
        *(Advance.moved_at, literal(""), Advance.patient_id, what, Advance.method),
        *(Advance.change, Advance.reference, Advance.moved_by_id),
    ).where(Advance.moved_on.between(first, last), Advance.method.is_not(None))
    moved = union_all(given, taken, ahead).subquery()
    cashier = aliased(User)
    return (
        select(
            *(moved.c.at, moved.c.bill, Patient.mrn, Patient.name, moved.c.what, moved.c.method),
            *(moved.c.amount, moved.c.reference, cashier.name),
        )
        .join(Patient, Patient.id == moved.c.patient_id)
        .join(cashier, cashier.id == moved.c.by_id)
        .order_by(moved.c.at, moved.c.bill)
    )


def _stock(_first: date, _last: date) -> Query:
    """Medicines without a batch are there too: they are what must be ordered first."""
    left = (Batch.medicine_id == Medicine.id) & (Batch.on_hand > 0)
    return (
        select(
            *(Medicine.name, Medicine.generic, Medicine.form, Medicine.strength, Medicine.unit, Medicine.price),
            *(Medicine.reorder_level, Batch.number, Supplier.name, Batch.received_on, Batch.expires_on),
            *(func.coalesce(Batch.on_hand, 0), Batch.unit_cost, Batch.unit_cost * Batch.on_hand),
            Batch.blocked_at.is_not(None),
        )
        .outerjoin(Batch, left)
        .outerjoin(Supplier, Supplier.id == Batch.supplier_id)
        .where(Medicine.withdrawn_at.is_(None) | Batch.id.is_not(None))
        .order_by(func.lower(Medicine.name), Batch.expires_on, Batch.id)
    )


_PATIENT: tuple[Shown, ...] = (("MRN", TEXT), ("Patient", TEXT), ("Phone", TEXT))
LISTS = (
    List(
        *(
            "patients",
            later("Patients"),
            later("Everyone on record but archived ones; nothing clinical."),
            Permission.SEE_PATIENTS,
        ),
        later("Day registered"),
        (
            *(("MRN", TEXT), ("Name", TEXT), ("Sex", TEXT), ("Birth date", DAY), ("Birth date is estimated", TEXT)),
            *(("Phone", TEXT), ("Address", TEXT), ("Next of kin", TEXT)),
            *(("Registered on", DAY), ("Last visit", DAY)),
        ),
        _patients,
    ),
    List(
        *(
            "appointments",
            later("Appointments"),
            later("Who was booked with whom, and what became of it."),
            Permission.SEE_SCHEDULE,
        ),
        later("Day of the appointment"),
        (
            *(("Time", MOMENT), ("Doctor", TEXT), *_PATIENT, ("State", TEXT)),
            *(("Booked", MOMENT), ("Reminded", MOMENT)),
        ),
        _appointments,
    ),
    List(
        *("queue", later("Queue"), later("Every number given out, and how long it waited."), Permission.SEE_QUEUE),
        later("Day of the number"),
        (
            *(("Day", DAY), ("Number", WHOLE), ("Doctor", TEXT), *_PATIENT[:2], ("Priority", TEXT), ("State", TEXT)),
            *(("Issued", MOMENT), ("Called", MOMENT), ("Finished", MOMENT), ("Minutes waited", WHOLE)),
        ),
        _queue,
    ),
    List(
        *("bills", later("Bills"), later("Every bill with its sums and what is still due."), Permission.EXPORT),
        later("Day of the bill"),
        (
            *(("Bill", TEXT), ("Day", DAY), *_PATIENT, ("Doctor", TEXT), ("State", TEXT), ("Subtotal", MONEY)),
            *(("Discount", MONEY), ("Tax", MONEY), ("Total", MONEY), ("Paid", MONEY), ("Refunded", MONEY)),
            ("Due", MONEY),
        ),
        _bills,
    ),
    List(
        *(
            "payments",
            later("Payments"),
            later("Money taken, and given back as an amount below zero."),
            Permission.EXPORT,
        ),
        later("Day on which the money moved"),
        (
            *(("Time", MOMENT), ("Bill", TEXT), *_PATIENT[:2], ("What", TEXT), ("Method", TEXT), ("Amount", MONEY)),
            *(("Reference", TEXT), ("Cashier", TEXT)),
        ),
        _money,
    ),
    List(
        *(
            "stock",
            later("Stock"),
            later("What lies on the shelf now, batch by batch, and what is sold out."),
            Permission.SEE_STOCK,
        ),
        "",
        (
            *(("Medicine", TEXT), ("Generic", TEXT), ("Form", TEXT), ("Strength", TEXT), ("Unit", TEXT)),
            *(("Price", MONEY), ("Reorder level", WHOLE), ("Batch", TEXT), ("Supplier", TEXT), ("Received on", DAY)),
            *(("Expires on", DAY), ("On hand", WHOLE), ("Unit cost", MONEY), ("Value", MONEY), ("Blocked", TEXT)),
        ),
        _stock,
    ),
)
