"""Bills, what was paid for them, and what was handed over against them.

A line is rounded once; every total is a sum of rounded lines. The database checks the sums inside a row, and a
deferred trigger (first migration) checks an invoice against its lines and payments when the transaction commits.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base, Record, filled
from core.models.people import Patient
from core.models.pharmacy import Batch, Medicine
from core.models.prescribing import PrescriptionItem


class Service(Record):
    """Something on the price list besides consultations and medicines."""

    __tablename__ = "services"
    __table_args__ = (
        Index("uq_services_name", text("lower(name)"), unique=True),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("tax_percent BETWEEN 0 AND 100", name="tax_percent"),
        *filled("name"),
    )

    name: Mapped[str]
    price: Mapped[Decimal]
    tax_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0))
    withdrawn_at: Mapped[datetime | None]


class InvoiceState(StrEnum):
    ISSUED = "ISSUED"
    PAID = "PAID"
    CANCELLED = "CANCELLED"


class InvoiceCounter(Base):
    """The last invoice number of a financial year; locked until the invoice commits, so that no number is lost."""

    __tablename__ = "invoice_counters"

    financial_year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    last_number: Mapped[int]


class Invoice(Record):
    """FHIR Invoice. `total = subtotal - discount + tax`; what is due is `total - paid`."""

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("financial_year", "sequence"),
        Index(
            "uq_invoices_one_per_visit",
            "visit_id",
            unique=True,
            postgresql_where=text("state <> 'CANCELLED'"),
        ),
        CheckConstraint("total = subtotal - discount + tax", name="total_adds_up"),
        CheckConstraint("discount BETWEEN 0 AND subtotal", name="discount_within_subtotal"),
        CheckConstraint("tax >= 0", name="tax_not_negative"),
        CheckConstraint("paid BETWEEN 0 AND total", name="paid_within_total"),
        CheckConstraint("refunded BETWEEN 0 AND paid", name="refunded_within_paid"),
        CheckConstraint("(state = 'PAID') = (paid = total AND state <> 'CANCELLED')", name="paid_when_paid"),
        CheckConstraint("state <> 'CANCELLED' OR paid = 0", name="cancelled_only_unpaid"),
        CheckConstraint("sequence > 0", name="sequence_positive"),
        Index("ix_invoices_issued_on", "issued_on"),
        Index("ix_invoices_unpaid", "id", postgresql_where=text("state = 'ISSUED'")),
    )

    number: Mapped[str] = mapped_column(unique=True)
    financial_year: Mapped[int] = mapped_column(SmallInteger)
    sequence: Mapped[int]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visits.id"))
    state: Mapped[InvoiceState] = mapped_column(default=InvoiceState.ISSUED)
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subtotal: Mapped[Decimal]
    discount: Mapped[Decimal]
    tax: Mapped[Decimal]
    total: Mapped[Decimal]
    paid: Mapped[Decimal] = mapped_column(default=Decimal(0))
    refunded: Mapped[Decimal] = mapped_column(default=Decimal(0))
    cancel_reason: Mapped[str] = mapped_column(default="")

    patient: Mapped[Patient] = relationship(lazy="raise")
    lines: Mapped[list["InvoiceLine"]] = relationship(lazy="raise", order_by="InvoiceLine.id")


class LineKind(StrEnum):
    CONSULTATION = "CONSULTATION"
    SERVICE = "SERVICE"
    MEDICINE = "MEDICINE"
    OTHER = "OTHER"


class InvoiceLine(Record):
    """A charge. `amount = quantity x unit_price - discount + tax`, rounded half up once."""

    __tablename__ = "invoice_lines"
    __table_args__ = (
        Index(
            "ix_invoice_lines_owed",
            "invoice_id",
            postgresql_where=text("medicine_id IS NOT NULL AND dispensed < quantity"),
        ),
        # One line per medicine: dispensing plans each line alone and must not promise one batch to two of them.
        UniqueConstraint("invoice_id", "medicine_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_price >= 0", name="unit_price_not_negative"),
        CheckConstraint("discount BETWEEN 0 AND quantity * unit_price", name="discount_within_line"),
        CheckConstraint("discount = 0 OR btrim(discount_reason) <> ''", name="discount_with_reason"),
        CheckConstraint("tax = round((quantity * unit_price - discount) * tax_percent / 100, 2)", name="tax_computed"),
        CheckConstraint("amount = quantity * unit_price - discount + tax", name="amount_adds_up"),
        CheckConstraint("(kind = 'MEDICINE') = (medicine_id IS NOT NULL)", name="medicine_named"),
        CheckConstraint("dispensed BETWEEN 0 AND quantity", name="dispensed_within_quantity"),
        *filled("description"),
    )

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"))
    kind: Mapped[LineKind]
    description: Mapped[str]
    medicine_id: Mapped[int | None] = mapped_column(ForeignKey("medicines.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("services.id"))
    prescription_item_id: Mapped[int | None] = mapped_column(ForeignKey("prescription_items.id"))
    quantity: Mapped[int]
    unit_price: Mapped[Decimal]
    discount: Mapped[Decimal] = mapped_column(default=Decimal(0))
    discount_reason: Mapped[str] = mapped_column(default="")
    tax_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    tax: Mapped[Decimal]
    amount: Mapped[Decimal]
    dispensed: Mapped[int] = mapped_column(default=0)

    medicine: Mapped[Medicine | None] = relationship(lazy="raise")
    prescription_item: Mapped[PrescriptionItem | None] = relationship(lazy="raise")


class PaymentMethod(StrEnum):
    CASH = "CASH"
    CARD = "CARD"
    UPI = "UPI"
    TRANSFER = "TRANSFER"
    INSURANCE = "INSURANCE"


class Payment(Record):
    """Append-only. Money that came in for one invoice."""

    __tablename__ = "payments"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    amount: Mapped[Decimal]
    method: Mapped[PaymentMethod]
    reference: Mapped[str] = mapped_column(default="")
    received_on: Mapped[date] = mapped_column(index=True)
    received_at: Mapped[datetime]
    received_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class Refund(Record):
    """Append-only. Money given back for one line of an invoice, with its exact shares of discount and tax."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        *filled("reason"),
    )

    invoice_line_id: Mapped[int] = mapped_column(ForeignKey("invoice_lines.id"), index=True)
    quantity: Mapped[int]
    discount: Mapped[Decimal]
    tax: Mapped[Decimal]
    amount: Mapped[Decimal]
    method: Mapped[PaymentMethod]
    reason: Mapped[str]
    refunded_on: Mapped[date] = mapped_column(index=True)
    refunded_at: Mapped[datetime]
    refunded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class DayClose(Record):
    """A cashier's drawer at the end of a day: counted against expected, then the day is locked for that cashier."""

    __tablename__ = "day_closes"
    __table_args__ = (
        UniqueConstraint("cashier_id", "closed_on"),
        CheckConstraint("counted = expected OR btrim(explanation) <> ''", name="difference_explained"),
    )

    cashier_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    closed_on: Mapped[date]
    closed_at: Mapped[datetime]
    expected: Mapped[Decimal]
    counted: Mapped[Decimal]
    denominations: Mapped[dict[str, Any]]
    explanation: Mapped[str] = mapped_column(default="")
    audit_head: Mapped[str] = mapped_column(default="")


class Dispensing(Record):
    """FHIR MedicationDispense. Medicines handed over at one moment against an invoice; the rest may follow later."""

    __tablename__ = "dispensings"

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    dispensed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    dispensed_at: Mapped[datetime] = mapped_column(index=True)
    dispensed_on: Mapped[date] = mapped_column(index=True)

    items: Mapped[list["DispensingItem"]] = relationship(lazy="raise")


class DispensingItem(Record):
    """What one batch contributed to one invoice line."""

    __tablename__ = "dispensing_items"
    __table_args__ = (
        UniqueConstraint("dispensing_id", "invoice_line_id", "batch_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("returned BETWEEN 0 AND quantity", name="returned_within_quantity"),
    )

    dispensing_id: Mapped[int] = mapped_column(ForeignKey("dispensings.id"))
    invoice_line_id: Mapped[int] = mapped_column(ForeignKey("invoice_lines.id"), index=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), index=True)
    quantity: Mapped[int]
    returned: Mapped[int] = mapped_column(default=0)

    batch: Mapped[Batch] = relationship(lazy="raise")
