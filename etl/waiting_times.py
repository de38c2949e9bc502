"""PostgreSQL tokens → MongoDB waiting_times: one document per clinic day, column by column."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from core import clock
from core.analytics import store
from core.analytics.documents import WaitingTimes, midnight
from core.models import Token, TokenState
from etl import making

COLLECTION = "waiting_times"
_DAYS_AT_ONCE = 100
Columns = Row[*tuple[Any, ...]]


def remake(session: Session, days: Iterable[date]) -> int:
    """Write these days afresh; a day on which nobody came has no document."""
    return making.again(COLLECTION, (day.isoformat() for day in days), partial(by_id, session), _DAYS_AT_ONCE)


def documents(session: Session) -> Iterator[list[WaitingTimes]]:
    days = session.scalars(select(Token.issued_on).distinct()).all()
    for batch in store.batches(sorted(days), _DAYS_AT_ONCE):
        yield by_day(session, batch)


def by_id(session: Session, ids: Iterable[str]) -> list[WaitingTimes]:
    return by_day(session, [date.fromisoformat(key) for key in ids])


def count(session: Session) -> int:
    return session.scalar(select(func.count(Token.issued_on.distinct()))) or 0


def by_day(session: Session, days: Sequence[date]) -> list[WaitingTimes]:
    """One statement, however many days."""
    columns = (Token.issued_on, Token.number, Token.doctor_id, Token.priority, Token.appointment_id, Token.state)
    times = (Token.issued_at, Token.called_at, Token.finished_at, Token.said_p50, Token.said_p90)
    tokens = select(*columns, *times).where(Token.issued_on.in_(days)).order_by(Token.issued_on, Token.number)
    of_day: dict[date, list[Columns]] = defaultdict(list)
    for token in session.execute(tokens):
        of_day[token.issued_on].append(token)
    return [_document(day, found) for day, found in of_day.items()]


def _document(day: date, tokens: Sequence[Columns]) -> WaitingTimes:
    starts = clock.day_bounds(day)[0]
    return {
        "_id": day.isoformat(),
        "date": midnight(day),
        "number": [token.number for token in tokens],
        "doctor": [token.doctor_id for token in tokens],
        "priority": [token.priority.value for token in tokens],
        "booked": [token.appointment_id is not None for token in tokens],
        "left": [token.state is TokenState.NO_SHOW for token in tokens],
        "arrived": [_minutes(starts, token.issued_at) for token in tokens],
        "called": [_minutes(starts, token.called_at) if token.called_at else None for token in tokens],
        "finished": [_minutes(starts, token.finished_at) if _was_seen(token) else None for token in tokens],
        "said_p50": [token.said_p50 for token in tokens],
        "said_p90": [token.said_p90 for token in tokens],
    }


def _was_seen(token: Columns) -> bool:
    """The end of a token that was called in vain is the end of no consultation."""
    return token.state is TokenState.FINISHED and token.finished_at is not None


def _minutes(since: datetime, until: datetime) -> float:
    return round((until - since).total_seconds() / 60, 1)
