"""PostgreSQL advances → MongoDB advances, one document for each entry of the ledger."""

from collections.abc import Iterable, Iterator
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.analytics.documents import AdvanceDocument, midnight, money
from core.models import Advance
from etl import making

COLLECTION = "advances"


def remake(session: Session, ids: Iterable[int]) -> int:
    return making.again(COLLECTION, ids, partial(by_id, session))


def documents(session: Session) -> Iterator[list[AdvanceDocument]]:
    every = select(Advance.id).order_by(Advance.id)
    return making.every(session, every, partial(by_id, session))


def by_id(session: Session, ids: Iterable[int]) -> list[AdvanceDocument]:
    rows = session.scalars(select(Advance).where(Advance.id.in_(list(ids))).order_by(Advance.id))
    return [
        {
            "_id": row.id,
            "date": midnight(row.moved_on),
            "patient_id": row.patient_id,
            "reason": row.reason.value,
            "method": row.method.value if row.method else None,
            "change": money(row.change),
        }
        for row in rows
    ]


def count(session: Session) -> int:
    return session.scalar(select(func.count(Advance.id))) or 0
