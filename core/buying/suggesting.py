"""What to order, how much of it and why.

A medicine is due once what is there and coming falls to its reorder level, or would be used up before a delivery came.
What is ordered then lasts until that delivery and the clinic's `cover_days` after it, or at least fills up to the
reorder level.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from core import clinic, inventory
from core.fields import NOTHING
from core.inventory import BatchState, StockLevel
from core.inventory.levels import MOST_DAYS
from core.inventory.pace import UNKNOWN_LEAD_DAYS
from core.models import Batch, Medicine, PurchaseOrder, PurchaseOrderLine, PurchaseOrderState, Supplier
from core.permissions import Actor, Permission, require
from core.words import say, say_count


@dataclass(frozen=True)
class Suggestion:
    """`quantity` units are due. `usable` ones will be used before they expire, `on_order` ones are coming."""

    medicine_id: int
    medicine: str
    unit: str
    quantity: int
    unit_cost: Decimal
    usable: int
    on_order: int
    why: str


@dataclass(frozen=True)
class ForSupplier:
    """What is due from one supplier. Without an id: what nobody has delivered yet, or somebody withdrawn."""

    supplier_id: int | None
    supplier: str
    lead_days: int
    lines: tuple[Suggestion, ...]


@dataclass(frozen=True)
class _Source:
    """Where a medicine comes from, what a unit of it cost last, and how many are coming."""

    supplier_id: int | None
    supplier: str
    lead_days: int
    unit_cost: Decimal
    on_order: int


def suggest(session: Session, actor: Actor) -> list[ForSupplier]:
    """By supplier, the usual one of each medicine: as it is set, else whoever delivered last."""
    require(actor, Permission.SEE_STOCK)
    cover_days = clinic.profile(session).cover_days
    wasted: dict[int, int] = defaultdict(int)
    for expiring in inventory.expiring(session, actor, MOST_DAYS):
        if expiring.batch.state is BatchState.USABLE:
            wasted[expiring.batch.medicine_id] += expiring.unused
    sources = _sources(session)
    groups: dict[tuple[int | None, str, int], list[Suggestion]] = defaultdict(list)
    for level in inventory.stock_on_hand(session, actor):
        if source := sources.get(level.medicine_id):
            found = _suggestion(level, wasted[level.medicine_id], source, cover_days)
            if found.quantity > 0:
                groups[source.supplier_id, source.supplier, source.lead_days].append(found)
    in_order = sorted(groups.items(), key=lambda group: (group[0][0] is None, group[0][1].lower()))
    return [ForSupplier(*supplier, tuple(lines)) for supplier, lines in in_order]


def _suggestion(level: StockLevel, wasted: int, source: _Source, cover_days: int) -> Suggestion:
    per_day = level.pace.per_day
    usable = level.on_hand - wasted if per_day else level.on_hand  # what never goes is not reckoned to expire unused
    there = usable + source.on_order
    due = there <= level.reorder_level or there <= per_day * source.lead_days
    wanted = max(ceil(per_day * (source.lead_days + cover_days)), level.reorder_level) - there
    quantity = wanted if due and wanted > 0 else 0
    why = _why(level, usable, quantity, source)
    about = (level.medicine_id, level.name, level.unit)
    return Suggestion(*about, quantity, source.unit_cost, usable, source.on_order, why)


def _why(level: StockLevel, usable: int, quantity: int, source: _Source) -> str:
    lasts, wasted = level.pace.lasts(usable), level.on_hand - usable
    parts = [_used(level.pace.per_day)]
    left = say("{count:,} left", count=usable)
    parts += [
        left if lasts is None or not usable else say("{count:,} left for {days}", count=usable, days=_days(lasts))
    ]
    parts += [say("{count:,} more expire before they are used", count=wasted)] if wasted else []
    parts += [say("{count:,} on order", count=source.on_order)] if source.on_order else []
    low = usable + source.on_order <= level.reorder_level
    parts += [say("reorder level {count:,}", count=level.reorder_level)] if low else []
    together = level.pace.lasts(usable + source.on_order + quantity)
    if together is not None:
        parts += [
            say("delivery takes {days}", days=_days(source.lead_days)),
            say("with {count:,} more it lasts {days}", count=quantity, days=_days(together)),
        ]
    return "; ".join(parts)


def _used(per_day: float) -> str:
    if per_day >= 0.5:
        return say("uses {count:,.1f} a day", count=per_day)
    return say("uses 1 in {days}", days=_days(round(1 / per_day))) if per_day else say("none used lately")


def _days(count: int) -> str:
    return say_count(count, "{count:,} day", "{count:,} days") if count else say("less than a day")


def _sources(session: Session) -> dict[int, _Source]:
    """Of the medicines that are kept."""
    newest = select(Batch.supplier_id, Batch.unit_cost).where(Batch.medicine_id == Medicine.id)
    newest = newest.order_by(Batch.received_on.desc(), Batch.id.desc()).limit(1)
    supplied = newest.where(Batch.supplier_id.is_not(None)).with_only_columns(Batch.supplier_id).scalar_subquery()
    cost = newest.with_only_columns(Batch.unit_cost).scalar_subquery()
    coming = (
        select(cast(func.sum(PurchaseOrderLine.quantity - PurchaseOrderLine.received), BigInteger))
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .where(PurchaseOrderLine.medicine_id == Medicine.id, PurchaseOrder.state == PurchaseOrderState.ORDERED)
        .where(PurchaseOrderLine.quantity > PurchaseOrderLine.received)
        .scalar_subquery()
    )
    usual = Supplier.id == func.coalesce(Medicine.supplier_id, supplied)
    rows = session.execute(
        select(Medicine.id, Supplier.id, Supplier.name, Supplier.lead_days, cost, coming)
        .outerjoin(Supplier, usual & Supplier.withdrawn_at.is_(None))
        .where(Medicine.withdrawn_at.is_(None))
    )
    return {
        medicine_id: _Source(
            supplier_id, name or "", UNKNOWN_LEAD_DAYS if days is None else days, paid or NOTHING, units or 0
        )
        for medicine_id, supplier_id, name, days, paid, units in rows
    }
