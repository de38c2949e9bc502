"""Documents that MongoDB refuses are set aside and told, so that one of them does not keep the next ones.

They are tried again every hour, with every check and with every rebuild, and the row goes when MongoDB has taken the
document: by then it may say something else, the index that refused it may be gone, or the server may be a newer one.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock
from core.analytics import store
from core.models import SetAside

AGAIN = timedelta(hours=1)
_AT_ONCE = 100  # of those that are tried again


def note(session: Session, refused: Iterable[store.Refused]) -> None:
    for one in refused:
        told = {"problem": one.problem, "set_aside_at": clock.now()}
        row = insert(SetAside).values(collection=one.collection, document_id=str(one.key), **told)
        session.execute(row.on_conflict_do_update(index_elements=["collection", "document_id"], set_=told))


def forget(session: Session) -> None:
    """Everything is made again."""
    session.execute(delete(SetAside))


def every(session: Session) -> list[SetAside]:
    return list(session.scalars(select(SetAside).order_by(SetAside.collection, SetAside.id)))


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(SetAside)) or 0


def try_again(session: Session, sources: Sequence[Any], rest: timedelta = AGAIN) -> None:
    """Those that have waited so long; `sources` are the modules that make documents."""
    makers = {source.COLLECTION: source for source in sources}
    waited = select(SetAside).where(SetAside.set_aside_at <= clock.now() - rest)
    for row in session.scalars(waited.order_by(SetAside.set_aside_at).limit(_AT_ONCE)).all():
        _try(session, makers, row)


def _try(session: Session, makers: dict[str, Any], row: SetAside) -> None:
    if row.collection not in makers:  # an older Qure made it; nobody makes or reads it any more
        session.delete(row)
        session.flush()
        return
    key = int(row.document_id) if row.document_id.isdigit() else row.document_id
    made = makers[row.collection].by_id(session, [key])
    with store.going_on() as refused:
        store.put(row.collection, made)
        if not made:
            store.remove(row.collection, [key])
        if row.collection == "daily_summaries":  # months are packed from what MongoDB has of them
            store.put("monthly_columns", makers["monthly_columns"].by_id(session, [row.document_id[:7]]))
    if not any((one.collection, one.key) == (row.collection, key) for one in refused):
        session.delete(row)
        session.flush()
    note(session, refused)
