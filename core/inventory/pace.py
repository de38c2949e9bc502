"""How fast medicines go, and how long an order takes: what days of cover, running out and orders are reckoned from."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from core import clock
from core.models import Batch, Medicine, MovementReason, StockMovement, Supplier

DAYS = 90
UNKNOWN_LEAD_DAYS = 7
_USED = (MovementReason.DISPENSED, MovementReason.RETURNED)


@dataclass(frozen=True)
class Pace:
    """`used` units handed over and not brought back in `days`: 90, or fewer if the medicine is newer here.

    `lead_days` usually pass from order to delivery by its usual supplier, or else its last; None if it is not known.
    """

    used: int
    days: int
    lead_days: int | None

    @property
    def per_day(self) -> float:
        return max(self.used, 0) / self.days

    def lasts(self, units: int) -> int | None:
        """For so many whole days; None if nothing is used."""
        return int(units / self.per_day) if self.per_day else None


def paces(session: Session, medicine_id: int | None = None) -> dict[int, Pace]:
    """Of every medicine, or of one, by its id. One statement."""
    today = clock.today()
    since, _ = clock.day_bounds(today - timedelta(days=DAYS - 1))
    used = (
        select(Batch.medicine_id, cast(-func.sum(StockMovement.change), BigInteger).label("units"))
        .join(Batch, Batch.id == StockMovement.batch_id)
        .where(StockMovement.moved_at >= since, StockMovement.reason.in_(_USED))
        .group_by(Batch.medicine_id)
        .subquery()
    )
    last_supplier = (
        select(Batch.supplier_id)
        .where(Batch.medicine_id == Medicine.id, Batch.supplier_id.is_not(None))
        .order_by(Batch.received_on.desc(), Batch.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    first = select(func.min(Batch.received_on)).where(Batch.medicine_id == Medicine.id).scalar_subquery()
    found = (
        select(Medicine.id, func.coalesce(used.c.units, 0), func.coalesce(first, today), Supplier.lead_days)
        .outerjoin(used, used.c.medicine_id == Medicine.id)
        .outerjoin(Supplier, Supplier.id == func.coalesce(Medicine.supplier_id, last_supplier))
    )
    if medicine_id is not None:
        found = found.where(Medicine.id == medicine_id)
    return {
        of: Pace(units, min((today - first_on).days + 1, DAYS), lead_days)
        for of, units, first_on, lead_days in session.execute(found)
    }
