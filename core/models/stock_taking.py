"""Counting what lies on the shelves."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Record
from core.models.pharmacy import Batch


class StockTakeState(StrEnum):
    OPEN = "OPEN"
    POSTED = "POSTED"
    CANCELLED = "CANCELLED"


class StockTake(Record):
    """One is open at a time, whoever counts. `note` says what is counted: "everything", "shelf A"."""

    __tablename__ = "stock_takes"
    __table_args__ = (
        Index("uq_stock_takes_one_open", "state", unique=True, postgresql_where=text("state = 'OPEN'")),
        CheckConstraint("(state = 'OPEN') = (ended_at IS NULL)", name="ended_when_over"),
    )

    state: Mapped[StockTakeState] = mapped_column(default=StockTakeState.OPEN)
    note: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime]
    started_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    lines: Mapped[list["StockTakeLine"]] = relationship(lazy="raise", order_by="StockTakeLine.id")


class StockTakeLine(Record):
    """A batch as it was counted, beside what the books said at that moment: work goes on while people count."""

    __tablename__ = "stock_take_lines"
    __table_args__ = (
        UniqueConstraint("stock_take_id", "batch_id"),
        CheckConstraint("counted >= 0", name="counted_not_negative"),
        CheckConstraint("booked >= 0", name="booked_not_negative"),
    )

    stock_take_id: Mapped[int] = mapped_column(ForeignKey("stock_takes.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    booked: Mapped[int]
    counted: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    counted_at: Mapped[datetime]
    counted_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    batch: Mapped[Batch] = relationship(lazy="raise")
