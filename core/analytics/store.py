"""The door to MongoDB. What is kept there stands in `documents`.

Everything in it is a copy that `etl` can make again from PostgreSQL. `_id` is the number of the fact that a document
states, so writing it twice changes nothing. Raises StoreUnavailable when MongoDB does not answer.
"""

import atexit
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from threading import Lock
from typing import Any, TypeVar, cast

from pymongo import DeleteOne, IndexModel, MongoClient, ReplaceOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, ConfigurationError, ConnectionFailure, ExecutionTimeout, OperationFailure

from core import stores
from core.errors import StoreUnavailable

Document = Mapping[str, Any]
T = TypeVar("T")

DATABASE = "qure"
BATCH = 1000  # documents sent or fetched at a time
# What is asked for by range. Each costs as much as the write itself, so there are no more than are used. (SecantusDB
# looks at every document for a range of `_id`.)
INDEXES: dict[str, list[str]] = {
    "audit_logs": ["timestamp"],
    "stock_movements": ["timestamp"],
    "visit_history": ["visit_date"],
    # {"state": "ISSUED"} finds those that are due; a refund may move money years after the bill
    "invoices": ["date", "state", "payments.date", "credit_notes.date"],
    "advances": ["date"],
    "day_closes": ["date"],
    "purchase_orders": ["date"],
    "waiting_times": ["date"],
    "daily_summaries": ["date"],
    "monthly_columns": ["date"],
    "monthly_summaries": ["date"],
    "monthly_prescribing": ["date"],
    "monthly_stock": ["date"],
    "stock_levels": [],
    "feed": [],
}

_CONNECT_MS = 2_000
_ANSWER_MS = 4_500  # a screen must never hang; this holds for an answer and what is tried again for it
_BULK_MS = 3_600_000  # emptying or sorting what holds years
_answer_ms: ContextVar[int | None] = ContextVar("answer_ms", default=None)  # where it is not the usual
_clients: dict[tuple[str, int], MongoClient[dict[str, Any]]] = {}
_opening = Lock()
_DUPLICATE, _UNAUTHORIZED, _WRONG_PASSWORD = 11000, 13, 18


class DocumentsRefused(RuntimeError):
    """A fault of ours, told without the documents: pymongo's own error quotes them, and this one is logged."""


def database() -> Database[dict[str, Any]]:
    """The address is asked for each time: an embedded server may come back on another port."""
    return _client(stores.addresses().mongo_url, _answer_ms.get() or _ANSWER_MS)[DATABASE]


@atexit.register
def close() -> None:
    """Let go of the server; the next use connects again."""
    while _clients:
        _clients.popitem()[1].close()


def put(collection: str, documents: Iterable[Document]) -> int:
    """Insert or replace by `_id`. Returns how many documents were written."""
    changes = [
        ReplaceOne(cast("dict[str, Any]", {"_id": document["_id"]}), cast("dict[str, Any]", document), upsert=True)
        for document in documents
    ]
    with answering():
        for batch in batches(changes):
            database()[collection].bulk_write(batch, ordered=False)
    return len(changes)


def add(collection: str, documents: Iterable[Document]) -> int:
    """As `put`, and four times as fast where most of the documents are new."""
    written = list(documents)
    with answering():
        for batch in batches(written):
            put(collection, _already_there(database()[collection], batch))
    return len(written)


def remove(collection: str, ids: Iterable[object]) -> None:
    """Ids that are not there do no harm."""
    changes = [DeleteOne({"_id": key}) for key in ids]
    with answering():
        for batch in batches(changes):
            database()[collection].bulk_write(batch, ordered=False)


def find(
    collection: str, where: Document | None = None, fields: Sequence[str] | None = None, sort: str | None = None
) -> Iterator[dict[str, Any]]:
    """Documents as they come, `sort` by one field. What `fields` does not name stays inside the server."""
    with answering():
        found = database()[collection].find(where or {}, fields, batch_size=BATCH)
        yield from found.sort(sort, 1) if sort else found


def start_afresh() -> None:
    """Empty collections with their indexes. Others in the same database are left alone."""
    with answering(), unhurried():
        for name, keys in INDEXES.items():
            database()[name].delete_many({})  # SecantusDB takes ten times as long to drop a collection that is full
            database().drop_collection(name)
            if keys:
                database()[name].create_indexes([IndexModel(key) for key in keys])


@contextmanager
def unhurried() -> Iterator[None]:
    """For jobs over everything there is: an answer may take an hour. That nobody is there is told at once all the same,
    which `pymongo.timeout` would wait for as well."""
    usual = _answer_ms.set(_BULK_MS)
    try:
        yield
    finally:
        _answer_ms.reset(usual)


@contextmanager
def answering() -> Iterator[None]:
    """What pymongo says of a server that is away, as a sentence; a mistake of ours stays one."""
    try:
        yield
    except (ConnectionFailure, ExecutionTimeout) as error:
        raise StoreUnavailable(
            "MongoDB, which keeps reports and history, cannot be reached. The clinic's work goes on and reports catch "
            "up when it is back; `qure status` tells more."
        ) from error
    except ConfigurationError as error:
        raise StoreUnavailable(f"MONGO_URL is not the address of a MongoDB: {error}.") from error
    except BulkWriteError as error:
        codes = sorted({problem["code"] for problem in (error.details or {}).get("writeErrors", [])})
        raise DocumentsRefused(f"MongoDB refused documents; its codes: {codes}.") from None
    except OperationFailure as error:
        if error.code not in (_UNAUTHORIZED, _WRONG_PASSWORD):
            raise
        raise StoreUnavailable("MongoDB refuses the user name or the password in MONGO_URL.") from error


def _already_there(collection: Collection[dict[str, Any]], batch: Sequence[Document]) -> list[Document]:
    """Insert the new ones; returns the others."""
    try:
        collection.insert_many(cast("Sequence[dict[str, Any]]", batch), ordered=False)
    except BulkWriteError as error:
        problems = (error.details or {}).get("writeErrors", [])
        if not problems or any(problem["code"] != _DUPLICATE for problem in problems):
            raise
        return [batch[problem["index"]] for problem in problems]
    return []


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _client(url: str, answer_ms: int) -> MongoClient[dict[str, Any]]:
    """One for the process and each patience. Those for an address that is no longer true are closed: they would keep
    on knocking there."""
    with _opening:
        if any(known != url for known, _ in _clients):
            close()
        if (url, answer_ms) not in _clients:
            _clients[url, answer_ms] = MongoClient(
                url,
                tz_aware=True,
                appname="qure",
                serverSelectionTimeoutMS=_CONNECT_MS,
                connectTimeoutMS=_CONNECT_MS,
                timeoutMS=answer_ms if answer_ms == _ANSWER_MS else None,
                socketTimeoutMS=answer_ms,
            )
        return _clients[url, answer_ms]
