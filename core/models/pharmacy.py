"""Medicines, the batches they arrive in, and every unit that comes or goes.

Quantities are whole dispensing units (tablet, sachet, bottle); `Medicine.unit` names them.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Record, filled


class MedicineForm(StrEnum):
    TABLET = "TABLET"
    CAPSULE = "CAPSULE"
    SYRUP = "SYRUP"
    DROPS = "DROPS"
    CREAM = "CREAM"
    INJECTION = "INJECTION"
    INHALER = "INHALER"
    SACHET = "SACHET"
    SUPPOSITORY = "SUPPOSITORY"
    OTHER = "OTHER"


class Medicine(Record):
    """FHIR Medication. `pack_size` is doses in one unit: 100 (ml) for a bottle, 1 for a tablet.

    `barcode` is the number under the bars on its pack (GTIN); `supplier` is whom it is usually ordered from.
    """

    __tablename__ = "medicines"
    __table_args__ = (
        Index("uq_medicines_name", text("lower(name)"), unique=True),
        CheckConstraint("reorder_level >= 0", name="reorder_level_not_negative"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("tax_percent BETWEEN 0 AND 100", name="tax_percent"),
        CheckConstraint("pack_size > 0", name="pack_size_positive"),
        CheckConstraint("barcode ~ '^[0-9]{8,14}$'", name="barcode_of_digits"),
        *filled("name", "unit"),
    )

    name: Mapped[str]
    generic: Mapped[str] = mapped_column(default="", index=True)
    form: Mapped[MedicineForm]
    strength: Mapped[str] = mapped_column(default="")
    unit: Mapped[str]
    pack_size: Mapped[int] = mapped_column(default=1)
    reorder_level: Mapped[int] = mapped_column(default=0)
    price: Mapped[Decimal]
    tax_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0))
    is_controlled: Mapped[bool] = mapped_column(default=False)
    withdrawn_at: Mapped[datetime | None]
    import_key: Mapped[str | None] = mapped_column(unique=True)
    barcode: Mapped[str | None] = mapped_column(unique=True)
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("suppliers.id"))


class Batch(Record):
    """A lot of one medicine from one supplier, in one delivery or more. `on_hand` is always the sum of its movements.

    `delivery_note` is the number on the supplier's paper. Blocked, nothing of it is handed over.
    """

    __tablename__ = "batches"
    __table_args__ = (
        # NULLS NOT DISTINCT: a number is unique among deliveries without a supplier, too.
        UniqueConstraint("medicine_id", "supplier_id", "number", postgresql_nulls_not_distinct=True),
        CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
        CheckConstraint("unit_cost >= 0", name="unit_cost_not_negative"),
        CheckConstraint("expires_on >= received_on", name="not_received_expired"),
        Index("ix_batches_usable", "medicine_id", "received_on", "id", postgresql_where=text("on_hand > 0")),
        Index("ix_batches_expires_on", "expires_on", postgresql_where=text("on_hand > 0")),
        CheckConstraint("(blocked_at IS NULL) = (btrim(block_reason) = '')", name="blocked_with_reason"),
        *filled("number"),
    )

    medicine_id: Mapped[int] = mapped_column(ForeignKey("medicines.id"))
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("suppliers.id"))
    number: Mapped[str]
    received_on: Mapped[date]
    expires_on: Mapped[date]
    unit_cost: Mapped[Decimal]
    on_hand: Mapped[int] = mapped_column(default=0)
    purchase_order_line_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_order_lines.id"), index=True)
    delivery_note: Mapped[str] = mapped_column(default="")
    blocked_at: Mapped[datetime | None]
    block_reason: Mapped[str] = mapped_column(default="")
    blocked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    medicine: Mapped[Medicine] = relationship(lazy="raise")


class MovementReason(StrEnum):
    RECEIVED = "RECEIVED"
    DISPENSED = "DISPENSED"
    RETURNED = "RETURNED"  # by a patient
    ADJUSTED = "ADJUSTED"  # to what was counted
    EXPIRED = "EXPIRED"  # written off after its last day
    WRITTEN_OFF = "WRITTEN_OFF"  # damaged, spoilt, lost
    TRANSFERRED = "TRANSFERRED"  # out, to another place
    SENT_BACK = "SENT_BACK"  # to its supplier


class StockMovement(Record):
    """Append-only, signed: a mistake is corrected by another movement, never by an edit.

    `reference` is the number of the paper behind it: of the bill, the order, the delivery note, the stock-take.
    """

    __tablename__ = "stock_movements"
    __table_args__ = (
        CheckConstraint("change <> 0", name="change_not_zero"),
        CheckConstraint("on_hand_after >= 0", name="on_hand_after_not_negative"),
        CheckConstraint(
            "CASE reason WHEN 'RECEIVED' THEN change > 0 WHEN 'RETURNED' THEN change > 0"
            " WHEN 'ADJUSTED' THEN true ELSE change < 0 END",
            name="sign_fits_reason",
        ),
        CheckConstraint(
            "reason NOT IN ('ADJUSTED', 'WRITTEN_OFF', 'TRANSFERRED', 'SENT_BACK') OR btrim(note) <> ''",
            name="says_why",
        ),
        Index("ix_stock_movements_batch", "batch_id", "moved_at"),
        Index("ix_stock_movements_unrelayed", "id", postgresql_where=text("relayed_at IS NULL")),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    change: Mapped[int]
    on_hand_after: Mapped[int]
    reason: Mapped[MovementReason]
    note: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    moved_at: Mapped[datetime] = mapped_column(index=True)
    moved_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    relayed_at: Mapped[datetime | None]

    batch: Mapped[Batch] = relationship(lazy="raise")
