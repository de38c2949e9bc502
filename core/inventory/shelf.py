"""Batches on the shelf: which leaves next, corrections by count, write-offs, and the ledger of every unit that moved.

What is on hand is the sum of a batch's movements, and `move` is the only place that writes either. Expired or blocked
stock is not stock: a batch is usable through the day printed on it, never after.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, select
from sqlalchemy.orm import Session

from core import audit, clock, fields
from core.errors import Conflict, NotFound, check
from core.models import Batch, Medicine, MovementReason, StockMovement, StockOrder, Supplier, User
from core.permissions import Actor, Permission, require

MOST_UNITS = 1_000_000
_OVER_THE_COUNTER = {MovementReason.DISPENSED, MovementReason.RETURNED}


class NotThatMany(Conflict):
    def __init__(self, number: str, on_hand: int, wanted: int) -> None:
        self.on_hand, self.wanted = on_hand, wanted
        super().__init__(f"Batch {number} has {on_hand:,} on hand: {wanted:,} cannot be taken from it.")


class NotExpired(Conflict):
    def __init__(self, number: str, expires_on: date) -> None:
        super().__init__(f"Batch {number} may still be used, through {expires_on}.")


class NothingLeft(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(f"Nothing is left of batch {number}.")


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

    @property
    def state(self) -> BatchState:
        """Today. Only what is usable may be handed over."""
        if self.on_hand == 0:
            return BatchState.USED_UP
        if self.expires_on < clock.today():
            return BatchState.EXPIRED
        return BatchState.BLOCKED if self.blocked else BatchState.USABLE


@dataclass(frozen=True)
class MovementRecord:
    movement_id: int
    medicine: str
    batch_number: str
    reason: MovementReason
    change: int
    on_hand_after: int
    note: str
    moved_at: datetime
    moved_by: str


@dataclass(frozen=True)
class Pick:
    """Take `quantity` units from `batch`."""

    batch: Batch
    quantity: int


def batches(session: Session, actor: Actor, medicine_id: int) -> list[BatchRecord]:
    """Every batch of a medicine, the latest delivery first."""
    require(actor, Permission.SEE_STOCK)
    latest = Batch.received_on.desc(), Batch.id.desc()
    return [record(*row) for row in session.execute(with_names().where(Medicine.id == medicine_id).order_by(*latest))]


def movements(
    session: Session, actor: Actor, *, batch_id: int | None = None, medicine_id: int | None = None, limit: int = 200
) -> list[MovementRecord]:
    """The ledger of a batch, a medicine or everything, newest first."""
    require(actor, Permission.SEE_STOCK)
    rows = (
        select(StockMovement, Medicine.name, Batch.number, User.name)
        .join(Batch, Batch.id == StockMovement.batch_id)
        .join(Medicine, Medicine.id == Batch.medicine_id)
        .join(User, User.id == StockMovement.moved_by_id)
        .order_by(StockMovement.id.desc())
        .limit(limit)
    )
    if batch_id is not None:
        rows = rows.where(StockMovement.batch_id == batch_id)
    if medicine_id is not None:
        rows = rows.where(Batch.medicine_id == medicine_id)
    return [_movement(*row) for row in session.execute(rows)]


def usable(on: date) -> ColumnElement[bool]:
    """Batches of which something may be handed over on a day."""
    return (Batch.expires_on >= on) & Batch.blocked_at.is_(None) & (Batch.on_hand > 0)


def units_held(which: ColumnElement[bool] | None = None) -> ColumnElement[int]:
    """Units in the batches of a query together, or in those of them that are meant."""
    total = func.sum(Batch.on_hand)  # PostgreSQL adds bigints up to a numeric, which would arrive as a Decimal
    return cast(func.coalesce(total if which is None else total.filter(which), 0), BigInteger)


def plan(batches: Iterable[Batch], quantity: int, order: StockOrder) -> list[Pick]:
    """Choose how much to take from each batch: first in first out by delivery, or first expired first out.

    The picks add up to less than `quantity` when the batches do not hold enough.
    """
    picks = []
    for batch in sorted(batches, key=_turn(order)):
        taken = min(batch.on_hand, quantity)
        if taken > 0:
            picks.append(Pick(batch, taken))
            quantity -= taken
    return picks


def lock_usable_batches(session: Session, medicine_ids: Iterable[int], on: date) -> dict[int, list[Batch]]:
    """The batches that may be handed over on a day, by medicine, locked until commit.

    Rows are locked in id order: two pharmacists at work on the same medicines wait for each other and cannot deadlock.
    """
    # populate_existing: a batch read earlier may have changed
    locking = _usable_of(medicine_ids, on).with_for_update().execution_options(populate_existing=True)
    return _by_medicine(session.scalars(locking))


def usable_batches(session: Session, medicine_ids: Iterable[int], on: date) -> dict[int, list[Batch]]:
    """The same to look at: nothing is locked, nothing kept back."""
    return _by_medicine(session.scalars(_usable_of(medicine_ids, on)))


def _usable_of(medicine_ids: Iterable[int], on: date) -> Select[Batch]:
    return select(Batch).where(Batch.medicine_id.in_(medicine_ids), usable(on)).order_by(Batch.id)


def _by_medicine(batches: Iterable[Batch]) -> dict[int, list[Batch]]:
    by_medicine: dict[int, list[Batch]] = defaultdict(list)
    for batch in batches:
        by_medicine[batch.medicine_id].append(batch)
    return by_medicine


def move(
    session: Session,
    actor: Actor,
    batch: Batch,
    change: int,
    reason: MovementReason,
    note: str = "",
    reference: str = "",
) -> None:
    """Change a locked or new batch by a signed number of units. The only place that writes what is on hand."""
    require(actor, Permission.DISPENSE if reason in _OVER_THE_COUNTER else Permission.MANAGE_STOCK)
    batch.on_hand += change
    session.add(
        StockMovement(
            batch_id=batch.id,
            change=change,
            on_hand_after=batch.on_hand,
            reason=reason,
            note=note,
            reference=reference,
            moved_at=clock.now(),
            moved_by_id=actor.user_id,
        )
    )


def adjust(session: Session, actor: Actor, batch_id: int, change: int, note: str) -> BatchRecord:
    """Correct a batch to what was counted, by a signed number of units. Raises NotThatMany or Invalid."""
    require(actor, Permission.MANAGE_STOCK)
    note = fields.line(note)
    check(
        change=None if 0 < abs(change) <= MOST_UNITS else f"The change must be 1 to {MOST_UNITS:,} units, up or down.",
        note=fields.required_problem(note, "The reason for the change", 500),
    )
    batch = locked_batch(session, batch_id)
    if batch.on_hand + change < 0:
        raise NotThatMany(batch.number, batch.on_hand, -change)
    return _moved(session, actor, "batch.adjusted", batch, change, MovementReason.ADJUSTED, note)


def write_off_expired(session: Session, actor: Actor, batch_id: int) -> BatchRecord:
    """Take what is left of an expired batch off the books. Raises NotExpired or NothingLeft."""
    require(actor, Permission.MANAGE_STOCK)
    batch = locked_batch(session, batch_id)
    if batch.expires_on >= clock.today():
        raise NotExpired(batch.number, batch.expires_on)
    if batch.on_hand == 0:
        raise NothingLeft(batch.number)
    return _moved(session, actor, "batch.written_off", batch, -batch.on_hand, MovementReason.EXPIRED)


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
    )


def locked_batch(session: Session, batch_id: int) -> Batch:
    batch = session.get(Batch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None:
        raise NotFound("batch", batch_id)
    return batch


def _moved(
    session: Session, actor: Actor, event: str, batch: Batch, change: int, reason: MovementReason, note: str = ""
) -> BatchRecord:
    before = batch.on_hand
    move(session, actor, batch, change, reason, note)
    changes: audit.Changes = {"on_hand": (before, batch.on_hand)}
    if note:
        changes["note"] = (None, note)
    audit.record(session, actor, audit.UPDATE, event, batch, changes)
    return record(*session.execute(with_names().where(Batch.id == batch.id)).one())


def _turn(order: StockOrder) -> Callable[[Batch], tuple[date, date, int]]:
    """Equal days are settled by the other day, then by what was entered first."""
    if order is StockOrder.FEFO:
        return lambda batch: (batch.expires_on, batch.received_on, batch.id)
    return lambda batch: (batch.received_on, batch.expires_on, batch.id)


def _movement(movement: StockMovement, medicine: str, batch_number: str, moved_by: str) -> MovementRecord:
    return MovementRecord(
        movement.id,
        medicine,
        batch_number,
        movement.reason,
        movement.change,
        movement.on_hand_after,
        movement.note,
        movement.moved_at,
        moved_by,
    )
