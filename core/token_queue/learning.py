"""Every night the clinic learns from its own waits, and measures what it said. The system does it, no actor."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock
from core.models import Token, TokenState, WaitModel
from core.token_queue.forecast import Model
from core.token_queue.lessons import Day, Wait, learned

LEARNS_FROM = timedelta(days=90)
MEASURED = timedelta(days=28)
_MODEL = TypeAdapter(Model)


def learn_if_due(session: Session) -> bool:
    """Learn up to yesterday, unless that is done. Whether anything was written."""
    yesterday = clock.today() - timedelta(days=1)
    newest = session.scalar(select(func.max(WaitModel.learned_on)))
    return (newest is None or newest < yesterday) and learn(session, yesterday)


def learn(session: Session, day: date) -> bool:
    """Learn from the last days up to this one. Of two processes one writes; whether this one did."""
    days = past_days(session, day)
    if not days:
        return False
    model, waits = learned(days)
    values = {
        "learned_on": day,
        "learned_at": clock.now(),
        "waits": waits,
        "model": dumped(model),
        **_measured(session, day),
    }
    written = insert(WaitModel).values(**values).on_conflict_do_nothing().returning(WaitModel.learned_on)
    return session.scalar(written) is not None


def past_days(session: Session, last: date) -> list[Day]:
    """The days up to this one that can be learned from, oldest first."""
    rows = session.execute(
        select(
            Token.issued_on,
            Token.issued_at,
            Token.place,
            Token.doctor_id,
            Token.for_anyone,
            Token.state,
            Token.called_at,
            Token.finished_at,
        )
        .where(Token.issued_on > last - LEARNS_FROM, Token.issued_on <= last)
        .order_by(Token.issued_on, Token.issued_at)
    )
    return [_day(day, tokens) for day, tokens in groupby(rows, key=lambda row: row.issued_on)]


def wall_minutes(day: date, moment: datetime) -> float:
    """Minutes since midnight on the wall clock of a clinic day."""
    # Counted from six in the morning: clocks are put forward and back before that.
    return 360 + (moment - clock.at(day, time(6))).total_seconds() / 60


def dumped(model: Model | None) -> dict[str, Any]:
    """As JSON; {} for none."""
    found: dict[str, Any] = _MODEL.dump_python(model, mode="json") if model else {}
    return found


def restored(model: Mapping[str, Any]) -> Model:
    """One that says nothing for {}. Raises pydantic's ValidationError."""
    return _MODEL.validate_python(model) if model else Model(0.0)


def _day(day: date, tokens: Iterable[Row[*tuple[Any, ...]]]) -> Day:
    six = clock.at(day, time(6))

    def minute(moment: datetime) -> float:
        return 360 + (moment - six).total_seconds() / 60

    waits = []
    for row in tokens:
        ended = row.finished_at
        if ended is None and row.state is not TokenState.WAITING:  # skipped, or left open in the evening
            ended = row.called_at or row.issued_at
        issued, place = minute(row.issued_at), minute(row.place)
        called, over = (None if moment is None else minute(moment) for moment in (row.called_at, ended))
        waits.append(Wait(issued, place, row.doctor_id, row.for_anyone, called, over))
    return Day(day.weekday(), waits)


def _measured(session: Session, day: date) -> dict[str, int]:
    """How many waits of the last four weeks were no longer than what was said."""
    waited = func.extract("epoch", Token.called_at - Token.issued_at) / 60
    row = session.execute(
        select(
            func.count(),
            func.count().filter(waited <= Token.said_p50),
            func.count().filter(waited <= Token.said_p90),
        ).where(
            Token.issued_on > day - MEASURED,
            Token.issued_on <= day,
            Token.said_p90.is_not(None),
            Token.called_at.is_not(None),
        )
    ).one()
    return dict(zip(("said", "within_p50", "within_p90"), row, strict=True))
