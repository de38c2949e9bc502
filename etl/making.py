"""How documents are made, a batch at a time: again for those that changed, or all there are."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from core.analytics import store

Key = TypeVar("Key", int, str)
Made = TypeVar("Made")


def again(
    collection: str, ids: Iterable[Key], made: Callable[[list[Key]], Sequence[store.Document]], size: int = store.BATCH
) -> int:
    """Write the documents of these ids afresh, and take away those that are no more. Returns how many were written."""
    written = 0
    for batch in store.batches(sorted(set(ids)), size):
        documents = made(batch)
        written += store.put(collection, documents)
        store.remove(collection, set(batch) - {document["_id"] for document in documents})
    return written


def every(session: Session, ids: Select[int], made: Callable[[Sequence[int]], Made]) -> Iterator[Made]:
    """What is made of each batch of ids, which are streamed."""
    for batch in session.scalars(ids.execution_options(yield_per=store.BATCH)).partitions():
        yield made(batch)
