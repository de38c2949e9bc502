"""The bin card of a medicine: what there was, every unit that came or went in some days, and what there was then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate

from sqlalchemy import BigInteger, Row, cast, func, select
from sqlalchemy.orm import Session

from core import clock
from core.errors import NotFound, check
from core.models import Batch, Medicine, MovementReason, StockMovement, User
from core.permissions import Actor, Permission, require
from core.words import say

MOST_DAYS = 3660


@dataclass(frozen=True)
class BinLine:
    """`left` units of the medicine lay there afterwards, `left_in_batch` of the batch."""

    moved_at: datetime
    reason: MovementReason
    reference: str
    batch_number: str
    change: int
    left: int
    left_in_batch: int
    note: str
    moved_by: str


@dataclass(frozen=True)
class BinCard:
    """Both days included; `lines` in the order in which they happened. Expired and blocked units are counted too."""

    medicine: str
    unit: str
    first: date
    last: date
    opening: int
    lines: tuple[BinLine, ...]

    @property
    def came(self) -> int:
        return sum(line.change for line in self.lines if line.change > 0)

    @property
    def went(self) -> int:
        return -sum(line.change for line in self.lines if line.change < 0)

    @property
    def closing(self) -> int:
        return self.opening + self.came - self.went


def bin_card(session: Session, actor: Actor, medicine_id: int, first: date, last: date) -> BinCard:
    """Raises NotFound, or Invalid for days the wrong way round or more than ten years."""
    require(actor, Permission.SEE_STOCK)
    check(period=_period_problem(first, last))
    medicine = session.get(Medicine, medicine_id)
    if medicine is None:
        raise NotFound("medicine", medicine_id)
    begins, ends = clock.day_bounds(first)[0], clock.day_bounds(last)[1]
    of_it = StockMovement.batch_id == Batch.id, Batch.medicine_id == medicine_id
    before = select(cast(func.coalesce(func.sum(StockMovement.change), 0), BigInteger))
    opening = session.scalars(before.where(*of_it, StockMovement.moved_at < begins)).one()
    rows = session.execute(
        select(StockMovement, Batch.number, User.name)
        .join(User, User.id == StockMovement.moved_by_id)
        .where(*of_it, StockMovement.moved_at >= begins, StockMovement.moved_at < ends)
        .order_by(StockMovement.moved_at, StockMovement.id)
    )
    return BinCard(medicine.name, medicine.unit, first, last, opening, _lines(rows.all(), opening))


def _period_problem(first: date, last: date) -> str | None:
    if first > last:
        return say("The first day of a period cannot be after the last.")
    return None if (last - first).days < MOST_DAYS else say("Ask for at most ten years.")


def _lines(rows: Sequence[Row[StockMovement, str, str]], opening: int) -> tuple[BinLine, ...]:
    left = list(accumulate((movement.change for movement, *_ in rows), initial=opening))[1:]
    return tuple(
        BinLine(
            *(movement.moved_at, movement.reason, movement.reference, number, movement.change),
            *(after, movement.on_hand_after, movement.note, moved_by),
        )
        for after, (movement, number, moved_by) in zip(left, rows, strict=True)
    )
