"""MongoDB from nothing: drop what is there and make it again from PostgreSQL.

What waits to be relayed is left to the relay, so nothing is written twice and the chain goes on where it was. Rows are
streamed, so memory stays level however many years there are. It may be interrupted at any moment: until it has come
to its end, `feed` says that MongoDB is not whole, and whoever feeds it next begins again.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol, cast

from sqlalchemy.orm import Session
from tqdm import tqdm

from core import db
from core.analytics import store
from etl import (
    audit_logs,
    daily_summaries,
    feed,
    invoices,
    lock,
    monthly_stock,
    monthly_summaries,
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
        *(audit_logs, stock_movements, visit_history, invoices, waiting_times),
        *(daily_summaries, monthly_summaries, monthly_stock, stock_levels),
    ],
)


def run(progress: bool = False) -> dict[str, int]:
    """Returns how many documents each collection holds now. Raises OtherAtWork."""
    with db.transaction() as session:
        lock.wait(session)
        store.start_afresh()
        feed.write(session, None, whole=False)
        written = {source.COLLECTION: _fill(session, source, progress) for source in COLLECTIONS}
        feed.write(session, None, whole=True)
    return written


def _fill(session: Session, source: Collection, progress: bool) -> int:
    written = 0
    with tqdm(
        total=source.count(session), desc=source.COLLECTION, unit=" documents", disable=None if progress else True
    ) as bar:
        for batch in source.documents(session):
            written += store.add(source.COLLECTION, batch)
            bar.update(len(batch))
    return written
