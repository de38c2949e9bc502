"""MongoDB from nothing: drop what is there and make it again from PostgreSQL.

What waits to be relayed is linked to the audit chain and marked first, all of it in bulk; then each document is written
once. Rows are streamed, so memory stays level however many years there are. It may be interrupted at any moment: the
marks are part of the same transaction and go with it, and until it has come to its end `feed` says that MongoDB is not
whole, so that whoever feeds it next begins again.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Protocol, cast

from sqlalchemy.orm import Session
from tqdm import tqdm

from core import clock, db
from core.analytics import store
from etl import (
    advances,
    audit_logs,
    daily_summaries,
    day_closes,
    feed,
    invoices,
    lock,
    monthly_columns,
    monthly_prescribing,
    monthly_stock,
    monthly_summaries,
    purchase_orders,
    set_aside,
    stock_levels,
    stock_movements,
    visit_history,
    waiting_times,
)


class Collection(Protocol):
    """What each collection's module offers: everything it keeps, and how much that is."""

    COLLECTION: str

    def documents(self, session: Session) -> Iterator[Sequence[store.Document]]: ...
    def by_id(self, session: Session, ids: object) -> Sequence[store.Document]: ...
    def count(self, session: Session) -> int: ...


COLLECTIONS = cast(
    "list[Collection]",
    [
        *(audit_logs, stock_movements, visit_history, invoices, advances, day_closes, purchase_orders, waiting_times),
        *(daily_summaries, monthly_columns, monthly_summaries, monthly_prescribing, monthly_stock, stock_levels),
    ],
)


def run(progress: bool = False) -> dict[str, int]:
    """Returns how many documents each collection holds now. Raises OtherAtWork."""
    with db.transaction() as session, store.unhurried():
        lock.wait(session)
        store.start_afresh()
        feed.write(session, None, whole=False)
        began = clock.now()
        _watched("linking", audit_logs.waiting(session), audit_logs.link_waiting(session), progress)
        _watched("marking", stock_movements.waiting(session), stock_movements.mark_waiting(session), progress)
        with store.going_on() as refused:
            written = {
                each.COLLECTION: _watched(each.COLLECTION, each.count(session), _filled(session, each), progress)
                for each in COLLECTIONS
            }
        set_aside.forget(session)
        set_aside.note(session, refused)
        feed.write(session, began, whole=True)
    return written


def _filled(session: Session, source: Collection) -> Iterator[int]:
    """One batch is written while the next is read; tells how many after each."""
    with ThreadPoolExecutor(1, "qure-etl-write") as writer:
        writing: Future[int] | None = None
        for batch in source.documents(session):
            if writing:
                yield writing.result()
            writing = writer.submit(copy_context().run, store.add, source.COLLECTION, batch)
        if writing:
            yield writing.result()


def _watched(what: str, total: int, batches: Iterator[int], progress: bool) -> int:
    done = 0
    with tqdm(total=total, desc=what, unit=" rows", disable=None if progress else True) as bar:
        for number in batches:
            done += number
            bar.update(number)
    return done
