"""This process as a user of the keeper: it joins it (or starts it), holds on, and comes back when it was killed."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from core.errors import StoreUnavailable
from core.stores import folder as folders

PATIENCE = 900.0  # seconds for a start; PostgreSQL may have much to recover
ATTEMPTS = 20
BETWEEN_ATTEMPTS = 2.0  # seconds, when the keeper was killed and cannot be started again


@dataclass(frozen=True)
class Addresses:
    """Where the three stores are. `database_url` is what SQLAlchemy takes for psycopg 3; redis_url may be unix://."""

    database_url: str
    redis_url: str
    mongo_url: str


@dataclass
class _Hold:
    """A connection to the keeper of a folder. The servers run for as long as it is open."""

    folder: Path
    needs: tuple[str, ...]
    connection: socket.socket
    mongo_url: str | None
    released: threading.Event = field(default_factory=threading.Event)


_lock = threading.Lock()
_hold: _Hold | None = None


def addresses() -> Addresses:
    """The addresses of now. The first call joins the keeper for the stores that have none of their own.

    Ask again before a new connection: after a mishap the Mongo server may have had to take another port.
    Raises StoreUnavailable.
    """
    from core.config import settings

    given = settings()
    own = {"postgres": given.database_url, "redis": given.redis_url, "mongo": given.mongo_url}
    needs = tuple(name for name, url in own.items() if not url)
    hold = _held(given.data_dir, needs) if needs else None
    short = quote(str(folders.reach(hold.folder))) if hold else ""
    postgres = f"postgresql://postgres@/postgres?host={short}/postgres/run&port=5432"  # or PGPORT would count
    return Addresses(
        database_url=_for_psycopg(given.database_url or postgres),
        redis_url=given.redis_url or f"unix://{short}/valkey/valkey.sock",
        mongo_url=given.mongo_url or (hold and hold.mongo_url) or "",
    )


def begin() -> None:
    """Let the stores start while this process has other things to do. Whoever asks for an address waits for them, and
    is told if they do not."""
    threading.Thread(target=_begin, name="qure-stores-begin", daemon=True).start()


def _begin() -> None:
    with suppress(Exception):
        addresses()


def release() -> None:
    """Let go of the servers, as the end of this process would."""
    with _lock:
        _let_go()


def _let_go() -> None:
    global _hold
    if _hold is not None:
        _hold.released.set()
        with suppress(OSError):
            _hold.connection.shutdown(socket.SHUT_RDWR)  # wakes the watching thread
        _hold.connection.close()
    _hold = None


def _forget_in_child() -> None:
    """A forked child is a user of its own: it has our connection but no thread to watch it."""
    global _hold, _lock
    if _hold is not None:
        _hold.connection.close()
    _hold, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_child)


def _for_psycopg(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


def _held(data_dir: Path, needs: tuple[str, ...]) -> _Hold:
    global _hold
    with _lock:
        if _hold and (_hold.needs != needs or _hold.folder != data_dir.resolve()):
            _let_go()
        if _hold is None:
            if sys.platform == "win32":
                raise StoreUnavailable(
                    "Qure cannot start its own stores on Windows: run `docker compose up`, "
                    "or set DATABASE_URL, REDIS_URL and MONGO_URL."
                )
            folder = folders.prepare(data_dir)
            _hold = _Hold(folder, needs, *_join(folder, needs))
            threading.Thread(target=_watch, args=[_hold], name="qure-stores", daemon=True).start()
        return _hold


def _watch(hold: _Hold) -> None:
    """Wait for word of a new address. When the keeper was killed, be one of those who bring it back."""
    while not hold.released.is_set():
        if word := _hear(hold.connection):
            hold.mongo_url = word.get("mongo_url") or hold.mongo_url
            continue
        if hold.released.wait(0.02):
            return
        try:
            connection, mongo_url = _join(hold.folder, hold.needs)
        except (StoreUnavailable, OSError):
            hold.released.wait(BETWEEN_ATTEMPTS)
            continue
        with _lock:
            hold.connection.close()
            hold.connection, hold.mongo_url = connection, mongo_url
            if hold.released.is_set():
                connection.close()


def _join(folder: Path, needs: tuple[str, ...]) -> tuple[socket.socket, str | None]:
    """The connection to a keeper whose servers answer, and the Mongo server's address."""
    for _ in range(ATTEMPTS):
        connection = _connect(folder) or _start(folder)
        with suppress(OSError):
            connection.sendall(json.dumps({"needs": needs}).encode() + b"\n")
        connection.settimeout(PATIENCE)
        word = _hear(connection)
        if word and "mongo_url" in word:
            connection.settimeout(None)
            return connection, word["mongo_url"]
        connection.close()
        if word:
            raise StoreUnavailable(str(word["problem"]))
        time.sleep(0.05)  # it was about to stop, or was killed
    raise _not_started(folder)


def _connect(folder: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(folders.reach(folder) / "keeper.sock"))
    except OSError:
        connection.close()
        return None
    return connection


def _start(folder: Path) -> socket.socket:
    """Start the keeper, unless another process has done so while we waited for our turn."""
    import fcntl

    with (
        open(folder / "start.lock", "w", opener=folders.closed) as turn,
        open(folder / "keeper.log", "ab", opener=folders.closed) as log,
    ):
        fcntl.flock(turn, fcntl.LOCK_EX)
        connection = _connect(folder)
        if connection is None:
            with suppress(subprocess.TimeoutExpired):
                subprocess.run(
                    [sys.executable, "-m", "core.stores.keeper", str(folder)],
                    cwd=Path(__file__).parents[2],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # Ctrl+C at our terminal is not meant for it
                    timeout=PATIENCE,
                    check=False,
                )
            connection = _connect(folder)
    if connection is None:
        raise _not_started(folder)
    return connection


def _not_started(folder: Path) -> StoreUnavailable:
    return StoreUnavailable(
        f"The embedded stores do not start: see {folder / 'keeper.log'}, "
        "or set DATABASE_URL, REDIS_URL and MONGO_URL to use servers of your own."
    )


def _hear(connection: socket.socket) -> dict[str, str | None]:
    """The next line of the keeper. Empty when there will be none."""
    line = b""
    while not line.endswith(b"\n"):
        try:
            part = connection.recv(4096)
        except OSError:
            part = b""
        if not part:
            return {}
        line += part
    said: dict[str, str | None] = json.loads(line)
    return said
