"""The price list and bills.

A line is rounded once; every total is a sum of rounded lines. The database checks the sums inside a row, and a
deferred trigger (last in 0008) checks an invoice against its lines, payments and credit notes at the commit.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Numeric, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base, Record, filled
from core.models.people import Patient
from core.models.pharmacy import Medicine
from core.models.prescribing import PrescriptionItem


class Service(Record):
    """Something on the price list besides consultations and medicines."""

    __tablename__ = "services"
    __table_args__ = (
        Index("uq_services_name", text("lower(name)"), unique=True, postgresql_where=text("withdrawn_at IS NULL")),
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
    """FHIR Invoice. `total = subtotal - discount + tax`; what is due is `total - paid`.

    One that `supplements` another has what its visit came to cost afterwards.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("financial_year", "sequence"),
        Index(
            "uq_invoices_one_per_visit",
            "visit_id",
            unique=True,
            postgresql_where=text("state <> 'CANCELLED' AND supplements_id IS NULL"),
        ),
        Index(
            "uq_invoices_one_supplement",
            "supplements_id",
            unique=True,
            postgresql_where=text("state <> 'CANCELLED'"),
        ),
        CheckConstraint("supplements_id <> id", name="not_its_own_supplement"),
        CheckConstraint("total = subtotal - discount + tax", name="total_adds_up"),
        CheckConstraint("discount BETWEEN 0 AND subtotal", name="discount_within_subtotal"),
        CheckConstraint("tax >= 0", name="tax_not_negative"),
        CheckConstraint("paid BETWEEN 0 AND total", name="paid_within_total"),
        CheckConstraint("refunded BETWEEN 0 AND paid", name="refunded_within_paid"),
        CheckConstraint("(state = 'PAID') = (paid = total AND state <> 'CANCELLED')", name="paid_when_paid"),
        CheckConstraint("state <> 'CANCELLED' OR paid = 0", name="cancelled_only_unpaid"),
        CheckConstraint("sequence > 0", name="sequence_positive"),
        Index("ix_invoices_issued_on", "issued_on"),
        Index("ix_invoices_not_paid", "state", "id", postgresql_where=text("state <> 'PAID'")),
        Index("ix_invoices_supplements", "visit_id", postgresql_where=text("supplements_id IS NOT NULL")),
    )

    number: Mapped[str] = mapped_column(unique=True)
    financial_year: Mapped[int] = mapped_column(SmallInteger)
    sequence: Mapped[int]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visits.id"))
    supplements_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"))
    state: Mapped[InvoiceState] = mapped_column(default=InvoiceState.ISSUED)
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subtotal: Mapped[Decimal]
    discount: Mapped[Decimal]
    tax: Mapped[Decimal]
    total: Mapped[Decimal]
    paid: Mapped[Decimal] = mapped_column(default=Decimal("0.00"))
    refunded: Mapped[Decimal] = mapped_column(default=Decimal("0.00"))
    cancel_reason: Mapped[str] = mapped_column(default="")

    patient: Mapped[Patient] = relationship(lazy="raise")
    lines: Mapped[list["InvoiceLine"]] = relationship(lazy="raise", order_by="InvoiceLine.id")


class LineKind(StrEnum):
    CONSULTATION = "CONSULTATION"
    SERVICE = "SERVICE"
    MEDICINE = "MEDICINE"
    OTHER = "OTHER"


class InvoiceLine(Record):
    """A charge. `amount = quantity x unit_price - discount + tax`, rounded half up once; `basis` says why this price.

    In units: `dispensed` were handed over, of which `returned` came back; `called_off` will not be handed over;
    `refunded` were paid back, of a medicine only those that came back or were called off.
    """

    __tablename__ = "invoice_lines"
    __table_args__ = (
        Index(
            "ix_invoice_lines_owed",
            "invoice_id",
            postgresql_where=text("medicine_id IS NOT NULL AND dispensed + called_off < quantity"),
        ),
        Index(
            "ix_invoice_lines_prescription_item_id",
            "prescription_item_id",
            postgresql_where=text("prescription_item_id IS NOT NULL"),
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
        CheckConstraint("dispensed >= 0 AND called_off >= 0", name="units_not_negative"),
        CheckConstraint("dispensed + called_off <= quantity", name="dispensed_within_quantity"),
        CheckConstraint("returned BETWEEN 0 AND dispensed", name="returned_within_dispensed"),
        CheckConstraint("refunded BETWEEN 0 AND quantity", name="refunded_within_quantity"),
        CheckConstraint("medicine_id IS NULL OR refunded <= returned + called_off", name="refunded_not_kept"),
        CheckConstraint("called_off = 0 OR btrim(call_off_reason) <> ''", name="called_off_with_reason"),
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
    discount: Mapped[Decimal] = mapped_column(default=Decimal("0.00"))
    discount_reason: Mapped[str] = mapped_column(default="")
    discount_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    tax_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    tax: Mapped[Decimal]
    amount: Mapped[Decimal]
    basis: Mapped[str] = mapped_column(default="")
    dispensed: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)
    called_off: Mapped[int] = mapped_column(default=0)
    call_off_reason: Mapped[str] = mapped_column(default="")
    refunded: Mapped[int] = mapped_column(default=0)

    @property
    def owed(self) -> int:
        """Units of a medicine still to be handed over."""
        return self.quantity - self.dispensed - self.called_off

    @classmethod
    def is_owed(cls) -> ColumnElement[bool]:
        """Lines of which something is owed, in the words of ix_invoice_lines_owed: in others it is not used."""
        return cls.medicine_id.is_not(None) & (cls.dispensed + cls.called_off < cls.quantity)

    def call_off(self, units: int, reason: str) -> None:
        """Units that will not be handed over. Every reason is kept, once."""
        self.called_off += units
        self.call_off_reason = "; ".join(dict.fromkeys(filter(None, (self.call_off_reason, reason))))

    medicine: Mapped[Medicine | None] = relationship(lazy="raise")
    prescription_item: Mapped[PrescriptionItem | None] = relationship(lazy="raise")
