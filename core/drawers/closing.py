"""Close a drawer: what was counted against what is expected, a difference explained, then locked.

A cashier's days are closed in order, for each opens with what the one before it left; a forgotten one can be closed
later. What was expected while counting must still be so, or it is counted again.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic_core import to_jsonable_python
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit, clinic, clock, fields
from core.clinic import Profile
from core.drawers import reading
from core.drawers.denominations import denominations, has_rest
from core.drawers.records import Close, Drawer, permission_for
from core.errors import Conflict, Invalid, NotFound, check
from core.fields import NOTHING
from core.models import AuditChain, DayClose, User
from core.permissions import Actor, require
from core.words import say

_MOST_PIECES = 100_000


class AlreadyClosed(Conflict):
    def __init__(self, cashier: str, day: str) -> None:
        super().__init__(say("The drawer of {cashier} is closed for {day} already.", cashier=cashier, day=day))


class ClosedBeyond(Conflict):
    def __init__(self, cashier: str, last: str) -> None:
        super().__init__(
            say(
                "The drawer of {cashier} is closed through {last}: no day before it can be closed any more.",
                cashier=cashier,
                last=last,
            )
        )


class EarlierDayOpen(Conflict):
    def __init__(self, cashier: str, day: str) -> None:
        super().__init__(
            say("The drawer of {cashier} is still open for {day}. Close that day first.", cashier=cashier, day=day)
        )


class TooEarlyToClose(Conflict):
    def __init__(self) -> None:
        super().__init__(say("This day has not begun yet: its drawer cannot be closed."))


class MoneyMoved(Conflict):
    """Somebody took or gave money between looking and closing."""

    def __init__(self, seen: str, expected: Decimal, told: str) -> None:
        self.expected = expected
        super().__init__(
            say(
                "Money has moved while you counted: {told} is expected now, not {seen}. Count again.",
                told=told,
                seen=seen,
            )
        )


class NotExplained(Invalid):
    def __init__(self, sentence: str) -> None:
        super().__init__({"explanation": sentence})


@dataclass(frozen=True)
class Count:
    """What lies in the drawer. `expected` is what the cashier saw while counting.

    `pieces` tell how many of each note or coin, by its value; in a currency whose small coins are not counted, those
    of 0.01 are the rest.
    """

    pieces: dict[Decimal, int]
    left_in_drawer: Decimal
    expected: Decimal
    explanation: str = ""

    @property
    def counted(self) -> Decimal:
        return sum((value * count for value, count in self.pieces.items()), NOTHING)


def close(session: Session, actor: Actor, cashier_id: int, day: date, count: Count) -> Close:
    """Raises AlreadyClosed, ClosedBeyond, EarlierDayOpen, TooEarlyToClose, MoneyMoved, NotExplained, NotFound or
    Invalid."""
    require(actor, permission_for(actor, cashier_id))
    profile = clinic.profile(session)
    explanation = fields.line(count.explanation)
    _refuse_impossible(count, explanation, profile.currency)
    _lock(session, actor, cashier_id)
    drawer = reading.drawer(session, actor, cashier_id, day)
    _refuse_day(session, drawer, profile)
    if drawer.expected != count.expected:
        raise MoneyMoved(profile.money(count.expected), drawer.expected, profile.money(drawer.expected))
    if count.counted != drawer.expected and not explanation:
        raise NotExplained(_unexplained(count.counted - drawer.expected, profile))
    row = _row(actor, drawer, count, explanation, session.get(AuditChain, 1))
    session.add(row)
    figures = ("opened_with", "taken", "expected", "counted", "left_in_drawer")
    changes: audit.Changes = {name: (None, getattr(row, name)) for name in figures}
    audit.record(session, actor, audit.CREATE, "drawer.closed", row, changes, days={day})
    return reading.get_close(session, actor, row.id)


def _lock(session: Session, actor: Actor, cashier_id: int) -> None:
    """The row that every payment of this cashier holds; and the own one, so that two who close each other's wait."""
    both = select(User.id).where(User.id.in_({cashier_id, actor.user_id})).order_by(User.id).with_for_update()
    if cashier_id not in session.scalars(both).all():
        raise NotFound("cashier", cashier_id)


def _refuse_impossible(count: Count, explanation: str, currency: str) -> None:
    known = {*denominations(currency), *([fields.CENT] if has_rest(currency) else [])}
    unknown = [f"{value:,f}" for value in count.pieces if value not in known]
    odd = [f"{value:,f}" for value, many in count.pieces.items() if type(many) is not int or many < 0]
    many = [f"{value:,f}" for value, many in count.pieces.items() if value != fields.CENT and many > _MOST_PIECES]
    check(
        unknown=say(
            "There is no note or coin of {unknown} in {currency}.", unknown=", ".join(unknown), currency=currency
        )
        if unknown
        else None,
        pieces=say("Notes and coins are counted whole, from 0 up: look at {odd}.", odd=", ".join(odd)) if odd else None,
        many=say("Nobody counts so many of {many}.", many=", ".join(many)) if many else None,
        explanation=fields.length_problem(explanation, say("The explanation"), 500),
        left_in_drawer=fields.money_problem(count.left_in_drawer, say("What stays in the drawer")),
        expected=fields.money_problem(count.expected.copy_abs(), say("What is expected")),
    )
    check(
        counted=fields.money_problem(count.counted, say("What was counted")),
        left_in_drawer=say("More stays in the drawer than was counted.")
        if count.left_in_drawer > count.counted
        else None,
    )


def _refuse_day(session: Session, drawer: Drawer, profile: Profile) -> None:
    if drawer.day > clock.today():
        raise TooEarlyToClose
    last = session.scalar(select(func.max(DayClose.closed_on)).where(DayClose.cashier_id == drawer.cashier_id))
    if drawer.close:
        raise AlreadyClosed(drawer.cashier, profile.day(drawer.day))
    if last and last > drawer.day:
        raise ClosedBeyond(drawer.cashier, profile.day(last))
    first = reading.since(session)
    earlier = reading.unclosed(session, first, drawer.cashier_id)[:1] if first else []
    if earlier and earlier[0].day < drawer.day:
        raise EarlierDayOpen(drawer.cashier, profile.day(earlier[0].day))


def _unexplained(difference: Decimal, profile: Profile) -> str:
    amount = profile.money(abs(difference))
    if difference > 0:
        return say("{amount} is too much. Say why, as far as it is known.", amount=amount)
    return say("{amount} is missing. Say why, as far as it is known.", amount=amount)


def _row(actor: Actor, drawer: Drawer, count: Count, explanation: str, chain: AuditChain | None) -> DayClose:
    return DayClose(
        cashier_id=drawer.cashier_id,
        closed_on=drawer.day,
        closed_at=clock.now(),
        closed_by_id=actor.user_id,
        opened_with=drawer.opened_with,
        taken=drawer.taken,
        expected=drawer.expected,
        counted=count.counted,
        left_in_drawer=count.left_in_drawer,
        denominations={f"{value:f}": many for value, many in count.pieces.items() if many},
        other_methods=to_jsonable_python(drawer.other_methods),
        explanation=explanation,
        audit_length=chain.length if chain else 0,
        audit_head=chain.head if chain else "",
    )
