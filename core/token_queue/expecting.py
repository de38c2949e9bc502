"""What to expect of the queue as it stands now: one query more, whatever its length. Nobody is named.

A doctor is at work who has called somebody today, or usually works at this hour of this weekday and is not on leave
now. Whoever calls while leave lasts is at work all the same.
Where nothing can be said (no history, no doctor at work, an unreadable model) nothing is said.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.models import Absence, Doctor, Token, TokenState, User, WaitModel
from core.permissions import Actor, Permission, require
from core.token_queue.forecast import Model, Range, free_from, reckoned, said
from core.token_queue.learning import restored, wall_minutes
from core.token_queue.records import TokenCard

log = logging.getLogger(__name__)
_Key = TypeVar("_Key")

_STILL_HERE = 60.0  # minutes after a call, past the usual hours


@dataclass(frozen=True)
class Coverage:
    """Of so many waits of the last four weeks for which something was said, how many were no longer than that."""

    said: int
    within_p50: int
    within_p90: int


@dataclass(frozen=True)
class Expected:
    """Minutes from now: of those who wait by token number, and of somebody who comes now by doctor (None: whoever is
    free first)."""

    tokens: Mapping[int, Range] = field(default_factory=dict)
    newcomers: Mapping[int | None, Range] = field(default_factory=dict)
    coverage: Coverage | None = None


@dataclass(frozen=True)
class InLine:
    """A token that waits for a doctor (None: whoever is free first), or was called at `called_at`."""

    number: int
    doctor_id: int | None
    called_at: datetime | None = None


def in_line(number: int, doctor_id: int | None, state: TokenState, called_at: datetime | None) -> InLine:
    """Somebody who waits again after being called and skipped is not in a room."""
    return InLine(number, doctor_id, called_at if state is TokenState.CALLED else None)


def expected_waits(session: Session, actor: Actor, board: Sequence[TokenCard]) -> Expected:
    """For the whole board, as `board` gives it."""
    require(actor, Permission.SEE_QUEUE)
    in_it = [card for card in board if card.state in {TokenState.CALLED, TokenState.WAITING}]
    return expected(session, [in_line(card.number, card.doctor_id, card.state, card.called_at) for card in in_it])


def expected(session: Session, line: Sequence[InLine]) -> Expected:
    """`line` in the order of places."""
    found = _known(session)
    if found is None:
        return Expected()
    known, coverage = found
    if not known.model.curve:
        return Expected(coverage=coverage)
    day, model = clock.today(), known.model
    now, weekday = wall_minutes(day, clock.now()), day.weekday()
    rooms = {one.doctor_id: wall_minutes(day, one.called_at) for one in line if one.called_at}
    free = {doctor: free_from(model, doctor, now, rooms.get(doctor)) for doctor in _at_work(known, weekday, now)}
    waiting = [one for one in line if one.called_at is None]
    reckoning = reckoned(model, weekday, free, [one.doctor_id for one in waiting])
    calls = {one.number: call for one, call in zip(waiting, reckoning.calls, strict=True)}
    ready: dict[int | None, float | None] = {doctor: minute for doctor, minute in reckoning.ready.items()}
    ready[None] = min(reckoning.ready.values(), default=None)
    return Expected(_ranges(model, calls, now), _ranges(model, ready, now), coverage)


def expected_at(session: Session, place: datetime, doctor_id: int | None) -> Range | None:
    """What to say to somebody who is given a token with this place."""
    rows = session.execute(
        select(Token.number, Token.doctor_id, Token.state, Token.called_at)
        .where(Token.issued_on == clock.today())
        .where((Token.state == TokenState.CALLED) | (Token.state == TokenState.WAITING) & (Token.place <= place))
        .order_by(Token.place, Token.number)
    )
    return expected(session, [in_line(*row) for row in rows]).newcomers.get(doctor_id)


@dataclass(frozen=True)
class _Known:
    """`here`: doctors who work here. By doctor, as minutes of today: `away` where leave lasts now, since when, and
    `last_calls`."""

    model: Model
    here: frozenset[int]
    away: Mapping[int, float]
    last_calls: Mapping[int, float]


def _known(session: Session) -> tuple[_Known, Coverage] | None:
    """In one query. None before anything was learned."""
    today = clock.today()
    wall = clock.local(clock.now()).time()
    away = select(
        func.jsonb_object_agg(Absence.doctor_id, func.coalesce(func.extract("epoch", Absence.starts) / 60, 0))
    ).where(
        *(Absence.first_on <= today, Absence.last_on >= today),
        (Absence.starts.is_(None)) | (Absence.starts <= wall) & (Absence.ends > wall),
    )
    here = select(func.array_agg(Doctor.user_id)).join(User).where(User.disabled_at.is_(None))
    calls = (
        select(Token.doctor_id, func.max(Token.called_at).label("at"))
        .where(Token.issued_on == today, Token.called_at.is_not(None), Token.doctor_id.is_not(None))
        .group_by(Token.doctor_id)
        .subquery()
    )
    last_calls = select(func.jsonb_object_agg(calls.c.doctor_id, func.extract("epoch", calls.c.at)))
    columns = (WaitModel.model, *(part.scalar_subquery() for part in (here, away, last_calls)))
    measure = (WaitModel.said, WaitModel.within_p50, WaitModel.within_p90)
    row = session.execute(select(*columns, *measure).order_by(WaitModel.learned_on.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    dump, doctors, leave, seconds, *measured = row
    try:
        model = restored(dump)
    except ValidationError:
        log.warning("What was learned of waits is not readable: nothing is said until the next night.")
        model = Model(0.0)
    last = {int(doctor): wall_minutes(today, datetime.fromtimestamp(at, UTC)) for doctor, at in (seconds or {}).items()}
    since = {int(doctor): float(minute) for doctor, minute in (leave or {}).items()}
    return _Known(model, frozenset(doctors or ()), since, last), Coverage(*measured)


def _at_work(known: _Known, weekday: int, now: float) -> list[int]:
    """Of two who are free at the same time the first is taken: by number, so that a board does not flicker."""
    return [
        doctor for doctor in sorted(known.here | known.last_calls.keys()) if _is_at_work(known, doctor, weekday, now)
    ]


def _is_at_work(known: _Known, doctor: int, weekday: int, now: float) -> bool:
    usual, last = known.model.hours.get(doctor, {}).get(weekday), known.last_calls.get(doctor)
    if doctor in known.away and (last is None or last < known.away[doctor]):
        return False
    if last is not None:
        return usual is None or now <= max(usual.until, last + _STILL_HERE)
    return usual is not None and doctor in known.here and now <= usual.until


def _ranges(model: Model, minutes: Mapping[_Key, float | None], now: float) -> dict[_Key, Range]:
    """`minutes` of the day at which somebody is called."""
    found = {key: said(model, None if minute is None else minute - now) for key, minute in minutes.items()}
    return {key: expected for key, expected in found.items() if expected is not None}
