"""The keeper: one process for a data folder. It starts the servers its users need and stops them after the last user.

A user is an open connection to keeper.sock. The kernel closes it when the user ends, by kill -9 too, so nobody has to
sign off. A user sends one line, {"needs": ["postgres", ...]}. It gets one when those answer, {"mongo_url": ...}, or
when one cannot be started, {"problem": sentence}; and another whenever that changes.

Everything happens in one thread: a start that has to wait is a generator, resumed at every turn of the loop. (A thread
for each server would moreover take its server along when it ends, see process._die_with.)
"""

import fcntl
import json
import logging
import os
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from core.stores import mongo, postgres, process, server, valkey
from core.stores.server import Server

GRACE = 3.0  # seconds without a user before the servers stop
HOUSEKEEPING = 2.0  # seconds between two looks at the logs
SOCKET = Path("keeper.sock")
_log = logging.getLogger("qure.keeper")


@dataclass(eq=False)
class User:
    connection: socket.socket
    said: bytes = b""
    needs: tuple[str, ...] = ()
    told: bytes = b""


@dataclass
class Keeper:
    folder: Path
    servers: dict[str, Server]
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    users: set[User] = field(default_factory=set)


def main(folder: Path) -> None:
    """Split off the keeper as a process of its own, and return when it listens. Exits with 1 if it does not."""
    os.umask(0o077)
    os.chdir(folder)  # paths of sockets are short from here
    hearing, telling = os.pipe()
    if os.fork():
        os.close(telling)
        sys.exit(0 if os.read(hearing, 1) else 1)
    os.close(hearing)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: sys.exit(0))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with open("keeper.lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a predecessor may still be stopping its servers
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        _keep(Keeper(folder, _servers()), telling)


def _servers() -> dict[str, Server]:
    return {
        "postgres": Server("PostgreSQL", "DATABASE_URL", "postgres.log", postgres.start),
        "redis": Server("Valkey", "REDIS_URL", "valkey.log", valkey.start),
        "mongo": Server("The Mongo server", "MONGO_URL", "mongo.log", mongo.start),
    }


def _keep(keeper: Keeper, telling: int) -> None:
    SOCKET.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(SOCKET))
        listener.listen(64)
        listener.setblocking(False)
        os.write(telling, b".")
        os.close(telling)
        _log.info("Keeper %d of %s listens", os.getpid(), keeper.folder)
        try:
            _serve(keeper, listener)
        finally:
            SOCKET.unlink(missing_ok=True)
            listener.close()  # whoever comes now starts the next keeper, which waits for our lock
            server.halt(list(keeper.servers.values()))
            _log.info("Keeper %d has stopped", os.getpid())


def _serve(keeper: Keeper, listener: socket.socket) -> None:
    """Until there has been no user for GRACE seconds, or the data folder was removed."""
    keeper.selector.register(listener, selectors.EVENT_READ)
    used = looked = time.monotonic()
    while SOCKET.exists() and time.monotonic() - used < GRACE:
        for key, _ in keeper.selector.select(server.pause(list(keeper.servers.values()))):
            if key.data is None:
                _welcome(keeper, listener)
            else:
                _hear(keeper, key.data)
        for name in {need for user in keeper.users for need in user.needs}:
            server.advance(keeper.servers[name], keeper.folder)
        for user in keeper.users:
            _answer(keeper, user)
        if keeper.users:
            used = time.monotonic()
        if time.monotonic() - looked > HOUSEKEEPING:
            looked = time.monotonic()
            _keep_house(keeper)


def _keep_house(keeper: Keeper) -> None:
    for each in keeper.servers.values():
        server.end_broken(each)
    process.cut_logs(keeper.folder)


def _welcome(keeper: Keeper, listener: socket.socket) -> None:
    with suppress(BlockingIOError, ConnectionError):  # it has left already
        connection, _ = listener.accept()
        connection.setblocking(False)
        user = User(connection)
        keeper.selector.register(connection, selectors.EVENT_READ, user)
        keeper.users.add(user)


def _hear(keeper: Keeper, user: User) -> None:
    """Take in what a user says: its needs, or, by silence, that it has left."""
    try:
        words = user.connection.recv(4096)
    except BlockingIOError:
        return
    except OSError:
        words = b""
    user.said += words
    try:
        if user.said.endswith(b"\n"):
            user.needs = tuple(need for need in keeper.servers if need in json.loads(user.said)["needs"])
    except (ValueError, TypeError, KeyError):
        words = b""  # it does not speak our language, and must not take the others along
    if not words:
        keeper.selector.unregister(user.connection)
        user.connection.close()
        keeper.users.remove(user)
        return
    for need in user.needs:
        server.wake(keeper.servers[need])


def _answer(keeper: Keeper, user: User) -> None:
    needed = [keeper.servers[need] for need in user.needs]
    answer: dict[str, str | None]
    if problems := [each.problem for each in needed if each.problem]:
        answer = {"problem": " ".join(problems)}
    elif needed and all(each.running for each in needed):
        addresses = [each.running.address for each in needed if each.running]
        answer = {"mongo_url": next(filter(None, addresses), None)}
    else:
        return
    line = json.dumps(answer).encode() + b"\n"
    if line != user.told:
        user.told = line
        with suppress(OSError):  # it has left; the next turn will hear it
            user.connection.sendall(line)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
