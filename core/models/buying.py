"""Suppliers and what is ordered from them."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Record, filled


class Supplier(Record):
    """`lead_days` usually pass from order to delivery."""

    __tablename__ = "suppliers"
    __table_args__ = (
        Index("uq_suppliers_name", text("lower(name)"), unique=True),
        CheckConstraint("lead_days BETWEEN 0 AND 365", name="lead_days"),
        *filled("name"),
    )

    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    tax_number: Mapped[str] = mapped_column(default="")
    lead_days: Mapped[int] = mapped_column(default=3)
    withdrawn_at: Mapped[datetime | None]


class PurchaseOrderState(StrEnum):
    """RECEIVED once everything came, or the rest will not; CANCELLED if nothing did."""

    ORDERED = "ORDERED"
    RECEIVED = "RECEIVED"
    CANCELLED = "CANCELLED"


class PurchaseOrder(Record):
    __tablename__ = "purchase_orders"
    __table_args__ = (
        CheckConstraint("(state = 'ORDERED') = (ended_at IS NULL)", name="ended_when_over"),
        Index("ix_purchase_orders_open", "id", postgresql_where=text("state = 'ORDERED'")),
    )

    number: Mapped[str] = mapped_column(unique=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("suppliers.id"), index=True)
    state: Mapped[PurchaseOrderState] = mapped_column(default=PurchaseOrderState.ORDERED)
    ordered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    ordered_at: Mapped[datetime]
    expected_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")

    supplier: Mapped[Supplier] = relationship(lazy="raise")
    lines: Mapped[list["PurchaseOrderLine"]] = relationship(lazy="raise", order_by="PurchaseOrderLine.id")


class PurchaseOrderLine(Record):
    """`received` units have come so far; a supplier may send more than was ordered."""

    __tablename__ = "purchase_order_lines"
    __table_args__ = (
        UniqueConstraint("purchase_order_id", "medicine_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("received >= 0", name="received_not_negative"),
        CheckConstraint("unit_cost >= 0", name="unit_cost_not_negative"),
    )

    purchase_order_id: Mapped[int] = mapped_column(ForeignKey("purchase_orders.id"))
    medicine_id: Mapped[int] = mapped_column(ForeignKey("medicines.id"))
    quantity: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    unit_cost: Mapped[Decimal]
