"""A bill as screens and receipts see it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.errors import NotFound
from core.models import Invoice, InvoiceLine, InvoiceState, LineKind, Patient, Payment, PaymentMethod, User, Visit


@dataclass(frozen=True)
class LineRecord:
    """`amount = quantity x unit_price - discount + tax`; `dispensed` units have been handed over."""

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
    dispensed: int


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
    issued_on: date
    total: Decimal
    paid: Decimal

    @property
    def due(self) -> Decimal:
        return Decimal("0.00") if self.state is InvoiceState.CANCELLED else self.total - self.paid


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


def locked(session: Session, invoice_id: int) -> Invoice:
    """The bill with its lines, locked until commit. Raises NotFound."""
    invoice = session.scalar(
        select(Invoice)
        .where(Invoice.id == invoice_id)
        .options(selectinload(Invoice.lines))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if invoice is None:
        raise NotFound("invoice", invoice_id)
    return invoice


def locked_with_visit(session: Session, invoice_id: int) -> Invoice:
    """As `locked`, and its visit before it, as everywhere: whoever changes a prescription holds the visit."""
    visit_id = session.scalar(select(Invoice.visit_id).where(Invoice.id == invoice_id))
    if visit_id is not None:
        session.get_one(Visit, visit_id, with_for_update=True, populate_existing=True)
    return locked(session, invoice_id)


def full(session: Session, invoice_id: int) -> InvoiceRecord:
    """Raises NotFound."""
    found = session.execute(
        select(Invoice, User.name)
        .join(User, User.id == Invoice.issued_by_id)
        .where(Invoice.id == invoice_id)
        .options(joinedload(Invoice.patient), selectinload(Invoice.lines))
    ).one_or_none()
    if found is None:
        raise NotFound("invoice", invoice_id)
    invoice, issued_by = found
    own = ("issued_at", "subtotal", "discount", "tax", "refunded", "cancel_reason")
    return InvoiceRecord(
        **_card_fields(invoice, invoice.patient),
        **{name: getattr(invoice, name) for name in own},
        issued_by=issued_by,
        lines=tuple(_line(line) for line in invoice.lines),
        payments=_payments(session, invoice_id),
    )


def card(invoice: Invoice, patient: Patient) -> InvoiceCard:
    return InvoiceCard(**_card_fields(invoice, patient))


def _card_fields(invoice: Invoice, patient: Patient) -> dict[str, Any]:
    own = ("number", "state", "patient_id", "visit_id", "issued_on", "total", "paid")
    named = {name: getattr(invoice, name) for name in own}
    return named | {"invoice_id": invoice.id, "mrn": patient.mrn, "patient": patient.name}


def _payments(session: Session, invoice_id: int) -> tuple[PaymentRecord, ...]:
    columns = (Payment.id, Payment.amount, Payment.method, Payment.reference, Payment.received_on, Payment.received_at)
    rows = session.execute(
        select(*columns, User.name)
        .join(User, User.id == Payment.received_by_id)
        .where(Payment.invoice_id == invoice_id)
        .order_by(Payment.id)
    )
    return tuple(PaymentRecord(*row) for row in rows)


def _line(line: InvoiceLine) -> LineRecord:
    named = LineRecord.__dataclass_fields__.keys() - {"line_id"}
    return LineRecord(line_id=line.id, **{name: getattr(line, name) for name in named})
