"""Look at the queue: the desk's board with names, and the waiting room's with numbers only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from core import clock
from core.errors import NotFound
from core.models import OPEN_TOKEN_STATES, Doctor, Token, TokenState, User
from core.permissions import Actor, Permission, require
from core.token_queue.expecting import expected, expected_waits, in_line
from core.token_queue.forecast import Range
from core.token_queue.records import TokenCard, cards, to_card

_STAGE = {TokenState.CALLED: 0, TokenState.WAITING: 1, TokenState.SKIPPED: 2}


@dataclass(frozen=True)
class NowCalling:
    number: int
    room: str
    doctor_name: str
    rung_at: datetime  # called, or called again


@dataclass(frozen=True)
class PublicBoard:
    """What the waiting room may see: no patient is named. `calling` newest first, `waiting` numbers in order.

    `expected`: of those numbers of which it can be said, in how many minutes they will be called.
    """

    calling: tuple[NowCalling, ...]
    waiting: tuple[int, ...]
    expected: Mapping[int, Range] = field(default_factory=dict)


@dataclass(frozen=True)
class Awaited(TokenCard):
    """A token of the board; `expected`, if anything can be said: in how many minutes from now it will be called."""

    expected: Range | None = None


def list_of_patient(session: Session, actor: Actor, patient_id: int, limit: int = 20) -> list[TokenCard]:
    """When somebody came, the last time first; today's among them."""
    require(actor, Permission.SEE_QUEUE)
    latest = cards().where(Token.patient_id == patient_id).order_by(Token.id.desc()).limit(limit)
    return [to_card(row) for row in session.execute(latest)]


def board(session: Session, actor: Actor, doctor_id: int | None = None) -> list[TokenCard]:
    """Today's open tokens: called, then waiting in the order they will be called, then skipped.

    With a doctor, only those who wait for this doctor or for whoever is free first.
    """
    require(actor, Permission.SEE_QUEUE)
    rows = [to_card(row) for row in session.execute(_open_today(), {"day": clock.today()})]
    if doctor_id is not None:
        rows = [card for card in rows if card.doctor_id in {doctor_id, None}]
    return sorted(rows, key=lambda card: _STAGE[card.state])


@cache
def _open_today() -> Select[*tuple[object, ...]]:
    """Made once: every screen with a queue asks it every few seconds."""
    today = cards().where(Token.issued_on == bindparam("day"), Token.state.in_(OPEN_TOKEN_STATES))
    return today.order_by(Token.place, Token.number)


def waits(session: Session, actor: Actor, doctor_id: int | None = None) -> list[Awaited]:
    """The board, with what to expect of it. Two queries."""
    require(actor, Permission.SEE_QUEUE)
    every = board(session, actor)
    told = expected_waits(session, actor, every).tokens  # those ahead count, whoever they wait for
    shown = every if doctor_id is None else [card for card in every if card.doctor_id in {doctor_id, None}]
    return [Awaited(*vars(card).values(), told.get(card.number)) for card in shown]  # type: ignore[call-arg]


def list_seen(session: Session, actor: Actor, limit: int = 12) -> list[TokenCard]:
    """Who has been seen today, newest first."""
    require(actor, Permission.SEE_QUEUE)
    seen = cards().where(Token.issued_on == clock.today(), Token.state == TokenState.FINISHED)
    rows = session.execute(seen.order_by(Token.finished_at.desc(), Token.id.desc()).limit(limit))
    return [to_card(row) for row in rows]


def get(session: Session, actor: Actor, token_id: int) -> TokenCard:
    require(actor, Permission.SEE_QUEUE)
    row = session.execute(cards().where(Token.id == token_id)).one_or_none()
    if row is None:
        raise NotFound("token", token_id)
    return to_card(row)


def public_board(session: Session) -> PublicBoard:
    """For a screen that nobody signs in to. Two queries."""
    rows = session.execute(
        select(
            *(Token.number, Token.state, Token.doctor_id, Token.called_at, Doctor.room, User.name),
            func.greatest(Token.called_at, Token.recalled_at).label("rung_at"),
        )
        .outerjoin(Doctor, Doctor.user_id == Token.doctor_id)
        .outerjoin(User, User.id == Doctor.user_id)
        .where(Token.issued_on == clock.today(), Token.state.in_([TokenState.CALLED, TokenState.WAITING]))
        .order_by(Token.place, Token.number)
    ).all()
    calling = [
        NowCalling(row.number, row.room or "", row.name or "", row.rung_at)
        for row in rows
        if row.state is TokenState.CALLED
    ]
    newest_first = sorted(calling, key=lambda called: called.rung_at, reverse=True)
    waiting = tuple(row.number for row in rows if row.state is TokenState.WAITING)
    line = [in_line(row.number, row.doctor_id, row.state, row.called_at) for row in rows]
    return PublicBoard(tuple(newest_first), waiting, expected(session, line).tokens if waiting else {})
