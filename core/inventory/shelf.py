"""Batches on the shelf. Expired or blocked stock is not stock: a batch is usable through the day printed on it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, select
from sqlalchemy.orm import Session

from core import clock
from core.errors import NotFound
from core.models import Batch, Medicine, Supplier
from core.permissions import Actor, Permission, require

MOST_UNITS = 1_000_000


class BatchState(StrEnum):
    USABLE = "USABLE"
    BLOCKED = "BLOCKED"
    EXPIRED = "EXPIRED"
    USED_UP = "USED_UP"


@dataclass(frozen=True)
class BatchRecord:
    """`on_hand` in units of the medicine, `unit_cost` what one of them was bought for."""

    batch_id: int
    medicine_id: int
    medicine: str
    unit: str
    number: str
    supplier: str
    received_on: date
    expires_on: date
    unit_cost: Decimal
    on_hand: int
    blocked: bool
    delivery_note: str

    @property
    def state(self) -> BatchState:
        """Today. Only what is usable may be handed over."""
        if self.on_hand == 0:
            return BatchState.USED_UP
        if self.expires_on < clock.today():
            return BatchState.EXPIRED
        return BatchState.BLOCKED if self.blocked else BatchState.USABLE


def batches(session: Session, actor: Actor, medicine_id: int) -> list[BatchRecord]:
    """Every batch of a medicine, the latest delivery first."""
    require(actor, Permission.SEE_STOCK)
    latest = Batch.received_on.desc(), Batch.id.desc()
    return [record(*row) for row in session.execute(with_names().where(Medicine.id == medicine_id).order_by(*latest))]


def usable(on: date) -> ColumnElement[bool]:
    """Batches of which something may be handed over on a day."""
    return (Batch.expires_on >= on) & Batch.blocked_at.is_(None) & (Batch.on_hand > 0)


def units_held(which: ColumnElement[bool] | None = None) -> ColumnElement[int]:
    """Units in the batches of a query together, or in those of them that are meant."""
    total = func.sum(Batch.on_hand)  # PostgreSQL adds bigints up to a numeric, which would arrive as a Decimal
    return cast(func.coalesce(total if which is None else total.filter(which), 0), BigInteger)


def with_names() -> Select[Batch, str, str, str | None]:
    """Batches with the names a record shows: medicine, unit, supplier."""
    return (
        select(Batch, Medicine.name, Medicine.unit, Supplier.name)
        .join(Medicine, Medicine.id == Batch.medicine_id)
        .outerjoin(Supplier, Supplier.id == Batch.supplier_id)
    )


def record(batch: Batch, medicine: str, unit: str, supplier: str | None) -> BatchRecord:
    return BatchRecord(
        batch.id,
        batch.medicine_id,
        medicine,
        unit,
        batch.number,
        supplier or "",
        batch.received_on,
        batch.expires_on,
        batch.unit_cost,
        batch.on_hand,
        batch.blocked_at is not None,
        batch.delivery_note,
    )


def locked_batch(session: Session, batch_id: int) -> Batch:
    batch = session.get(Batch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None:
        raise NotFound("batch", batch_id)
    return batch
