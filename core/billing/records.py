"""A bill as screens and receipts see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from core import audit
from core.errors import NotFound
from core.fields import NOTHING
from core.models import (
    AuditAction,
    CreditNote,
    Invoice,
    InvoiceLine,
    InvoiceState,
    LineKind,
    Patient,
    Payment,
    PaymentMethod,
    Refund,
    User,
)
from core.permissions import Actor, Permission, require
from core.words import say

# Asked by every step at the cash desk, and so put together once.
_OF_BILL = Invoice.id == bindparam("bill")
_CASHIER = aliased(User)
_MONEY = (
    select(
        *(User.name, Payment.id, Payment.amount, Payment.method, Payment.reference),
        *(Payment.received_on, Payment.received_at, _CASHIER.name),
    )
    .select_from(Invoice)
    .join(User, User.id == Invoice.issued_by_id)
    .outerjoin(Payment, Payment.invoice_id == Invoice.id)
    .outerjoin(_CASHIER, _CASHIER.id == Payment.received_by_id)
    .where(_OF_BILL)
    .order_by(Payment.id)
)


@dataclass(frozen=True)
class LineRecord:
    """`amount = quantity x unit_price - discount + tax`; `basis` says why this price, "" on old bills.

    In units: `dispensed` were handed over, `returned` came back, `called_off` will not be handed over, `refunded`
    were paid back.
    """

    line_id: int
    kind: LineKind
    description: str
    medicine_id: int | None
    service_id: int | None
    quantity: int
    unit_price: Decimal
    discount: Decimal
    discount_reason: str
    tax_percent: Decimal
    tax: Decimal
    amount: Decimal
    basis: str
    prescription_item_id: int | None
    dispensed: int
    returned: int
    called_off: int
    refunded: int

    @property
    def kept(self) -> int:
        """Units of a medicine that the patient has."""
        return self.dispensed - self.returned

    @property
    def owed(self) -> int:
        """Units of a medicine still to be handed over."""
        return 0 if self.medicine_id is None else self.quantity - self.dispensed - self.called_off

    @property
    def refundable(self) -> int:
        """Units that can be paid back: of a medicine those that the patient does not have."""
        return self.quantity - self.kept - self.refunded


@dataclass(frozen=True)
class RefundedLine:
    """Units of a line that were paid back, with their exact shares of its discount and tax."""

    line_id: int
    description: str
    quantity: int
    unit_price: Decimal
    discount: Decimal
    tax: Decimal
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class CreditNoteRecord:
    """Money given back for lines of a bill, at one moment by one method."""

    credit_note_id: int
    number: str
    invoice_id: int
    invoice_number: str
    patient_id: int
    mrn: str
    patient: str
    amount: Decimal
    method: PaymentMethod
    reference: str
    reason: str
    refunded_on: date
    refunded_at: datetime
    refunded_by: str
    lines: tuple[RefundedLine, ...]


@dataclass(frozen=True)
class PaymentRecord:
    payment_id: int
    amount: Decimal
    method: PaymentMethod
    reference: str
    received_on: date
    received_at: datetime
    received_by: str


@dataclass(frozen=True, kw_only=True)
class InvoiceCard:
    """A bill as lists show one."""

    invoice_id: int
    number: str
    state: InvoiceState
    patient_id: int
    mrn: str
    patient: str
    visit_id: int | None
    supplements_id: int | None
    issued_on: date
    total: Decimal
    paid: Decimal
    due: Decimal


@dataclass(frozen=True, kw_only=True)
class InvoiceRecord(InvoiceCard):
    """A whole bill: `total = subtotal - discount + tax`, each the sum of its lines."""

    issued_by: str
    issued_at: datetime
    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    refunded: Decimal
    cancel_reason: str
    lines: tuple[LineRecord, ...]
    payments: tuple[PaymentRecord, ...]
    credit_notes: tuple[CreditNoteRecord, ...]


def note(
    session: Session,
    actor: Actor,
    event: str,
    invoice: Invoice,
    changes: audit.Changes,
    action: AuditAction = audit.UPDATE,
) -> None:
    """One change of a bill in the trail, for its day and its visit."""
    require(actor, Permission.SIGN_IN)
    days, visit_id = {invoice.issued_on}, invoice.visit_id
    audit.record(session, actor, action, event, invoice, changes, days=days, visit_id=visit_id)


def full(session: Session, invoice_id: int) -> InvoiceRecord:
    """Raises NotFound."""
    whole = (joinedload(Invoice.patient, innerjoin=True), selectinload(Invoice.lines))
    invoice = session.scalar(select(Invoice).where(Invoice.id == invoice_id).options(*whole))
    if invoice is None:
        raise NotFound("bill", invoice_id)
    return record(session, invoice)


def record(session: Session, invoice: Invoice) -> InvoiceRecord:
    """Of a bill that was read with its lines and its patient, or has just been made. One statement, three where money
    was given back."""
    issued_by, payments = _money(session, invoice.id)
    own = ("issued_at", "subtotal", "discount", "tax", "refunded", "cancel_reason")
    return InvoiceRecord(
        **_card_fields(invoice, invoice.patient),
        **{name: getattr(invoice, name) for name in own},
        issued_by=issued_by,
        lines=tuple(line_record(line) for line in invoice.lines),
        payments=payments,
        credit_notes=credit_notes(session, CreditNote.invoice_id == invoice.id) if invoice.refunded else (),
    )


def credit_notes(session: Session, *which: ColumnElement[bool]) -> tuple[CreditNoteRecord, ...]:
    """Those that fit, in the order of their numbers."""
    rows = session.execute(
        select(CreditNote, Invoice, Patient, User.name)
        .join(Invoice, Invoice.id == CreditNote.invoice_id)
        .join(Patient, Patient.id == Invoice.patient_id)
        .join(User, User.id == CreditNote.refunded_by_id)
        .where(*which)
        .options(selectinload(CreditNote.refunds).joinedload(Refund.invoice_line))
        .order_by(CreditNote.id)
    )
    return tuple(_credit_note(*row) for row in rows)


def _credit_note(note: CreditNote, invoice: Invoice, patient: Patient, refunded_by: str) -> CreditNoteRecord:
    own = ("number", "amount", "method", "reference", "reason", "refunded_on", "refunded_at", "invoice_id")
    return CreditNoteRecord(
        **{name: getattr(note, name) for name in own},
        credit_note_id=note.id,
        invoice_number=invoice.number,
        patient_id=patient.id,
        mrn=patient.mrn,
        patient=patient.name,
        refunded_by=refunded_by,
        lines=tuple(map(_refunded_line, note.refunds)),
    )


def _refunded_line(refund: Refund) -> RefundedLine:
    line = refund.invoice_line
    shares = (refund.discount, refund.tax, refund.amount)
    return RefundedLine(line.id, line.description, refund.quantity, line.unit_price, *shares)


def in_words(line: LineRecord) -> str:
    """What the line is for. A consultation is kept in English, as our own word and the doctor's name."""
    what, comma, doctor = line.description.partition(",")
    return f"{say(what)}{comma}{doctor}" if line.kind is LineKind.CONSULTATION else line.description


def card(invoice: Invoice, patient: Patient) -> InvoiceCard:
    return InvoiceCard(**_card_fields(invoice, patient))


def _card_fields(invoice: Invoice, patient: Patient) -> dict[str, Any]:
    own = ("number", "state", "patient_id", "visit_id", "supplements_id", "issued_on", "total", "paid")
    named = {name: getattr(invoice, name) for name in own}
    due = NOTHING if invoice.state is InvoiceState.CANCELLED else invoice.total - invoice.paid
    return named | {"invoice_id": invoice.id, "mrn": patient.mrn, "patient": patient.name, "due": due}


def _money(session: Session, invoice_id: int) -> tuple[str, tuple[PaymentRecord, ...]]:
    """Who made the bill, and what was paid for it."""
    rows: Sequence[Sequence[Any]] = session.execute(_MONEY, {"bill": invoice_id}).all()
    return rows[0][0], tuple(PaymentRecord(*paid) for _, *paid in rows if paid[0] is not None)


_OF_LINE = LineRecord.__dataclass_fields__.keys() - {"line_id"}


def line_record(line: InvoiceLine) -> LineRecord:
    return LineRecord(line_id=line.id, **{name: getattr(line, name) for name in _OF_LINE})
