"""The books follow the count: each batch that differs moves by its difference."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Conflict, listed
from core.inventory.moving import move_all
from core.inventory.stock_takes.counting import end, locked_batches, open_stock_take
from core.inventory.stock_takes.records import LineRecord, StockTakeRecord, lines, number_of, shown
from core.models import Batch, MovementReason, StockMovement, StockTakeLine, StockTakeState
from core.permissions import Actor, Permission, require
from core.words import say

# What somebody put right meanwhile may be the very difference that was counted: posting it would put it right twice.
_PUT_RIGHT = (MovementReason.ADJUSTED, MovementReason.WRITTEN_OFF, MovementReason.EXPIRED)
_NAMED = 5


class NothingCounted(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(say("Nothing has been counted in stock-take {number}.", number=number))


class Unexplained(Conflict):
    def __init__(self, unexplained: Sequence[LineRecord]) -> None:
        self.unexplained = unexplained
        super().__init__(say("Say why the count differs from the books: {names}.", names=_names(unexplained)))


class CountAgain(Conflict):
    def __init__(self, batches: Sequence[LineRecord]) -> None:
        self.batches = batches
        super().__init__(
            say(
                "Count again: {names}. Since the count somebody corrected the batch or wrote it off, or handed "
                "over more than lay there.",
                names=_names(batches),
            )
        )


def post(session: Session, actor: Actor, stock_take_id: int) -> StockTakeRecord:
    """Raises NotOpen, NothingCounted, Unexplained or CountAgain."""
    require(actor, Permission.MANAGE_STOCK)
    stock_take = open_stock_take(session, stock_take_id, alone=True)
    counted = lines(session, stock_take_id)
    if not counted:
        raise NothingCounted(number_of(stock_take_id))
    if unexplained := [line for line in counted if line.unexplained]:
        raise Unexplained(unexplained)
    different = {line.batch.batch_id: line for line in counted if line.difference}
    batches = locked_batches(session, different)
    _refuse_stale(session, stock_take_id, different, batches)
    changes = [
        (batch, different[batch_id].difference, different[batch_id].reason) for batch_id, batch in batches.items()
    ]
    move_all(session, actor, changes, MovementReason.ADJUSTED, reference=number_of(stock_take_id))
    told = [{"batch_id": batch_id, "change": line.difference} for batch_id, line in different.items()]
    end(session, actor, stock_take, StockTakeState.POSTED, {"differences": (None, told)})
    return shown(session, stock_take_id)


def _refuse_stale(
    session: Session, stock_take_id: int, different: Mapping[int, LineRecord], batches: Mapping[int, Batch]
) -> None:
    put_right = (
        select(StockTakeLine.batch_id)
        .join(StockMovement, StockMovement.batch_id == StockTakeLine.batch_id)
        .where(StockTakeLine.stock_take_id == stock_take_id, StockTakeLine.batch_id.in_(different))
        .where(StockMovement.moved_at > StockTakeLine.counted_at, StockMovement.reason.in_(_PUT_RIGHT))
    )
    stale = set(session.scalars(put_right))
    stale |= {batch_id for batch_id, batch in batches.items() if batch.on_hand + different[batch_id].difference < 0}
    if stale:
        raise CountAgain([line for batch_id, line in different.items() if batch_id in stale])


def _names(batches: Sequence[LineRecord]) -> str:
    named = [
        say(
            "{medicine} batch {number} ({difference:+,})",
            medicine=line.batch.medicine,
            number=line.batch.number,
            difference=line.difference,
        )
        for line in batches[:_NAMED]
    ]
    more = len(batches) - _NAMED
    return listed([*named, say("{count:,} more", count=more)] if more > 0 else named)
