"""Connections to PostgreSQL that do not wait for a server which has gone silent.

A server that is paused, or whose machine hangs, answers nothing and closes nothing. The kernel goes on to acknowledge
what is sent, so keep-alives find the line healthy, and a Unix socket has none. A limit for the time that a statement
takes is no remedy: a report may take a minute. So whoever has heard nothing for a while asks, by another connection,
whether the server is still at work on this one. That also finds a line of which the other end knows nothing any more.
"""

from collections.abc import Callable, Generator
from functools import cache, partial
from threading import Lock
from time import monotonic
from typing import Any, Self, TypeVar

from psycopg import Connection, OperationalError
from psycopg.abc import AdaptContext
from psycopg.conninfo import make_conninfo
from psycopg.errors import ConnectionTimeout

T = TypeVar("T")

SILENCE = 1.5  # seconds without an answer until it is asked
PATIENCE = 2  # seconds for the answer to that; psycopg takes no less
BELIEVED = 1.0  # seconds for which what was heard counts for all connections of this process

_AT_WORK = """
SELECT pid FROM pg_stat_activity
WHERE state NOT LIKE 'idle%' OR state_change > clock_timestamp() - interval '1 second'
"""


class Silent(OperationalError):
    """The server does not answer, or is no longer at work on this connection."""


class Watched(Connection[Any]):
    """As psycopg's own, but whoever waits on it looks up now and then."""

    _server: "_Server"

    @classmethod
    def connect(cls, conninfo: str = "", *, context: AdaptContext | None = None, **options: Any) -> Self:
        server = _server(make_conninfo(conninfo, **options))
        server.fail_if_silent()
        made = super().connect(conninfo, context=context, **options)
        made._server = server
        return made

    def wait(self, gen: Generator[Any, Any, T], *args: Any, **options: Any) -> T:
        try:
            return super().wait(_looking_up(gen, self._look), *args, **options)
        except Silent:
            self.close()
            raise

    def _look(self, silent_for: float) -> None:
        if silent_for > SILENCE and not self._server.is_at_work_on(self.info.backend_pid):
            raise Silent("the server is no longer at work on this connection")


class _Asking(Connection[Any]):
    """The connection by which it is asked: it waits for a short time, whatever happens."""

    def wait(self, gen: Generator[Any, Any, T], *args: Any, **options: Any) -> T:
        return super().wait(_looking_up(gen, self._limit), *args, **options)

    @staticmethod
    def _limit(silent_for: float) -> None:
        if silent_for > PATIENCE:
            raise Silent("the server does not answer")


class _Server:
    """What was last heard of a server, for all connections of this process to it."""

    def __init__(self, conninfo: str) -> None:
        self._connect = partial(_Asking.connect, make_conninfo(conninfo, connect_timeout=PATIENCE), autocommit=True)
        self._lock = Lock()
        self._asked_at = float("-inf")
        self._silent = False
        self._at_work: set[int] | None = None  # the numbers of backends; None if it did not say

    def is_at_work_on(self, backend: int) -> bool:
        """Raises Silent if it does not answer."""
        with self._lock:
            if not self._is_fresh():
                self._ask()
        self.fail_if_silent()
        return self._at_work is None or backend in self._at_work

    def fail_if_silent(self) -> None:
        """Nobody need wait to find out again what another has just found out."""
        if self._silent and self._is_fresh():
            raise Silent("the server does not answer")

    def _is_fresh(self) -> bool:
        return monotonic() < self._asked_at + BELIEVED

    def _ask(self) -> None:
        self._silent, self._at_work = False, None
        try:
            with self._connect() as asking:
                self._at_work = {backend for (backend,) in asking.execute(_AT_WORK)}
        except (ConnectionTimeout, Silent):
            self._silent = True
        except OperationalError:
            pass  # it answers, if only that it has no room: its own connections tell what becomes of them
        self._asked_at = monotonic()


@cache
def _server(conninfo: str) -> _Server:
    return _Server(conninfo)


def _looking_up(gen: Generator[Any, Any, T], idle: Callable[[float], None]) -> Generator[Any, Any, T]:
    """What psycopg waits for, step by step; `idle` is told every tenth of a second for how long nothing was heard."""
    heard_at = monotonic()
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if ready:
                heard_at = monotonic()
            else:
                idle(monotonic() - heard_at)
            wanted = gen.send(ready)
    except StopIteration as done:
        result: T = done.value
        return result
