"""How fast medicines go, and how long an order takes: what days of cover, running out and orders are reckoned from."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import BigInteger, Select, cast, func, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Session

from core import clock
from core.models import Batch, Medicine, MovementReason, StockMovement, Supplier

DAYS = 90
UNKNOWN_LEAD_DAYS = 7
_USED = (MovementReason.DISPENSED, MovementReason.RETURNED)


@dataclass(frozen=True)
class Pace:
    """`used` units handed over and not brought back in `days`: 90, or fewer if the medicine is newer here than that,
    `first_on` the day on which it was first received; None: it never was.

    `lead_days` usually pass from order to delivery by its usual supplier, or else its last; None if it is not known.
    """

    used: int
    days: int
    lead_days: int | None
    first_on: date | None

    @property
    def per_day(self) -> float:
        return max(self.used, 0) / self.days

    def lasts(self, units: int) -> int | None:
        """For so many whole days; None if nothing is used."""
        return int(units / self.per_day) if self.per_day else None


def paces(session: Session, medicine_id: int | None = None) -> dict[int, Pace]:
    """Of every medicine, or of one, by its id. One statement."""
    today = clock.today()
    found = facts(today) if medicine_id is None else facts(today).where(Medicine.id == medicine_id)
    return {of: pace(today, used, first_on, lead) for of, used, first_on, lead in session.execute(found)}


def facts(today: date) -> Select[int, int, date | None, int | None]:
    """By medicine what `pace` makes of it: used units, the day it was first received, the days an order takes."""
    since, _ = clock.day_bounds(today - timedelta(days=DAYS - 1))
    used = (
        select(Batch.medicine_id, cast(-func.sum(StockMovement.change), BigInteger).label("units"))
        .join(Batch, Batch.id == StockMovement.batch_id)
        .where(StockMovement.moved_at >= since, StockMovement.reason.in_(_USED))
        .group_by(Batch.medicine_id)
        .subquery()
    )
    newest = aggregate_order_by(Batch.supplier_id, Batch.received_on.desc(), Batch.id.desc())
    suppliers = func.array_agg(newest).filter(Batch.supplier_id.is_not(None))
    came = (
        select(
            Batch.medicine_id,
            func.min(Batch.received_on).label("first_on"),
            type_coerce(suppliers, ARRAY(BigInteger))[1].label("last_supplier_id"),
        )
        .group_by(Batch.medicine_id)
        .subquery()
    )
    return (
        select(Medicine.id, func.coalesce(used.c.units, 0).label("used"), came.c.first_on, Supplier.lead_days)
        .outerjoin(used, used.c.medicine_id == Medicine.id)
        .outerjoin(came, came.c.medicine_id == Medicine.id)
        .outerjoin(Supplier, Supplier.id == func.coalesce(Medicine.supplier_id, came.c.last_supplier_id))
    )


def pace(today: date, used: int, first_on: date | None, lead_days: int | None) -> Pace:
    """Of a medicine that was first received on a day, or never."""
    return Pace(used, min((today - (first_on or today)).days + 1, DAYS), lead_days, first_on)
