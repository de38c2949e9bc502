"""Stock-takes as they are shown: what was counted, how it differs, and what was not counted."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from core.errors import NotFound
from core.fields import NOTHING
from core.inventory.shelf import BatchRecord, record, with_names
from core.models import Batch, Medicine, StockTake, StockTakeLine, StockTakeState, User
from core.permissions import Actor, Permission, require


def number_of(stock_take_id: int) -> str:
    return f"ST-{stock_take_id}"


@dataclass(frozen=True)
class LineRecord:
    """`booked` is what the books said when the batch was counted; `batch` is as it is now."""

    batch: BatchRecord
    booked: int
    counted: int
    reason: str
    counted_at: datetime
    counted_by: str

    @property
    def difference(self) -> int:
        return self.counted - self.booked

    @property
    def value(self) -> Decimal:
        """What the difference costs; below zero where something is missing."""
        return self.difference * self.batch.unit_cost

    @property
    def unexplained(self) -> bool:
        return self.difference != 0 and not self.reason


@dataclass(frozen=True)
class Summary:
    """`different` batches of the `counted` ones; `value` is what was found less what is missing, at cost."""

    stock_take_id: int
    state: StockTakeState
    note: str
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    ended_by: str
    counted: int
    different: int
    value: Decimal

    @property
    def number(self) -> str:
        return number_of(self.stock_take_id)


@dataclass(frozen=True)
class StockTakeRecord:
    """`lines` by medicine; `uncounted` is what the books say lies there besides, while it is open."""

    summary: Summary
    lines: tuple[LineRecord, ...]
    uncounted: tuple[BatchRecord, ...]

    @property
    def differences(self) -> list[LineRecord]:
        return [line for line in self.lines if line.difference]

    @property
    def missing(self) -> Decimal:
        return sum((line.value for line in self.lines if line.difference < 0), Decimal(0))

    @property
    def found(self) -> Decimal:
        return sum((line.value for line in self.lines if line.difference > 0), Decimal(0))


def list_(session: Session, actor: Actor, limit: int = 50) -> list[Summary]:
    """The newest first."""
    require(actor, Permission.SEE_STOCK)
    return _summaries(session, limit=limit)


def open_one(session: Session, actor: Actor) -> StockTakeRecord | None:
    """The stock-take that is going on, if there is one."""
    require(actor, Permission.SEE_STOCK)
    found = session.scalar(select(StockTake.id).where(StockTake.state == StockTakeState.OPEN))
    return None if found is None else shown(session, found)


def get(session: Session, actor: Actor, stock_take_id: int) -> StockTakeRecord:
    """Raises NotFound."""
    require(actor, Permission.SEE_STOCK)
    return shown(session, stock_take_id)


def shown(session: Session, stock_take_id: int) -> StockTakeRecord:
    summaries = _summaries(session, stock_take_id)
    if not summaries:
        raise NotFound("stock-take", number_of(stock_take_id))
    (summary,) = summaries
    uncounted = _uncounted(session, stock_take_id) if summary.state is StockTakeState.OPEN else []
    return StockTakeRecord(summary, tuple(lines(session, stock_take_id)), tuple(uncounted))


def lines(session: Session, stock_take_id: int, batch_id: int | None = None) -> list[LineRecord]:
    """All, or that of one batch."""
    rows = (
        with_names()
        .join(StockTakeLine, StockTakeLine.batch_id == Batch.id)
        .join(User, User.id == StockTakeLine.counted_by_id)
        .where(StockTakeLine.stock_take_id == stock_take_id)
        .order_by(func.lower(Medicine.name), Batch.expires_on, Batch.id)
        .add_columns(StockTakeLine, User.name)
    )
    if batch_id is not None:
        rows = rows.where(Batch.id == batch_id)
    return [
        LineRecord(record(*names), line.booked, line.counted, line.reason, line.counted_at, counted_by)
        for *names, line, counted_by in session.execute(rows)
    ]


def _uncounted(session: Session, stock_take_id: int) -> list[BatchRecord]:
    counted = select(StockTakeLine.batch_id).where(StockTakeLine.stock_take_id == stock_take_id)
    rows = with_names().where(Batch.on_hand > 0, Batch.id.not_in(counted))
    ordered = rows.order_by(func.lower(Medicine.name), Batch.expires_on, Batch.id)
    return [record(*row) for row in session.execute(ordered)]


def _summaries(session: Session, stock_take_id: int | None = None, limit: int = 1) -> list[Summary]:
    ended_by, line = aliased(User), StockTakeLine
    difference = line.counted - line.booked
    rows: Select[*tuple[Any, ...]] = (
        select(
            *(StockTake.id, StockTake.state, StockTake.note, StockTake.started_at, User.name, StockTake.ended_at),
            *(func.coalesce(ended_by.name, ""), func.count(line.id), func.count(line.id).filter(difference != 0)),
            func.coalesce(func.sum(difference * Batch.unit_cost), NOTHING),
        )
        .join(User, User.id == StockTake.started_by_id)
        .outerjoin(ended_by, ended_by.id == StockTake.ended_by_id)
        .outerjoin(line, line.stock_take_id == StockTake.id)
        .outerjoin(Batch, Batch.id == line.batch_id)
        .group_by(StockTake.id, User.name, ended_by.name)
        .order_by(StockTake.id.desc())
        .limit(limit)
    )
    if stock_take_id is not None:
        rows = rows.where(StockTake.id == stock_take_id)
    return [Summary(*row) for row in session.execute(rows)]
