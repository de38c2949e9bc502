"""What went over the counter, and what came back."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Record, filled
from core.models.pharmacy import Batch


class Dispensing(Record):
    """FHIR MedicationDispense. Medicines handed over at one moment against an invoice; the rest may follow later."""

    __tablename__ = "dispensings"

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    dispensed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    dispensed_at: Mapped[datetime] = mapped_column(index=True)
    dispensed_on: Mapped[date] = mapped_column(index=True)

    items: Mapped[list["DispensingItem"]] = relationship(lazy="raise")


class DispensingItem(Record):
    """What one batch contributed to one invoice line: of its medicine, or of another with the same generic."""

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


class MedicineReturn(Record):
    """Append-only. Units that came back to the batch they left; what cannot be used again is written off at once."""

    __tablename__ = "medicine_returns"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"), *filled("reason"))

    dispensing_item_id: Mapped[int] = mapped_column(ForeignKey("dispensing_items.id"), index=True)
    quantity: Mapped[int]
    usable: Mapped[bool]
    reason: Mapped[str]
    returned_on: Mapped[date] = mapped_column(index=True)
    returned_at: Mapped[datetime]
    returned_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
