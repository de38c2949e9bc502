"""The embedded MongoDB server: `mongod` where one is on PATH, otherwise SecantusDB, as a process of its own.

Both listen on 127.0.0.1, which every account of the machine can reach, so both demand a password. What was found on
SecantusDB 0.7.0b3:
- `--auth` holds: without a login every command but the handshake is refused, to read, to write and to make a user, and
  there is no exception for the first user. So that user must be made by a server without `--auth`. It stands open for a
  moment, but empty, and nobody is told its address until this is proved: once protected, it has our user alone and no
  data. A stranger could only have added his own user or data; then it is wiped and made anew.
- Without `--sync-on-commit` a kill -9 loses acknowledged writes (50 of 50, 32 of 500). {j: true} saves inserts, updates
  and deletes, but not $out, $merge, new indexes, renames. With the option nothing was lost in 75 kills; single writes
  are about a quarter slower, bulk writes not at all.
- SIGTERM takes two seconds, because closing a socket does not wake the thread that waits in accept(); a connection
  does. And in the first moments it can block for ever (3 of 25), the handler waiting for a lock of the thread that it
  interrupted. Then only kill helps, which with `--sync-on-commit` costs nothing.
- When its disk was full it has panicked for good: it goes on to listen, and refuses everything until it is started
  again. Nothing but its log tells (WT_PANIC). mongod ends by itself.
- It would obey a secantusd.toml in the current or home directory; `--config` with a file of ours turns that off.
"""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import Any, NamedTuple

from core.stores import process, programs
from core.stores.folder import write_private
from core.stores.process import Failed, Farewell, Process, Waiting
from core.stores.server import Running, Starting

# Below the ports that systems give to outgoing connections: a client that keeps calling a dead server on one of those
# can end up connected to itself, and then it is the client that holds the server's port.
PORTS = range(20_000, 32_000)
OLDEST_MONGOD = 7


class Login(NamedTuple):
    """How to reach the server, kept in mongo.json. `proved`: nobody else got in while it was made."""

    port: int
    password: str
    proved: bool


def start(folder: Path) -> Starting:
    engine = _engine(folder)
    home, log, kept = folder / engine, folder / "mongo.log", folder / "mongo.json"
    process.clear_strays(home)
    login = Login(**json.loads(kept.read_text())) if kept.exists() else None
    if login is None and home.exists():
        raise Failed(f"its password ({kept}) is gone (move {home} away, then run `python -m etl rebuild`)")
    if login is None or not login.proved:
        login = Login(_free_port(), secrets.token_urlsafe(32), proved=False)
        write_private(kept, json.dumps(login._asdict()))
        yield from _provision(home, log, login)
    elif not _is_free(login.port):
        login = login._replace(port=_free_port())
        write_private(kept, json.dumps(login._asdict()))
    began = log.stat().st_size if log.exists() else 0
    server = _spawn(home, log, login.port, protected=True)
    yield from process.until(lambda: process.listens(server, login.port), server)
    if not login.proved:
        _prove(login, server)
        write_private(kept, json.dumps(login._replace(proved=True)._asdict()))
    return Running(server, _url(login), partial(_has_panicked, log, began))


def _has_panicked(log: Path, began: int) -> bool:
    """Seen by the end of its log, which grows with everything that it refuses (and may have been cut meanwhile)."""
    size = log.stat().st_size
    with open(log, "rb") as lines:
        lines.seek(max(began if began <= size else 0, size - 64_000))
        return b"WT_PANIC" in lines.read()


def _url(login: Login) -> str:
    return (
        f"mongodb://qure:{login.password}@127.0.0.1:{login.port}/qure"
        "?authSource=admin&authMechanism=SCRAM-SHA-256&directConnection=true&journal=true"
    )


def _provision(home: Path, log: Path, login: Login) -> Waiting:
    """Make the files of a new server, with our user in them."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o700)
    server = _spawn(home, log, login.port, protected=False)
    from pymongo import MongoClient  # takes as long as the server

    yield from process.until(lambda: process.listens(server, login.port), server)
    client: MongoClient[dict[str, Any]]
    with MongoClient("127.0.0.1", login.port, directConnection=True, timeoutMS=10_000) as client:
        client.admin.command("createUser", "qure", pwd=login.password, roles=["root"])
        client.admin.command("fsync")
    process.kill(server)


def _prove(login: Login, server: Process) -> None:
    """Nobody but us used the server while it stood open. Raises Failed otherwise; the next start makes it anew."""
    from pymongo import MongoClient
    from pymongo.errors import PyMongoError

    client: MongoClient[dict[str, Any]]
    try:
        with MongoClient(_url(login), timeoutMS=10_000) as client:
            users = client.admin["system.users"].distinct("_id")  # those of all databases stand there
            databases = set(client.list_database_names()) - {"admin", "config", "local"}
    except PyMongoError as error:
        process.kill(server)
        raise Failed(f"our own login is refused ({error})") from error
    if users != ["admin.qure"] or databases:
        process.kill(server)
        raise Failed("another program of this machine got in while it was made")


def _spawn(home: Path, log: Path, port: int, *, protected: bool) -> Process:
    if home.name == "mongod":
        command: list[str | Path] = ["mongod", "--dbpath", home, "--bind_ip", "127.0.0.1", "--nounixsocket"]
        command += ["--wiredTigerCacheSizeGB", "0.25"]
    else:
        programs.secantus()
        (home / "empty.toml").touch()
        command = [sys.executable, "-P", "-m", "secantus", "--config", "empty.toml", "--standalone"]
        command += ["--host", "127.0.0.1", "--storage-path", home, "--cache-size", "256M", "--sync-on-commit"]
    command += ["--port", str(port), *(["--auth"] if protected else [])]
    patience = 60.0 if home.name == "mongod" else 5.0
    return process.spawn(command, home, log, farewell=Farewell(patience=patience, nudge=partial(process.answers, port)))


def _engine(folder: Path) -> str:
    """Which server, and the name of its folder. Each reads its own files only, so the first choice stays."""
    for engine in ("secantus", "mongod"):
        if (folder / engine).exists():
            return engine
    return "mongod" if _mongod_version() >= OLDEST_MONGOD else "secantus"


def _mongod_version() -> int:
    """The first part of its version; 0 without a mongod that works."""
    try:
        said = subprocess.run(["mongod", "--version"], capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"db version v(\d+)", said)
    return int(found[1]) if found else 0


def _free_port() -> int:
    return next(port for port in SystemRandom().sample(PORTS, len(PORTS)) if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name == "posix":  # a port whose last connections are only just over counts as free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
