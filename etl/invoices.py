"""PostgreSQL invoices → MongoDB invoices: one document per bill, with the money that moved for it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.analytics.documents import CreditNoteEntry, InvoiceDocument, InvoicePayment, midnight, money
from core.models import CreditNote, Invoice, InvoiceState, Payment, Visit
from etl import making

COLLECTION = "invoices"


def remake(session: Session, ids: Iterable[int]) -> int:
    return making.again(COLLECTION, ids, partial(by_id, session))


def documents(session: Session) -> Iterator[list[InvoiceDocument]]:
    every = select(Invoice.id).order_by(Invoice.id)
    return making.every(session, every, partial(by_id, session))


def by_id(session: Session, ids: Iterable[int]) -> list[InvoiceDocument]:
    """Four statements, however many bills."""
    ids = list(ids)
    moved, notes = _moved(session, ids), _notes(session, ids)
    sums = (Invoice.subtotal, Invoice.discount, Invoice.tax, Invoice.total, Invoice.paid, Invoice.refunded)
    rows = session.execute(
        select(Invoice.id, Invoice.number, Invoice.issued_on, Invoice.state, Invoice.patient_id, Visit.doctor_id, *sums)
        .outerjoin(Visit, Invoice.visit_id == Visit.id)
        .where(Invoice.id.in_(ids))
        .order_by(Invoice.id)
    )
    return [
        {
            "_id": row.id,
            "number": row.number,
            "date": midnight(row.issued_on),
            "state": row.state.value,
            "doctor_id": row.doctor_id,
            "patient_id": row.patient_id,
            "subtotal": money(row.subtotal),
            "discount": money(row.discount),
            "tax": money(row.tax),
            "total": money(row.total),
            "paid": money(row.paid),
            "refunded": money(row.refunded),
            "due": money(0 if row.state is InvoiceState.CANCELLED else row.total - row.paid),
            "payments": moved[row.id],
            "credit_notes": notes[row.id],
        }
        for row in rows
    ]


def count(session: Session) -> int:
    return session.scalar(select(func.count(Invoice.id))) or 0


def _moved(session: Session, ids: Sequence[int]) -> Mapping[int, list[InvoicePayment]]:
    """By day; on the same day what came in stands before what was given back."""
    paid = select(Payment.invoice_id, Payment.received_on, Payment.method, Payment.amount).order_by(Payment.id)
    columns = (CreditNote.invoice_id, CreditNote.refunded_on, CreditNote.method, -CreditNote.amount)
    refunded = select(*columns).order_by(CreditNote.id)
    found: dict[int, list[InvoicePayment]] = defaultdict(list)
    for moved in (paid.where(Payment.invoice_id.in_(ids)), refunded.where(CreditNote.invoice_id.in_(ids))):
        for invoice, day, method, amount in session.execute(moved):
            found[invoice].append({"date": midnight(day), "method": method.value, "amount": money(amount)})
    for payments in found.values():
        payments.sort(key=lambda payment: payment["date"])
    return found


def _notes(session: Session, ids: Sequence[int]) -> Mapping[int, list[CreditNoteEntry]]:
    found: dict[int, list[CreditNoteEntry]] = defaultdict(list)
    for note in session.scalars(select(CreditNote).where(CreditNote.invoice_id.in_(ids)).order_by(CreditNote.id)):
        found[note.invoice_id].append(
            {
                "number": note.number,
                "date": midnight(note.refunded_on),
                "method": note.method.value,
                "reason": note.reason,
                "amount": money(note.amount),
            }
        )
    return found
