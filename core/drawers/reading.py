"""What should be in a drawer, which days are not closed, and what was counted."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from core import clock
from core.drawers.records import Close, Drawer, Kind, Moved, OpenDay, close_record, permission_for
from core.errors import NotFound
from core.fields import NOTHING
from core.models import Advance, AdvanceReason, CreditNote, DayClose, Payment, PaymentMethod, User
from core.permissions import Actor, Permission, allowed, require

# A clinic that never closed a drawer is reminded of a week, not of the years before it began to; and nobody of more
# than a year.
_REMINDED_AT_FIRST, _REMINDED = timedelta(days=7), timedelta(days=366)


def drawer(session: Session, actor: Actor, cashier_id: int, day: date) -> Drawer:
    """Raises NotFound."""
    require(actor, permission_for(actor, cashier_id))
    cashier = session.get(User, cashier_id)
    if cashier is None:
        raise NotFound("cashier", cashier_id)
    moved = _moved(day, day, cashier_id).subquery()
    rows = session.execute(
        select(moved.c.kind, moved.c.method, func.count(), func.sum(moved.c.amount))
        .group_by(moved.c.kind, moved.c.method)
        .order_by(moved.c.method, moved.c.kind)
    )
    close = session.execute(_closes(DayClose.cashier_id == cashier_id, DayClose.closed_on == day)).one_or_none()
    return Drawer(
        cashier_id=cashier_id,
        cashier=cashier.name,
        day=day,
        opened_with=_left_before(session, cashier_id, day),
        moved=tuple(Moved(Kind(kind), PaymentMethod(method), count, amount) for kind, method, count, amount in rows),
        close=close_record(*close) if close else None,
    )


def open_days(session: Session, actor: Actor, cashier_id: int | None = None) -> list[OpenDay]:
    """Oldest first; of the own drawer, or of everybody's for who may close them. `cashier_id` asks for one alone."""
    require(actor, Permission.SIGN_IN if cashier_id is None else permission_for(actor, cashier_id))
    asked = cashier_id if cashier_id is not None or allowed(actor, Permission.CLOSE_DRAWERS) else actor.user_id
    return unclosed(session, since(session) or clock.today() - _REMINDED_AT_FIRST, asked)


def closes(session: Session, actor: Actor, first: date, last: date) -> list[Close]:
    """Newest first; the own, or everybody's for who may close them."""
    require(actor, Permission.SIGN_IN)
    own = [] if allowed(actor, Permission.CLOSE_DRAWERS) else [DayClose.cashier_id == actor.user_id]
    wanted = _closes(DayClose.closed_on.between(first, last), *own)
    rows = session.execute(wanted.order_by(DayClose.closed_on.desc(), DayClose.id.desc()))
    return [close_record(*row) for row in rows]


def get_close(session: Session, actor: Actor, close_id: int) -> Close:
    """Raises NotFound, also where it is not for this person."""
    require(actor, Permission.SIGN_IN)
    found = session.execute(_closes(DayClose.id == close_id)).one_or_none()
    if found is None or not allowed(actor, permission_for(actor, found[0].cashier_id)):
        raise NotFound("closed drawer", close_id)
    return close_record(*found)


def since(session: Session) -> date | None:
    """From which day on every day with money is to be closed: the first that was, at most a year ago; None while none
    was."""
    first = session.scalar(select(func.min(DayClose.closed_on)))
    return max(first, clock.today() - _REMINDED) if first else None


def unclosed(session: Session, first: date, cashier_id: int | None) -> list[OpenDay]:
    """Of one cashier or of all, from a day on, oldest first."""
    each = _moved(first, clock.today(), cashier_id).subquery()
    worked = select(each.c.cashier_id, each.c.day).distinct().subquery()  # a close is looked for once a day
    closed = and_(DayClose.cashier_id == worked.c.cashier_id, DayClose.closed_on == worked.c.day)
    rows = session.execute(
        select(worked.c.cashier_id, User.name, worked.c.day)
        .join(User, User.id == worked.c.cashier_id)
        .where(~select(DayClose.id).where(closed).exists())
        .order_by(worked.c.day, User.name, worked.c.cashier_id)
    )
    return [OpenDay(*row) for row in rows]


def _moved(first: date, last: date, cashier_id: int | None) -> CompoundSelect[Any]:
    """Every movement of money as (cashier_id, day, kind, method, amount); what a patient had already is none."""
    columns = (
        (Payment.received_by_id, Payment.received_on, Kind.PAYMENT, Payment.method, Payment.amount),
        (CreditNote.refunded_by_id, CreditNote.refunded_on, Kind.REFUND, CreditNote.method, -CreditNote.amount),
        (Advance.moved_by_id, Advance.moved_on, Kind.ADVANCE, Advance.method, Advance.change),
        (Advance.moved_by_id, Advance.moved_on, Kind.ADVANCE_PAID_OUT, Advance.method, Advance.change),
    )
    which: tuple[ColumnElement[bool], ...] = (
        Payment.method != PaymentMethod.ADVANCE,
        CreditNote.method != PaymentMethod.ADVANCE,
        Advance.reason == AdvanceReason.RECEIVED,
        Advance.reason == AdvanceReason.PAID_OUT,
    )
    return union_all(
        *(
            select(
                who.label("cashier_id"),
                day.label("day"),
                literal(str(kind)).label("kind"),
                method.label("method"),
                amount.label("amount"),
            ).where(condition, day.between(first, last), *([who == cashier_id] if cashier_id is not None else []))
            for (who, day, kind, method, amount), condition in zip(columns, which, strict=True)
        )
    )


def _left_before(session: Session, cashier_id: int, day: date) -> Decimal:
    last = select(DayClose.left_in_drawer).where(DayClose.cashier_id == cashier_id, DayClose.closed_on < day)
    return session.scalar(last.order_by(DayClose.closed_on.desc()).limit(1)) or NOTHING


def _closes(*which: ColumnElement[bool]) -> Select[DayClose, str, str]:
    closed_by = aliased(User)
    return (
        select(DayClose, User.name, closed_by.name)
        .join(User, User.id == DayClose.cashier_id)
        .join(closed_by, closed_by.id == DayClose.closed_by_id)
        .where(*which)
    )
