"""PostgreSQL day_closes → MongoDB day_closes, one document for each drawer that was closed."""

from collections.abc import Iterable, Iterator
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.analytics.documents import DayCloseDocument, midnight, money
from core.models import DayClose
from etl import making

COLLECTION = "day_closes"


def remake(session: Session, ids: Iterable[int]) -> int:
    return making.again(COLLECTION, ids, partial(by_id, session))


def documents(session: Session) -> Iterator[list[DayCloseDocument]]:
    every = select(DayClose.id).order_by(DayClose.id)
    return making.every(session, every, partial(by_id, session))


def by_id(session: Session, ids: Iterable[int]) -> list[DayCloseDocument]:
    rows = session.scalars(select(DayClose).where(DayClose.id.in_(list(ids))).order_by(DayClose.id))
    return [
        {
            "_id": row.id,
            "date": midnight(row.closed_on),
            "cashier_id": row.cashier_id,
            "opened_with": money(row.opened_with),
            "taken": money(row.taken),
            "expected": money(row.expected),
            "counted": money(row.counted),
            "left_in_drawer": money(row.left_in_drawer),
        }
        for row in rows
    ]


def count(session: Session) -> int:
    return session.scalar(select(func.count(DayClose.id))) or 0
