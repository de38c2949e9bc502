"""How much there is of each medicine, what is running low, and what will expire: the questions of the stock screen."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from math import ceil, inf
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from core import clock
from core.errors import check
from core.fields import NOTHING
from core.inventory.pace import UNKNOWN_LEAD_DAYS, Pace, facts, pace, paces
from core.inventory.shelf import BatchRecord, BatchState, record, units_held, usable, with_names
from core.models import Batch, Medicine, MedicineForm
from core.permissions import Actor, Permission, require
from core.words import say

MOST_DAYS = 3650


class StockState(StrEnum):
    """RUNNING_OUT is above the reorder level, and yet used up before an order of today arrives; NONE_YET was never
    received."""

    ENOUGH = "ENOUGH"
    RUNNING_OUT = "RUNNING_OUT"
    LOW = "LOW"
    SOLD_OUT = "SOLD_OUT"
    NONE_YET = "NONE_YET"


@dataclass(frozen=True)
class StockLevel:
    """One medicine, in units: `on_hand` may be handed over today; `expired` and `blocked` lie there but are no stock.

    `value` is what the usable units were bought for.
    """

    medicine_id: int
    name: str
    form: MedicineForm
    unit: str
    reorder_level: int
    on_hand: int
    expired: int
    blocked: int
    value: Decimal
    pace: Pace = field(kw_only=True)

    @property
    def is_low(self) -> bool:
        """Sold out is the lowest of all, whatever the reorder level."""
        return self.on_hand <= self.reorder_level

    @property
    def days_of_cover(self) -> int | None:
        """How many days it lasts as it went lately; None if none of it went."""
        return self.pace.lasts(self.on_hand)

    @property
    def is_running_out(self) -> bool:
        """Used up before an order of today arrives."""
        lead_days = UNKNOWN_LEAD_DAYS if self.pace.lead_days is None else self.pace.lead_days
        return self.days_of_cover is not None and self.days_of_cover <= lead_days

    @property
    def state(self) -> StockState:
        if self.on_hand == 0:
            return StockState.SOLD_OUT if self.pace.first_on else StockState.NONE_YET
        if self.is_low:
            return StockState.LOW
        return StockState.RUNNING_OUT if self.is_running_out else StockState.ENOUGH


@dataclass(frozen=True)
class Expiring:
    """A batch with something left; `days_left` is below 0 once it has expired.

    `unused` units will not be used in time as the medicine went lately, and `at_risk` is what they cost. Of what has
    expired or is blocked, that is all.
    """

    batch: BatchRecord
    days_left: int
    unused: int

    @property
    def at_risk(self) -> Decimal:
        return self.unused * self.batch.unit_cost


def stock_on_hand(session: Session, actor: Actor) -> list[StockLevel]:
    """Every medicine that is kept, and any withdrawn one of which something is left; by name."""
    require(actor, Permission.SEE_STOCK)
    return _levels(session, clock.today(), withdrawn_too=True)


def low_stock(session: Session, actor: Actor) -> list[StockLevel]:
    """Medicines at or below their reorder level, or used up before an order arrives: the sold-out first, then what
    lasts shortest. Expired stock does not count as stock.
    """
    require(actor, Permission.SEE_STOCK)
    levels = _levels(session, clock.today(), withdrawn_too=False)
    return sorted((level for level in levels if level.is_low or level.is_running_out), key=_urgency)


def expiring(session: Session, actor: Actor, within_days: int) -> list[Expiring]:
    """Batches with something left that expire within so many days or have expired already, the earliest first.

    Raises Invalid for more than MOST_DAYS.
    """
    require(actor, Permission.SEE_STOCK)
    check(within_days=None if 0 <= within_days <= MOST_DAYS else say("Ask for 0 to {most:,} days.", most=MOST_DAYS))
    today = clock.today()
    soon = with_names().where(Batch.on_hand > 0, Batch.expires_on <= today + timedelta(days=within_days))
    rows = session.execute(soon.order_by(Batch.expires_on, Batch.id))
    return _unused([record(*row) for row in rows], paces(session), today)


def _levels(session: Session, today: date, *, withdrawn_too: bool) -> list[StockLevel]:
    """By name, in one statement; of those that are withdrawn at most what is left."""
    rows = session.execute(_by_name(today, withdrawn_too=withdrawn_too))
    return [StockLevel(*row[:-3], pace=pace(today, *row[-3:])) for row in rows]


@lru_cache(maxsize=4)
def _by_name(on: date, *, withdrawn_too: bool) -> Select[*tuple[Any, ...]]:
    """The statement, which takes as long to put together as to send: kept for its day. Of the columns of StockLevel
    the pace is last, as three."""
    sums, offered = _sums(on).add_columns(func.lower(Medicine.name)), Medicine.withdrawn_at.is_(None)
    sums = sums.having(or_(offered, func.count(Batch.id) > 0)) if withdrawn_too else sums.where(offered)
    held, going = sums.subquery(), facts(on).subquery()
    *columns, name = held.c
    with_pace = select(*columns, going.c.used, going.c.first_on, going.c.lead_days)
    return with_pace.join(going, going.c.id == held.c.id).order_by(name)


def _urgency(level: StockLevel) -> tuple[bool, float, int]:
    cover = level.days_of_cover
    return level.on_hand > 0, inf if cover is None else cover, level.on_hand


def _sums(on: date) -> Select[*tuple[Any, ...]]:
    """The columns of StockLevel but its pace, per medicine; medicines without a batch are there with zeros."""
    now, fresh = usable(on), Batch.expires_on >= on
    units, expired = units_held(now), units_held(~fresh)
    blocked = units_held(fresh & Batch.blocked_at.is_not(None))
    value = func.coalesce(func.sum(Batch.unit_cost * Batch.on_hand).filter(now), NOTHING)
    what = (Medicine.id, Medicine.name, Medicine.form, Medicine.unit, Medicine.reorder_level)
    batches = (Batch.medicine_id == Medicine.id) & (Batch.on_hand > 0)
    return select(*what, units, expired, blocked, value).outerjoin(Batch, batches).group_by(Medicine.id)


def _unused(batches: Iterable[BatchRecord], pace: Mapping[int, Pace], today: date) -> list[Expiring]:
    """Whatever the clinic's order, the batch that expires first is taken to be used first."""
    used: dict[int, float] = defaultdict(float)  # of each medicine, from the batches before
    found = []
    for batch in batches:
        days_left = (batch.expires_on - today).days
        in_time = pace[batch.medicine_id].per_day * (days_left + 1) - used[batch.medicine_id]
        taken = min(max(in_time, 0.0), batch.on_hand) if batch.state is BatchState.USABLE else 0.0
        used[batch.medicine_id] += taken
        found.append(Expiring(batch, days_left, ceil(batch.on_hand - taken)))
    return found
