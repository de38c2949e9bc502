"""Which batches leave next: first in first out by delivery, or first expired first out, as the clinic sets."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from core.inventory.shelf import usable
from core.models import Batch, StockOrder


@dataclass(frozen=True)
class Pick:
    """Take `quantity` units from `batch`."""

    batch: Batch
    quantity: int


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
    return _by_medicine(session.scalars(_locking(on), {"medicines": list(medicine_ids)}))


def usable_batches(session: Session, medicine_ids: Iterable[int], on: date) -> dict[int, list[Batch]]:
    """The same to look at: nothing is locked, nothing kept back."""
    return _by_medicine(session.scalars(_usable(on), {"medicines": list(medicine_ids)}))


@lru_cache(maxsize=4)
def _locking(on: date) -> Select[Batch]:
    # populate_existing: a batch read earlier may have changed
    return _usable(on).with_for_update().execution_options(populate_existing=True)


@lru_cache(maxsize=4)
def _usable(on: date) -> Select[Batch]:
    """The statements are kept for their day: to put one together takes as long as to send it."""
    of = Batch.medicine_id.in_(bindparam("medicines", expanding=True))
    return select(Batch).where(of, usable(on)).order_by(Batch.id)


def _by_medicine(batches: Iterable[Batch]) -> dict[int, list[Batch]]:
    by_medicine: dict[int, list[Batch]] = defaultdict(list)
    for batch in batches:
        by_medicine[batch.medicine_id].append(batch)
    return by_medicine


def _turn(order: StockOrder) -> Callable[[Batch], tuple[date, date, int]]:
    """Equal days are settled by the other day, then by what was entered first."""
    if order is StockOrder.FEFO:
        return lambda batch: (batch.expires_on, batch.received_on, batch.id)
    return lambda batch: (batch.received_on, batch.expires_on, batch.id)
