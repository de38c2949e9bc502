"""The door to MongoDB. What is kept there stands in `documents`.

Everything in it is a copy that `etl` can make again from PostgreSQL. `_id` is the number of the fact that a document
states, so writing it twice changes nothing. Raises StoreUnavailable when MongoDB does not answer.
"""

import atexit
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple, TypeVar, cast

from bson.errors import InvalidDocument
from pymongo import DeleteOne, IndexModel, MongoClient, ReplaceOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError, ConfigurationError, ConnectionFailure, ExecutionTimeout, OperationFailure

from core import stores
from core.analytics.counting import Listener
from core.config import settings
from core.errors import StoreUnavailable
from core.words import later, say

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
# pymongo asks every server now and then whether it is there, waits as long for that as for a connection, and cuts off
# whatever is under way when no answer comes ("operation cancelled"). SecantusDB answers nobody while it counts or
# empties a large collection.
_BULK_CONNECT_MS = 300_000
_answer_ms: ContextVar[int | None] = ContextVar("answer_ms", default=None)  # where it is not the usual
_clients: dict[tuple[str, int], MongoClient[dict[str, Any]]] = {}
_opening = Lock()
_DUPLICATE, _UNAUTHORIZED, _WRONG_PASSWORD = 11000, 13, 18
_OUT_OF_ORDER = {1, 14031}  # an internal error, which is what SecantusDB makes of a full disk; a full disk
_IS_OUT_OF_ORDER = later(
    "MongoDB, which keeps reports and history, is out of order: its disk may be full. The clinic's work goes on and "
    "reports catch up when there is room."
)
# What is wrong with one document, and not with the server: told in our words, for MongoDB's quote the document.
_OF_ONE_DOCUMENT = {
    **dict.fromkeys((2, 9, 14, 52, 57, 22), "a field in it has a name or a value that MongoDB does not take"),
    **dict.fromkeys((10334, 17280, 17419, 17420), "it is too large"),
    _DUPLICATE: "a unique index has a value of it already",
    121: "it does not fit the rules set for its collection",
}
_refused: ContextVar["list[Refused] | None"] = ContextVar("refused", default=None)


class Refused(NamedTuple):
    """A document that MongoDB does not take, by its `_id`."""

    collection: str
    key: Any
    problem: str


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
    """Insert or replace by `_id`. Returns how many documents were given."""
    given = list(documents)
    with answering():
        for batch in batches(given):
            _write(collection, batch, _replace)
    return len(given)


def add(collection: str, documents: Iterable[Document]) -> int:
    """As `put`, and four times as fast where most of the documents are new."""
    given = list(documents)
    with answering():
        for batch in batches(given):
            _write(collection, batch, _insert)
    return len(given)


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


def count(collection: str) -> int:
    """Exactly. Without the index MongoDB tells what it believes, which a crash may have left wrong."""
    with answering():
        return int(database().command("count", collection, query={}, hint="_id_")["n"])


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
    """For jobs over everything there is: an answer may take an hour, and the server may be deaf for minutes. That
    nobody is there is told at once all the same, which `pymongo.timeout` would wait for as well."""
    usual = _answer_ms.set(_BULK_MS)
    try:
        yield
    finally:
        _answer_ms.reset(usual)


@contextmanager
def going_on() -> Iterator[list[Refused]]:
    """Documents that are refused are collected, and the others are written. Elsewhere the first one raises."""
    collected: list[Refused] = []
    usual = _refused.set(collected)
    try:
        yield collected
    finally:
        _refused.reset(usual)


@contextmanager
def answering() -> Iterator[None]:
    """What pymongo says of a server that is away, as a sentence; a mistake of ours stays one."""
    try:
        yield
    except (ConnectionFailure, ExecutionTimeout) as error:
        raise StoreUnavailable(
            say(
                "MongoDB, which keeps reports and history, cannot be reached. The clinic's work goes on and reports "
                "catch up when it is back; `qure status` tells more."
            )
        ) from error
    except ConfigurationError as error:
        raise StoreUnavailable(say("MONGO_URL is not the address of a MongoDB: {error}.", error=error)) from error
    except BulkWriteError as error:
        codes = sorted({problem["code"] for problem in _problems(error)})
        if _OUT_OF_ORDER.intersection(codes):
            raise StoreUnavailable(say(_IS_OUT_OF_ORDER)) from None
        raise DocumentsRefused(f"MongoDB refused documents; its codes: {codes}.") from None
    except OperationFailure as error:
        if error.code in _OUT_OF_ORDER:
            raise StoreUnavailable(say(_IS_OUT_OF_ORDER)) from error
        if error.code not in (_UNAUTHORIZED, _WRONG_PASSWORD):
            raise
        raise StoreUnavailable(say("MongoDB refuses the user name or the password in MONGO_URL.")) from error


def _write(collection: str, batch: list[Document], write: Callable[[str, list[Document]], None]) -> None:
    """One that is refused does not keep the others. pymongo refuses a whole batch for one that it cannot put down."""
    try:
        write(collection, batch)
    except (InvalidDocument, OverflowError) as error:
        if len(batch) == 1:
            _refuse(Refused(collection, batch[0]["_id"], f"it cannot be put down ({type(error).__name__})"))
        for document in batch if len(batch) > 1 else ():
            _write(collection, [document], write)
    except BulkWriteError as error:
        problems = _problems(error)
        if any(problem["code"] not in _OF_ONE_DOCUMENT for problem in problems):
            raise
        for problem in problems:
            _refuse(Refused(collection, batch[problem["index"]]["_id"], _OF_ONE_DOCUMENT[problem["code"]]))


def _refuse(refused: "Refused") -> None:
    collected = _refused.get()
    if collected is None:
        raise DocumentsRefused(f"MongoDB refused {refused.collection} {refused.key}: {refused.problem}.") from None
    collected.append(refused)


def _replace(collection: str, batch: Sequence[Document]) -> None:
    changes = [
        ReplaceOne(cast("dict[str, Any]", {"_id": document["_id"]}), cast("dict[str, Any]", document), upsert=True)
        for document in batch
    ]
    database()[collection].bulk_write(changes, ordered=False)


def _insert(collection: str, batch: Sequence[Document]) -> None:
    """The new ones; those that are there are replaced."""
    try:
        database()[collection].insert_many(cast("Sequence[dict[str, Any]]", batch), ordered=False)
    except BulkWriteError as error:
        problems = _problems(error)
        if not problems or any(problem["code"] != _DUPLICATE for problem in problems):
            raise
        _write(collection, [batch[problem["index"]] for problem in problems], _replace)


def _problems(error: BulkWriteError) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (error.details or {}).get("writeErrors", [])
    return found


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
                event_listeners=[Listener()] if settings().show_queries else [],
                serverSelectionTimeoutMS=_CONNECT_MS,
                connectTimeoutMS=_CONNECT_MS if answer_ms == _ANSWER_MS else _BULK_CONNECT_MS,
                timeoutMS=answer_ms if answer_ms == _ANSWER_MS else None,
                socketTimeoutMS=answer_ms,
            )
        return _clients[url, answer_ms]
