"""Money that comes in and goes out: payments, credit notes, what patients have with the clinic, closed drawers."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base, Record, filled
from core.models.billing import InvoiceLine


class PaymentMethod(StrEnum):
    """ADVANCE: from, or back to, what the patient has with the clinic; no money changes hands."""

    CASH = "CASH"
    CARD = "CARD"
    UPI = "UPI"
    TRANSFER = "TRANSFER"
    INSURANCE = "INSURANCE"
    ADVANCE = "ADVANCE"


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


class CreditNoteCounter(Base):
    """The last credit note number of a financial year; locked until the note commits, so that no number is lost."""

    __tablename__ = "credit_note_counters"

    financial_year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    last_number: Mapped[int]


class CreditNote(Record):
    """Append-only. Money given back for lines of one invoice, at one moment by one method."""

    __tablename__ = "credit_notes"
    __table_args__ = (
        UniqueConstraint("financial_year", "sequence"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("sequence > 0", name="sequence_positive"),
        *filled("reason"),
    )

    number: Mapped[str] = mapped_column(unique=True)
    financial_year: Mapped[int] = mapped_column(SmallInteger)
    sequence: Mapped[int]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    amount: Mapped[Decimal]
    method: Mapped[PaymentMethod]
    reference: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]
    refunded_on: Mapped[date] = mapped_column(index=True)
    refunded_at: Mapped[datetime]
    refunded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    refunds: Mapped[list["Refund"]] = relationship(lazy="raise", order_by="Refund.id", back_populates="credit_note")


class Refund(Record):
    """Append-only. A line of a credit note: units of one line of the invoice, with their exact shares.

    After each refund the discounts and taxes given back are those of all units refunded so far, rounded once.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        UniqueConstraint("credit_note_id", "invoice_line_id"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    credit_note_id: Mapped[int] = mapped_column(ForeignKey("credit_notes.id"))
    invoice_line_id: Mapped[int] = mapped_column(ForeignKey("invoice_lines.id"), index=True)
    quantity: Mapped[int]
    discount: Mapped[Decimal]
    tax: Mapped[Decimal]
    amount: Mapped[Decimal]

    credit_note: Mapped[CreditNote] = relationship(lazy="raise", back_populates="refunds")
    invoice_line: Mapped[InvoiceLine] = relationship(lazy="raise")


class AdvanceReason(StrEnum):
    RECEIVED = "RECEIVED"  # paid in
    APPLIED = "APPLIED"  # paid a bill
    CREDITED = "CREDITED"  # given back for a bill and kept for the next one
    PAID_OUT = "PAID_OUT"  # given back


class Advance(Record):
    """Append-only, signed: `Patient.advance` is always the sum. `method` is how money came or went."""

    __tablename__ = "advances"
    __table_args__ = (
        CheckConstraint("(reason IN ('RECEIVED', 'CREDITED')) = (change > 0) AND change <> 0", name="sign_fits_reason"),
        CheckConstraint("(method IS NOT NULL) = (reason IN ('RECEIVED', 'PAID_OUT'))", name="method_of_money"),
        CheckConstraint("method <> 'ADVANCE'", name="method_is_money"),
        CheckConstraint("(payment_id IS NOT NULL) = (reason = 'APPLIED')", name="applied_by_payment"),
        CheckConstraint("(credit_note_id IS NOT NULL) = (reason = 'CREDITED')", name="credited_by_note"),
    )

    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
    change: Mapped[Decimal]
    reason: Mapped[AdvanceReason]
    method: Mapped[PaymentMethod | None]
    reference: Mapped[str] = mapped_column(default="")
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"), unique=True)
    credit_note_id: Mapped[int | None] = mapped_column(ForeignKey("credit_notes.id"), unique=True)
    moved_on: Mapped[date] = mapped_column(index=True)
    moved_at: Mapped[datetime]
    moved_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class DayClose(Record):
    """A cashier's drawer at the end of a day: counted against expected, then the day is locked for that cashier.

    `taken` is cash in less cash out; `denominations` counts notes and coins by their value ({"500": 3});
    `other_methods` has what came in less what went out without cash ({"UPI": "1200.00"}); `left_in_drawer` is what
    the next day opens with. `audit_head` is the hash of the audit chain's last entry, the `audit_length`th.
    """

    __tablename__ = "day_closes"
    __table_args__ = (
        UniqueConstraint("cashier_id", "closed_on"),
        CheckConstraint("expected = opened_with + taken", name="expected_adds_up"),
        CheckConstraint("opened_with >= 0", name="opened_with_not_negative"),
        CheckConstraint("counted >= 0", name="counted_not_negative"),
        CheckConstraint("left_in_drawer BETWEEN 0 AND counted", name="left_within_counted"),
        CheckConstraint("counted = expected OR btrim(explanation) <> ''", name="difference_explained"),
    )

    cashier_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    closed_on: Mapped[date] = mapped_column(index=True)
    closed_at: Mapped[datetime]
    closed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    opened_with: Mapped[Decimal]
    taken: Mapped[Decimal]
    expected: Mapped[Decimal]
    counted: Mapped[Decimal]
    left_in_drawer: Mapped[Decimal]
    denominations: Mapped[dict[str, Any]]
    other_methods: Mapped[dict[str, Any]]
    explanation: Mapped[str] = mapped_column(default="")
    audit_length: Mapped[int]
    audit_head: Mapped[str] = mapped_column(default="")
