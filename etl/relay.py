"""Changes → MongoDB, in passes: claim what is not relayed yet, write it, mark it, commit.

MongoDB is written before the mark is committed, so a crash repeats a pass and never loses one, and `_id` makes the
repeat harmless. What was not relayed is known by its own mark and not by a last id seen: a lower id may commit later.
There is one writer at a time (`lock`), because audit entries form a chain.
"""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock, db
from core.analytics import store
from core.models import StockMovement
from etl import (
    advances,
    audit_logs,
    daily_summaries,
    day_closes,
    feed,
    invoices,
    lock,
    monthly_columns,
    monthly_prescribing,
    monthly_stock,
    monthly_summaries,
    purchase_orders,
    set_aside,
    stock_levels,
    stock_movements,
    touched,
    visit_history,
    waiting_times,
)

LIMIT = 2000  # events, and movements, in one pass


class Relayed(NamedTuple):
    """How many documents were written."""

    events: int = 0
    movements: int = 0
    visits: int = 0
    invoices: int = 0
    advances: int = 0
    drawers: int = 0
    orders: int = 0
    days: int = 0
    months: int = 0
    medicines: int = 0

    def plus(self, more: "Relayed") -> "Relayed":
        return Relayed(*map(sum, zip(self, more, strict=True)))


def run(limit: int = LIMIT) -> Relayed | None:
    """One pass in a transaction of its own. None if another one is at work: it carries the changes."""
    with db.transaction() as session:
        return carry(session, limit) if lock.take(session) else None


def drain() -> Relayed | None:
    """Passes until nothing is left. None if another relay is at work."""
    total = Relayed()
    while (relayed := run()) is not None:
        total = total.plus(relayed)
        if not _full(relayed, LIMIT):
            return total
    return None


def carry(session: Session, limit: int = LIMIT) -> Relayed:
    """The pass itself, in the transaction that holds the lock. What MongoDB refuses is set aside."""
    with store.going_on() as refused:
        relayed = _carry(session, limit)
    set_aside.note(session, refused)
    return relayed


def _carry(session: Session, limit: int) -> Relayed:
    began = clock.now()
    events = audit_logs.claim(session, limit)
    movements = session.scalars(
        select(StockMovement.id)
        .where(StockMovement.relayed_at.is_(None))
        .order_by(StockMovement.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    changed = touched.by(session, events, movements)
    relayed = Relayed(
        events=audit_logs.relay(session, events),
        movements=stock_movements.relay(session, {*movements, *changed.movements}),
        visits=visit_history.remake(session, changed.visits),
        invoices=invoices.remake(session, changed.invoices),
        advances=advances.remake(session, changed.advances),
        drawers=day_closes.remake(session, changed.drawers),
        orders=purchase_orders.remake(session, changed.orders),
        days=waiting_times.remake(session, changed.days) + daily_summaries.remake(session, changed.days),
        months=monthly_columns.remake(changed.days)  # packs what was made the line before
        + monthly_summaries.remake(session, changed.months)
        + monthly_prescribing.remake(session, changed.months)
        + monthly_stock.remake(session, changed.stock_months),
        medicines=stock_levels.remake(session, changed.medicines),
    )
    if not _full(Relayed(len(events), len(movements)), limit) and feed.is_whole():
        feed.write(session, began, whole=True)
    return relayed


def _full(relayed: Relayed, limit: int) -> bool:
    return relayed.events >= limit or relayed.movements >= limit
