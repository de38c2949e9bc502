"""What to expect of the queue as it stands now: one query more, whatever its length. Nobody is named.

A doctor is at work who has called somebody today, or usually works at this hour of this weekday and is not on leave
now. Whoever calls while leave lasts is at work all the same.
Where nothing can be said (no history, no doctor at work, an unreadable model) nothing is said.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import Date, DateTime, Row, Select, Time, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from core import clock
from core.models import Absence, Doctor, Token, TokenState, User, WaitModel
from core.permissions import Actor, Permission, require
from core.token_queue.forecast import Model, Range, Reckoning, Wanted, free_from, reckoned, said
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
    row = _asked(session, _clinic())
    known = _known(row)
    if row is None or known is None:
        return Expected()
    coverage = Coverage(row.said, row.within_p50, row.within_p90)
    if not known.model.curve:
        return Expected(coverage=coverage)
    day, model = clock.today(), known.model
    now = wall_minutes(day, clock.now())
    rooms = {one.doctor_id: wall_minutes(day, one.called_at) for one in line if one.doctor_id and one.called_at}
    waiting = [one for one in line if one.called_at is None]
    reckoning = _reckoned(known, rooms, [one.doctor_id for one in waiting], now)
    calls = {one.number: call for one, call in zip(waiting, reckoning.calls, strict=True)}
    ready: dict[int | None, float | None] = {doctor: minute for doctor, minute in reckoning.ready.items()}
    ready[None] = min(reckoning.ready.values(), default=None)
    return Expected(_ranges(model, calls, now), _ranges(model, ready, now), coverage)


def expected_at(session: Session, place: datetime, doctor_id: int | None) -> Range | None:
    """What to say to somebody who is given a token with this place."""
    row = _asked(session, _clinic_and_queue(), place=place)
    known = _known(row)
    if row is None or known is None:
        return None
    now = wall_minutes(clock.today(), clock.now())
    ready = _reckoned(known, _wall_minutes(row.rooms), row.waiting or (), now).ready
    minute = ready.get(doctor_id) if doctor_id is not None else min(ready.values(), default=None)
    return said(known.model, None if minute is None else minute - now)


@dataclass(frozen=True)
class _Known:
    """`here`: doctors who work here. By doctor, as minutes of today: `away` where leave lasts now, since when, and
    `last_calls`."""

    model: Model
    here: frozenset[int]
    away: Mapping[int, float]
    last_calls: Mapping[int, float]


@cache
def _clinic() -> Select[*tuple[Any, ...]]:
    """What was learned, and who is here today. Made once: to make it takes longer than PostgreSQL takes to answer."""
    today, wall = bindparam("today", type_=Date), bindparam("wall", type_=Time)
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
    parts = {"here": here, "away": away, "last_calls": last_calls}
    columns = (WaitModel.model, *(part.scalar_subquery().label(name) for name, part in parts.items()))
    measure = (WaitModel.said, WaitModel.within_p50, WaitModel.within_p90)
    return select(*columns, *measure).order_by(WaitModel.learned_on.desc()).limit(1)


@cache
def _clinic_and_queue() -> Select[*tuple[Any, ...]]:
    """The same with whom those ahead of a place wait for, in the order of places, and who was called when."""
    called, waiting = Token.state == TokenState.CALLED, Token.state == TokenState.WAITING
    line = (
        select(
            func.array_agg(aggregate_order_by(Token.doctor_id, Token.place, Token.number))
            .filter(waiting)
            .label("waiting"),
            func.jsonb_object_agg(Token.doctor_id, func.extract("epoch", Token.called_at))
            .filter(called, Token.doctor_id.is_not(None))
            .label("rooms"),
        )
        .where(Token.issued_on == bindparam("today", type_=Date))
        .where(called | waiting & (Token.place <= bindparam("place", type_=DateTime(timezone=True))))
        .subquery()
    )
    return _clinic().add_columns(line.c.waiting, line.c.rooms).join_from(WaitModel, line, true())


def _asked(session: Session, question: Select[*tuple[Any, ...]], **values: object) -> Row[*tuple[Any, ...]] | None:
    """None before anything was learned."""
    asked = {"today": clock.today(), "wall": clock.local(clock.now()).time(), **values}
    return session.execute(question, asked).one_or_none()


def _known(row: Row[*tuple[Any, ...]] | None) -> _Known | None:
    if row is None:
        return None
    try:
        model = restored(row.model)
    except ValidationError:
        log.warning("What was learned of waits is not readable: nothing is said until the next night.")
        model = Model(0.0)
    since = {int(doctor): float(minute) for doctor, minute in (row.away or {}).items()}
    return _Known(model, frozenset(row.here or ()), since, _wall_minutes(row.last_calls))


def _wall_minutes(seconds: Mapping[str, float] | None) -> dict[int, float]:
    """By doctor, of moments that came as JSON."""
    today = clock.today()
    moments = {int(doctor): datetime.fromtimestamp(at, UTC) for doctor, at in (seconds or {}).items()}
    return {doctor: wall_minutes(today, at) for doctor, at in moments.items()}


def _reckoned(known: _Known, rooms: Mapping[int, float], waiting: Iterable[Wanted], now: float) -> Reckoning:
    """`rooms`: since which minute a doctor has had somebody in."""
    weekday, model = clock.today().weekday(), known.model
    free = {doctor: free_from(model, doctor, now, rooms.get(doctor)) for doctor in _at_work(known, weekday, now)}
    return reckoned(model, weekday, free, waiting)


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
