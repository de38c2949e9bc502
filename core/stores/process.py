"""Child processes of the keeper: they start so that they die with it, end tidily, and leave nothing behind."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psutil

Process = subprocess.Popen[bytes]
Waiting = Generator[None, None, None]

LOG_LIMIT = 4_000_000  # bytes of a log before it is cut; one older part is kept
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
# PGPORT, a proxy or a test switch of somebody's shell must not reach a shared server, and no secret either.
_PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH")


class Farewell(NamedTuple):
    """How a server is ended: asked by a signal, nudged until it has ended, killed after `patience` seconds."""

    ask: signal.Signals = signal.SIGTERM
    patience: float = 60.0
    nudge: Callable[[], object] = lambda: None


TIDY = Farewell()
_children: dict[Process, Farewell] = {}


class Failed(Exception):
    """A server cannot be started. The message, if there is one, is a clause that says why."""


def spawn(
    command: list[str | Path],
    directory: Path,
    log: Path,
    account: str | None = None,
    farewell: Farewell = TIDY,
    orphaned: signal.Signals = signal.SIGKILL,
) -> Process:
    """Start a server in its own directory, as another account if one is given.

    If the keeper is killed, Linux sends it `orphaned`; elsewhere the next keeper finds it there (clear_strays).
    """
    with open(log, "ab") as out:
        child = subprocess.Popen(
            command,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={"LC_ALL": "C"} | {name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            preexec_fn=partial(_die_with, os.getpid(), orphaned) if _libc else None,
            user=account,
            group=account,
            extra_groups=[] if account else None,
        )
    for ended in [each for each in _children if each.poll() is not None]:
        del _children[ended]
    _children[child] = farewell
    return child


def _die_with(keeper: int, orphaned: signal.Signals) -> None:
    """PR_SET_PDEATHSIG (1). Runs in the child, after the change of account, which would undo it.

    The keeper has one thread for good: the signal comes when the *thread* that started the child ends.
    """
    assert _libc is not None
    _libc.prctl(1, orphaned)
    if os.getppid() != keeper:  # it died before we asked
        os.kill(os.getpid(), signal.SIGKILL)


def until(ready: Callable[[], bool], child: Process) -> Waiting:
    """Wait for a server as long as it lives: to recover after a crash it may need minutes. Raises Failed if it ends."""
    while not ready():
        if child.poll() is not None:
            raise Failed
        yield


def stop_all() -> None:
    """End all children, at the same time."""
    began = time.monotonic()
    for child, farewell in _children.items():
        child.send_signal(farewell.ask)
    while alive := [child for child in _children if child.poll() is None]:
        time.sleep(0.01)
        for child in alive:
            _children[child].nudge()
            if time.monotonic() > began + _children[child].patience:
                kill(child)


def kill(child: Process) -> None:
    child.kill()
    child.wait()
    _children.pop(child, None)


def clear_strays(directory: Path) -> None:
    """Kill what still works in a server's directory: a server whose keeper was killed, backends without their parent.

    A server started beside it would share its files. It cannot be somebody else's, because the keeper holds the lock
    of the data folder. Raises Failed if one does not end.
    """
    deadline = time.monotonic() + 5
    while strays := [found for found in psutil.process_iter() if _works_in(found, directory)]:
        if time.monotonic() > deadline:
            raise Failed("an older one that was killed has not ended yet")
        for stray in strays:
            with suppress(psutil.Error):
                stray.kill()
        time.sleep(0.01)


def _works_in(found: psutil.Process, directory: Path) -> bool:
    try:
        if found.cwd() != str(directory):
            return False
        return found.name() in ("postgres", "initdb", "valkey-server", "mongod") or "secantus" in found.cmdline()
    except psutil.Error:
        return False


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def listens(child: Process, port: int) -> bool:
    """Whether this very child accepts connections there; another program may have taken the port a moment ago."""
    if not answers(port):
        return False
    try:
        sockets = psutil.Process(child.pid).net_connections("tcp4")
    except psutil.Error:
        return False
    return any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in sockets)


def cut_logs(folder: Path) -> None:
    """Move what a log holds aside when it has grown. Its writers go on: they append to the same file."""
    for log in folder.glob("*.log"):
        if log.stat().st_size > LOG_LIMIT:
            with suppress(OSError):  # on a full disk there is no older part
                log.with_suffix(".log.old").write_bytes(log.read_bytes())
            os.truncate(log, 0)
