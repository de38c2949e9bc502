"""What happened on clinic days to advances and drawers, and what came back: notes of credit, returned medicines."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypedDict

from bson import Decimal128
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.analytics.documents import money
from core.models import Advance, AdvanceReason, CreditNote, DayClose, MedicineReturn


class Drawers(TypedDict):
    """The fields of the same names in DailySummary."""

    credit_notes: int
    advance_received: Decimal128
    advance_paid_out: Decimal128
    advance_applied: Decimal128
    advance_credited: Decimal128
    drawers_closed: int
    cash_short: Decimal128
    cash_over: Decimal128
    medicines_returned: int


def of(session: Session, days: Sequence[date]) -> Mapping[date, Drawers]:
    """For each of the days. Four statements, however many days."""
    notes, returned = _notes(session, days), _returned(session, days)
    advances, closed = _advances(session, days), _closed(session, days)
    nothing = (0, Decimal(0), Decimal(0))
    return {
        day: {
            "credit_notes": notes.get(day, 0),
            "advance_received": money(advances[day].get(AdvanceReason.RECEIVED)),
            "advance_paid_out": money(-advances[day].get(AdvanceReason.PAID_OUT, Decimal(0))),
            "advance_applied": money(-advances[day].get(AdvanceReason.APPLIED, Decimal(0))),
            "advance_credited": money(advances[day].get(AdvanceReason.CREDITED)),
            "drawers_closed": closed.get(day, nothing)[0],
            "cash_short": money(closed.get(day, nothing)[1]),
            "cash_over": money(closed.get(day, nothing)[2]),
            "medicines_returned": returned.get(day, 0),
        }
        for day in days
    }


def _notes(session: Session, days: Sequence[date]) -> dict[date, int]:
    rows = select(CreditNote.refunded_on, func.count()).where(CreditNote.refunded_on.in_(days))
    return {day: number for day, number in session.execute(rows.group_by(CreditNote.refunded_on))}


def _returned(session: Session, days: Sequence[date]) -> dict[date, int]:
    units = select(MedicineReturn.returned_on, func.sum(MedicineReturn.quantity))
    rows = units.where(MedicineReturn.returned_on.in_(days)).group_by(MedicineReturn.returned_on)
    return {day: int(number) for day, number in session.execute(rows)}


def _advances(session: Session, days: Sequence[date]) -> Mapping[date, dict[AdvanceReason, Decimal]]:
    found: dict[date, dict[AdvanceReason, Decimal]] = defaultdict(dict)
    rows = session.execute(
        select(Advance.moved_on, Advance.reason, func.sum(Advance.change))
        .where(Advance.moved_on.in_(days))
        .group_by(Advance.moved_on, Advance.reason)
    )
    for day, reason, change in rows:
        found[day][reason] = change
    return found


def _closed(session: Session, days: Sequence[date]) -> dict[date, tuple[int, Decimal, Decimal]]:
    """How many drawers, what they had less and what they had more than expected."""
    less = func.greatest(DayClose.expected - DayClose.counted, 0)
    more = func.greatest(DayClose.counted - DayClose.expected, 0)
    rows = session.execute(
        select(DayClose.closed_on, func.count(), func.sum(less), func.sum(more))
        .where(DayClose.closed_on.in_(days))
        .group_by(DayClose.closed_on)
    )
    return {day: (number, short, over) for day, number, short, over in rows}
