"""The door to PostgreSQL: the unit of work, and the way to look without being able to write.

Each has connections of its own. A look is no transaction: PostgreSQL answers its statement in one round trip, where a
transaction takes three, and a statement sees what was committed when it began, as it does in a transaction here. What
has to see one moment throughout, or streams its rows, is read in `transaction`.
"""

import logging
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from time import monotonic, perf_counter
from typing import Any

import psycopg
from psycopg import DataError, errors
from psycopg import OperationalError as Unanswered
from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    Select,
    create_engine,
    event,
    func,
    text,
)
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import IntegrityError, InternalError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import InstrumentedAttribute, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from core import queries, stores
from core.config import settings
from core.db_watch import Watched
from core.errors import ClinicError, Invalid, StoreUnavailable
from core.words import later, say

log = logging.getLogger(__name__)

_EFFECTS = "effects after the commit"
# A screen must never hang: connecting and waiting for a lock end within these times, with a sentence.
_CONNECT_SECONDS = 4
# What is worked with lies in memory: there, going to a row by its number costs about as much as passing over it. With
# the usual estimate, four times as much, one month of ten years is found by reading all ten.
SERVER_SETTINGS = (
    "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s -c timezone=UTC -c random_page_cost=1.1"
)
_ONLY_LOOKS = "-c default_transaction_read_only=on"
_BELIEVED_SECONDS = 5.0  # for which a connection that nobody used is taken to stand, unless something came over it
_LEFT_AT = "left at"
_BUSY = later("Someone else is changing this just now. Try again.")
_TOLD = {
    errors.LockNotAvailable.sqlstate: _BUSY,
    errors.DeadlockDetected.sqlstate: _BUSY,
    errors.DiskFull.sqlstate: later("The disk of the database is full. Make room on it, then try again."),
    errors.IoError.sqlstate: later(
        "The database cannot read or write its disk. Look at `qure status`, then try again."
    ),
}
_NO_COLUMN_HOLDS = {errors.NumericValueOutOfRange.sqlstate, errors.DatetimeFieldOverflow.sqlstate}


@cache
def engine() -> Engine:
    return engine_at(stores.addresses().database_url)


def engine_at(url: str | URL, *, only_looks: bool = False) -> Engine:
    """With `only_looks` each statement stands alone, and PostgreSQL refuses those that write."""
    made = create_engine(
        url,
        hide_parameters=True,  # errors reach the log, patients' data does not
        pool_size=10,
        max_overflow=10,
        pool_timeout=_CONNECT_SECONDS,
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "options": f"{SERVER_SETTINGS} {_ONLY_LOOKS}" if only_looks else SERVER_SETTINGS,
        },
        isolation_level="AUTOCOMMIT" if only_looks else None,
        skip_autocommit_rollback=True,
    )
    event.listen(made, "do_connect", lambda _dialect, _record, args, options: Watched.connect(*args, **options))
    event.listen(made, "checkin", _left)
    event.listen(made, "checkout", _still_stands)
    event.listen(made, "handle_error", _without_rows)
    event.listen(made, "handle_error", _cannot_be_kept)
    if settings().show_queries:
        tell_queries(made)
    return made


@cache
def lookers(writers: Engine) -> Engine:
    """The same database by connections that only look. They are disposed of together."""
    made = engine_at(writers.url, only_looks=True)
    event.listen(writers, "engine_disposed", lambda _writers: made.dispose())
    return made


def _left(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.info[_LEFT_AT] = monotonic()


def _still_stands(
    connection: psycopg.Connection[Any], entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    """A server that ended a connection has said so on it, and to look costs no round trip. One that vanished without
    a word is asked; whoever comes within seconds finds out with the statement itself (core/db_watch.py)."""
    left_at = entry.info.get(_LEFT_AT)
    if left_at is None or (monotonic() < left_at + _BELIEVED_SECONDS and not _something_came(connection)):
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Unanswered as error:
        raise InvalidatePoolError from error  # the pool connects anew, and drops what is as old as this


def _something_came(connection: psycopg.Connection[Any]) -> bool:
    if connection.closed:
        return True
    if sys.platform == "win32":
        return bool(select.select([connection], [], [], 0)[0])
    socket = select.poll()
    socket.register(connection, select.POLLIN)
    return bool(socket.poll(0))


def tell_queries(of: Engine | Connection) -> None:
    """Whoever counts (core/queries.py) hears of every statement, without its parameters."""
    event.listen(of, "before_cursor_execute", _asked)
    event.listen(of, "after_cursor_execute", _answered)


def _asked(connection: Connection, *_: Any) -> None:
    connection.info["asked at"] = perf_counter()


def _answered(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    queries.note(queries.STATEMENT, statement, perf_counter() - connection.info["asked at"])


def _without_rows(context: ExceptionContext) -> None:
    """Errors reach the log: the first line says what is wrong, and those after it quote the row that was refused."""
    for error in filter(None, (context.original_exception, context.sqlalchemy_exception)):
        error.args = (str(error.args[0]).split("\n", 1)[0],) if error.args else ()


def _cannot_be_kept(context: ExceptionContext) -> None:
    """A number, a day or a text that no column holds, typed or replayed in an address, is nobody's bug."""
    error = context.original_exception
    state = getattr(error, "sqlstate", None)
    if state in _NO_COLUMN_HOLDS:
        raise Invalid({"value": say("A number or a day is far out of range.")}) from error
    if isinstance(error, UnicodeEncodeError) or (isinstance(error, DataError) and state is None):
        raise Invalid({"value": say("A text has characters that cannot be kept.")}) from error


@cache
def session_factory() -> sessionmaker[Session]:
    return sessionmaker(engine(), expire_on_commit=False)


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: commit when the block ends, roll back when it raises.

    Opened at the edge (a page, a job, a test), never inside a workflow. What `after_commit` collected runs once the
    commit is done.
    """
    with in_words(), session_factory().begin() as session:
        yield session
    for effect in session.info.pop(_EFFECTS, []):
        _run(effect)


@contextmanager
def reading() -> Iterator[Session]:
    """A session that PostgreSQL itself keeps from writing: what screens and reports look through.

    Of several statements each sees what was committed when it began.
    """
    with in_words(), session_factory()() as session:
        if isinstance(session.bind, Engine):
            session.bind = lookers(session.bind)
        else:  # within the transaction of somebody else: for as long as this lasts
            session.execute(text("SET TRANSACTION READ ONLY"))
        yield session


def save(session: Session, record: object, **refusals: ClinicError) -> None:
    """Write a record. The unique index that decides between two people at once raises the refusal given by its name."""
    try:
        with session.begin_nested():
            session.add(record)
            session.flush()
    except IntegrityError as error:
        broken = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        if broken in refusals:
            raise refusals[broken] from error
        raise


def among(column: InstrumentedAttribute[Any], few: Select[Any]) -> ColumnElement[bool]:
    """`column IN (few)`, for a select that finds few by a short index.

    PostgreSQL guesses a third of a table for what it has no statistics of, and then reads all of what is joined to it.
    Of an array it guesses ten.
    """
    return column == func.any(func.array(few.scalar_subquery()))


def after_commit(session: Session, effect: Callable[[], object]) -> None:
    """Run an effect outside PostgreSQL (Redis, publish) only if this transaction commits.

    It may be lost with the process or run again: whoever asks for it has a way to make it good.
    """
    session.info.setdefault(_EFFECTS, []).append(effect)


def _run(effect: Callable[[], object]) -> None:
    try:
        effect()
    except Exception:
        log.exception("An effect after the commit failed; it will be made good by the reconciler.")


@contextmanager
def in_words() -> Iterator[None]:
    """A database that is away or busy becomes a sentence; what it says of a wrong statement stays a bug."""
    try:
        yield
    except NoConnectionFree as error:
        raise StoreUnavailable(say("Too many people are at work at this moment. Try again.")) from error
    except InternalError as error:
        if not isinstance(error.orig, errors.IdleInTransactionSessionTimeout):
            raise
        raise StoreUnavailable(say("This took too long, and nothing of it was kept. Try again.")) from error
    except OperationalError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state == errors.DeadlockDetected.sqlstate:
            log.exception("Two transactions waited for each other; one was rolled back.")
        if state in _TOLD:
            raise StoreUnavailable(say(_TOLD[state])) from error
        if error.connection_invalidated or state is None or state.startswith("57"):  # 57: being shut down
            raise StoreUnavailable(
                say("The database cannot be reached. Try again in a moment; `qure status` tells what is wrong.")
            ) from error
        raise
