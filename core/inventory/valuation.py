"""What lay on the shelves, and what it had cost, at any moment: what lies there now less what moved since."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from core import clock
from core.errors import check
from core.fields import NOTHING
from core.models import Batch, Medicine, StockMovement
from core.permissions import Actor, Permission, require
from core.words import say


@dataclass(frozen=True)
class Valued:
    """One medicine. `units` lay there in all, of which `expired` were past their last day; `cost` is of them all."""

    medicine_id: int
    name: str
    unit: str
    units: int
    expired: int
    cost: Decimal
    expired_cost: Decimal

    @property
    def in_date(self) -> int:
        return self.units - self.expired

    @property
    def in_date_cost(self) -> Decimal:
        return self.cost - self.expired_cost


@dataclass(frozen=True)
class Valuation:
    """Blocked units are among those in date: they are not handed over, but they are still the clinic's."""

    at: datetime
    medicines: tuple[Valued, ...]

    @property
    def cost(self) -> Decimal:
        return sum((each.cost for each in self.medicines), NOTHING)

    @property
    def expired_cost(self) -> Decimal:
        return sum((each.expired_cost for each in self.medicines), NOTHING)

    @property
    def in_date_cost(self) -> Decimal:
        return self.cost - self.expired_cost


def valuation(session: Session, actor: Actor, at: datetime | None = None) -> Valuation:
    """Now, or as of a past moment. Raises Invalid for one that is still to come."""
    require(actor, Permission.SEE_STOCK)
    now = clock.now()
    at = at or now
    check(at=say("That moment is still to come.") if at > now else None)
    since = (
        select(StockMovement.batch_id, func.sum(StockMovement.change).label("change"))
        .where(StockMovement.moved_at > at)
        .group_by(StockMovement.batch_id)
        .subquery()
    )
    left = Batch.on_hand - func.coalesce(since.c.change, 0)
    expired = Batch.expires_on < clock.day_of(at)
    units, cost = func.sum(left), func.sum(Batch.unit_cost * left)
    rows = session.execute(
        select(
            *(Medicine.id, Medicine.name, Medicine.unit),
            *(cast(units, BigInteger), cast(func.coalesce(units.filter(expired), 0), BigInteger)),
            *(cost, func.coalesce(cost.filter(expired), NOTHING)),
        )
        .select_from(Batch)
        .outerjoin(since, since.c.batch_id == Batch.id)
        .join(Medicine, Medicine.id == Batch.medicine_id)
        .where(left > 0)
        .group_by(Medicine.id)
        .order_by(func.lower(Medicine.name))
    )
    return Valuation(at, tuple(Valued(*row) for row in rows))
