"""Call the next patient or a certain one, and put back whoever was called by mistake."""

from datetime import date, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from core import audit, clock, users
from core.errors import Conflict
from core.models import Token, TokenState
from core.permissions import Actor, Permission, require
from core.token_queue import line
from core.token_queue.records import TokenCard, locked
from core.token_queue.steps import check_own, check_step, shown
from core.words import say

PUT_BACK_WITHIN = timedelta(minutes=1)


class StillServing(Conflict):
    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(say("Token {number} is still with this doctor. Finish or skip it first.", number=number))


class WaitsForAnother(Conflict):
    def __init__(self, number: int) -> None:
        super().__init__(say("Token {number} waits for another doctor. Transfer it first.", number=number))


class TokenOfAnotherDay(Conflict):
    def __init__(self, number: int) -> None:
        super().__init__(
            say("Token {number} was given out on another day. Give the patient a token of today.", number=number)
        )


class CalledTooLongAgo(Conflict):
    def __init__(self, number: int) -> None:
        super().__init__(say("Token {number} was called more than a minute ago. Skip it instead.", number=number))


def call_next(session: Session, actor: Actor, doctor_id: int) -> TokenCard | None:
    """Call whoever is next for a doctor: the own queue and those who wait for any doctor, by place.

    None if nobody waits. Raises StillServing while another token is with the doctor, and NotYourQueue.
    """
    require(actor, Permission.CALL_PATIENTS)
    check_own(actor, doctor_id)
    users.working_doctor(session, doctor_id, lock=True)
    day = clock.today()
    _refuse_two_at_once(session, day, doctor_id)
    token = _take_proposed(session, day, doctor_id) or _take_first(session, day, doctor_id)
    if token is None:
        return None
    audit.record(session, actor, audit.UPDATE, "token.called", token, {"state": (TokenState.WAITING, token.state)})
    return shown(session, token)


def call(session: Session, actor: Actor, token_id: int, doctor_id: int) -> TokenCard:
    """Call a certain patient, out of turn: a doctor decides who is seen. The trail keeps how many were passed over.

    One who was skipped and stands at the door may be called, too. Raises StillServing, WaitsForAnother,
    WrongTokenState, TokenOfAnotherDay and NotYourQueue.
    """
    require(actor, Permission.CALL_PATIENTS)
    check_own(actor, doctor_id)
    users.working_doctor(session, doctor_id, lock=True)
    token = locked(session, token_id)
    if token.issued_on != clock.today():
        raise TokenOfAnotherDay(token.number)
    if token.doctor_id not in {doctor_id, None}:
        raise WaitsForAnother(token.number)
    check_step(session, token, "called")
    _refuse_two_at_once(session, token.issued_on, doctor_id)
    passed_over = _earlier(session, token, doctor_id)
    changes = audit.assign(token, state=TokenState.CALLED, doctor_id=doctor_id, called_at=clock.now())
    audit.record(session, actor, audit.UPDATE, "token.called", token, {"passed_over": (None, passed_over), **changes})
    return shown(session, token)


def put_back(session: Session, actor: Actor, token_id: int) -> TokenCard:
    """Undo a call at once: the patient waits as before, at the same place, or is skipped as before.

    Raises CalledTooLongAgo, WrongTokenState, VisitOpen and NotYourQueue.
    """
    require(actor, Permission.CALL_PATIENTS)
    token = locked(session, token_id)
    check_own(actor, token.doctor_id)
    check_step(session, token, "put back")
    if token.called_at is None or clock.now() - token.called_at > PUT_BACK_WITHIN:
        raise CalledTooLongAgo(token.number)
    doctor_id = token.doctor_id
    waits_for = None if token.for_anyone else doctor_id
    before = TokenState.SKIPPED if token.skipped_at else TokenState.WAITING
    changes = audit.assign(token, state=before, doctor_id=waits_for, called_at=None)
    audit.record(session, actor, audit.UPDATE, "token.put_back", token, changes, days={token.issued_on})
    return shown(session, token, was_with=doctor_id)


def _refuse_two_at_once(session: Session, day: date, doctor_id: int) -> None:
    serving = select(Token.number).where(
        Token.issued_on == day, Token.doctor_id == doctor_id, Token.state == TokenState.CALLED
    )
    if number := session.scalar(serving):
        raise StillServing(number)


def _take_proposed(session: Session, day: date, doctor_id: int) -> Token | None:
    """Follow Redis until a proposal still holds. Each one leaves Redis, so this ends."""
    while (number := line.propose(day, doctor_id)) is not None:
        waiting = (Token.number == number, or_(Token.doctor_id == doctor_id, Token.doctor_id.is_(None)))
        if (token := session.scalars(_call(day, doctor_id).where(*waiting)).one_or_none()) is not None:
            return token
    return None


def _take_first(session: Session, day: date, doctor_id: int) -> Token | None:
    """The same order from PostgreSQL, for when Redis is away or knows nobody."""
    first = (
        select(Token.id)
        .where(
            Token.issued_on == day,
            Token.state == TokenState.WAITING,
            or_(Token.doctor_id == doctor_id, Token.doctor_id.is_(None)),
        )
        .order_by(Token.place, Token.number)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return session.scalars(_call(day, doctor_id).where(Token.id == first)).one_or_none()


def _call(day: date, doctor_id: int) -> ReturningUpdate[Token]:
    """The update that decides: only a token that is still waiting becomes called."""
    return (
        update(Token)
        .where(Token.issued_on == day, Token.state == TokenState.WAITING)
        .values(state=TokenState.CALLED, doctor_id=doctor_id, called_at=clock.now())
        .returning(Token)
        .execution_options(populate_existing=True)
    )


def _earlier(session: Session, token: Token, doctor_id: int) -> int:
    """How many wait for this doctor, or for anyone, with an earlier place."""
    return session.scalars(
        select(func.count())
        .select_from(Token)
        .where(
            Token.issued_on == token.issued_on,
            Token.state == TokenState.WAITING,
            or_(Token.doctor_id == doctor_id, Token.doctor_id.is_(None)),
            Token.place < token.place,
        )
    ).one()
