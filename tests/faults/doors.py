"""Where a process can die: found at the doors that every write passes, so that the product needs no names for them.

A point is the moment after a statement that writes, before COMMIT, after COMMIT was sent and before its answer, after
it, before and after each effect outside PostgreSQL, after each command to Redis, before and after each write to
MongoDB. `died_at(n, work)` runs `work` in a fork of this process that kills itself (-9) at its n-th point.
"""

import gc
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import TextIOWrapper

from pymongo import monitoring
from redis.connection import AbstractConnection
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from core import db
from core.analytics import store
from core.errors import ClinicError

NEVER = 0
BEFORE, SENT, AFTER = "before COMMIT", "COMMIT sent", "after COMMIT"
_WRITES = ("INSERT", "UPDATE", "DELETE", "COPY", "CREATE", "ALTER", "DROP", "TRUNCATE")
_GREETINGS = (b"*2\r\n$5\r\nHELLO", b"*4\r\n$6\r\nCLIENT")  # what redis-py says first
_MONGO_WRITES = {"insert", "update", "delete", "bulkWrite", "createIndexes", "drop", "aggregate"}


@dataclass(frozen=True)
class Run:
    """What became of a fork: the points it passed, and what it said unless it died."""

    points: tuple[str, ...]
    answer: str | None
    refusal: str | None
    killed: bool

    @property
    def died_at(self) -> str:
        return self.points[-1]


def died_at(n: int, work: Callable[[], str]) -> Run:
    """`work` in a fork, which dies at its n-th point; NEVER lets it through. Its database session has ended, too."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other threads of ours hold no lock that is needed here
        pid = os.fork()
    if pid == 0:
        _fork(n, work, writing)
    os.close(writing)
    with open(reading, encoding="utf-8") as told:
        lines = told.read().splitlines()
    status = os.waitpid(pid, 0)[1]
    _wait_for_the_end_of(pid)
    said = {kind: tuple(line[2:] for line in lines if line.startswith(kind)) for kind in ".=!?"}
    assert not said["?"], "\n".join(said["?"])
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return Run(said["."], next(iter(said["="]), None), next(iter(said["!"]), None), killed)


def _wait_for_the_end_of(pid: int) -> None:
    """A COMMIT that was sent may still be at work."""
    alive = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = :name")
    with db.engine().connect() as connection:
        while connection.scalar(alive, {"name": _name(pid)}):
            connection.rollback()


def _name(pid: int) -> str:
    return f"fork-{pid}"


def _fork(n: int, work: Callable[[], str], writing: int) -> None:
    """Never returns: what runs above us belongs to the parent."""
    gc.disable()  # it would write on every page that we share with the parent, which copies it
    with suppress(BaseException), os.fdopen(writing, "w", encoding="utf-8") as telling:
        try:
            _leave_the_parents_connections()
            _Doors(n, telling).watch()
            telling.write(f"= {work()}\n")
        except ClinicError as refusal:
            telling.write(f"! {type(refusal).__name__}: {refusal}\n")
        except BaseException:
            telling.writelines(f"? {line}\n" for line in traceback.format_exc().splitlines())
    os._exit(0)


def _leave_the_parents_connections() -> None:
    os.environ["PGAPPNAME"] = _name(os.getpid())
    db.lookers(db.engine()).dispose(close=False)  # first: who disposes of the others disposes of these
    db.engine().dispose(close=False)
    store._clients = {}


class _Doors:
    def __init__(self, n: int, telling: TextIOWrapper) -> None:
        self.left, self.telling, self.wrote, self.sent = n, telling, False, False

    def point(self, name: str, last_act: Callable[[], object] = lambda: None) -> None:
        self.telling.write(f". {name}\n")
        self.telling.flush()
        self.left -= 1
        if self.left == 0:
            last_act()
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        event.listen(db.engine(), "after_cursor_execute", self._statement)
        event.listen(db.engine(), "commit", self._commit)
        event.listen(Session, "after_commit", self._committed)
        run, send = db._run, AbstractConnection.send_packed_command
        db._run = partial(self._effect, run)

        def sent(connection, command, check_health=True):
            send(connection, command, check_health)
            if not b"".join(command).startswith(_GREETINGS):
                self.point("a command to Redis")

        AbstractConnection.send_packed_command = sent
        monitoring.register(_Mongo(self))

    def _statement(self, connection, cursor, statement, *_):
        words = statement.split(maxsplit=3)
        if words[0].upper() in _WRITES:
            self.wrote = True
            self.point(" ".join(words[:3]).rstrip("("))

    def _commit(self, connection):
        if self.wrote:
            raw = connection.connection.driver_connection.pgconn
            self.point(BEFORE)
            self.point(SENT, lambda: raw.send_query(b"COMMIT"))
            self.sent = True

    def _committed(self, session):
        if self.sent:  # it is not a savepoint
            self.wrote = self.sent = False
            self.point(AFTER)

    def _effect(self, run, effect):
        self.point("before an effect")
        run(effect)
        self.point("after an effect")


class _Mongo(monitoring.CommandListener):
    def __init__(self, doors: _Doors) -> None:
        self.doors = doors

    def started(self, event):
        if event.command_name in _MONGO_WRITES:
            self.doors.point(f"before {event.command_name} in MongoDB")

    def succeeded(self, event):
        if event.command_name in _MONGO_WRITES:
            self.doors.point(f"after {event.command_name} in MongoDB")

    def failed(self, event):
        pass
