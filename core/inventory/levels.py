"""How much there is of each medicine, what is running low, and what will expire: the questions of the stock screen."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from core import clock
from core.errors import check
from core.inventory.shelf import BatchRecord, record, units_held, usable, with_names
from core.models import Batch, Medicine, MedicineForm
from core.permissions import Actor, Permission, require

MOST_DAYS = 3650


class StockState(StrEnum):
    ENOUGH = "ENOUGH"
    LOW = "LOW"
    SOLD_OUT = "SOLD_OUT"


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

    @property
    def is_low(self) -> bool:
        """Sold out is the lowest of all, whatever the reorder level."""
        return self.on_hand <= self.reorder_level

    @property
    def state(self) -> StockState:
        if self.on_hand == 0:
            return StockState.SOLD_OUT
        return StockState.LOW if self.is_low else StockState.ENOUGH


@dataclass(frozen=True)
class Expiring:
    """A batch with something left; `days_left` is below 0 once it has expired, `at_risk` what its units cost."""

    batch: BatchRecord
    days_left: int
    at_risk: Decimal


def stock_on_hand(session: Session, actor: Actor) -> list[StockLevel]:
    """Every medicine that is kept, and any withdrawn one of which something is left; by name."""
    require(actor, Permission.SEE_STOCK)
    kept = or_(Medicine.withdrawn_at.is_(None), func.count(Batch.id) > 0)
    rows = session.execute(_levels(clock.today()).having(kept).order_by(func.lower(Medicine.name)))
    return [StockLevel(*row) for row in rows]


def low_stock(session: Session, actor: Actor) -> list[StockLevel]:
    """Medicines at or below their reorder level, the sold-out first. Expired stock does not count as stock."""
    require(actor, Permission.SEE_STOCK)
    kept = _levels(clock.today()).where(Medicine.withdrawn_at.is_(None)).order_by(func.lower(Medicine.name))
    levels = (StockLevel(*row) for row in session.execute(kept))
    return sorted((level for level in levels if level.is_low), key=lambda level: level.on_hand)


def expiring(session: Session, actor: Actor, within_days: int) -> list[Expiring]:
    """Batches with something left that expire within so many days or have expired already, the earliest first."""
    require(actor, Permission.SEE_STOCK)
    check(within_days=None if 0 <= within_days <= MOST_DAYS else f"Ask for 0 to {MOST_DAYS:,} days.")
    today = clock.today()
    soon = with_names().where(Batch.on_hand > 0, Batch.expires_on <= today + timedelta(days=within_days))
    rows = session.execute(soon.order_by(Batch.expires_on, Batch.id))
    return [_expiring(record(*row), today) for row in rows]


def _levels(on: date) -> Select[int, str, MedicineForm, str, int, int, int, int, Decimal]:
    """The columns of StockLevel, per medicine; medicines without a batch are there with zeros."""
    now, fresh = usable(on), Batch.expires_on >= on
    units, expired = units_held(now), units_held(~fresh)
    blocked = units_held(fresh & Batch.blocked_at.is_not(None))
    value = func.coalesce(func.sum(Batch.unit_cost * Batch.on_hand).filter(now), Decimal("0.00"))
    what = (Medicine.id, Medicine.name, Medicine.form, Medicine.unit, Medicine.reorder_level)
    batches = (Batch.medicine_id == Medicine.id) & (Batch.on_hand > 0)
    return select(*what, units, expired, blocked, value).outerjoin(Batch, batches).group_by(Medicine.id)


def _expiring(batch: BatchRecord, today: date) -> Expiring:
    return Expiring(batch, (batch.expires_on - today).days, batch.on_hand * batch.unit_cost)
