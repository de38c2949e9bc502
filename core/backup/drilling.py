"""The restore drill: a backup is worth what comes back of it, so bring it back, beside the clinic, and prove it.

Processes of their own restore it into stores of their own in a scratch folder, check every rule of the books, every
document and the audit chain, and all of it is removed again.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core import clock
from core.backup.alone import alone
from core.backup.keeping import Drill, note_drill
from core.config import settings
from core.errors import ClinicError, Conflict
from core.stores import folder as folders

_NO_OTHERS = ("DATABASE_URL", "REDIS_URL", "MONGO_URL", "SECRET_KEY", "QURE_BACKUP_DIR", "QURE_BACKUP_PASSPHRASE")


class DrillFailed(ClinicError):
    def __init__(self, step: str, said: str) -> None:
        super().__init__(f"The drill failed: the backup could not be {step}. {said}".strip())


class DrillAtWork(Conflict):
    def __init__(self) -> None:
        super().__init__("Another restore drill is at work just now.")


def drill(path: Path, passphrase: str | None = None) -> Drill:
    """Raises DrillFailed with what the restore or the check said."""
    began = time.monotonic()
    with _scratch() as scratch:
        _run("restored", scratch, ["restore", str(path.absolute()), "--passphrase-stdin"], f"{passphrase or ''}\n")
        _run("proved", scratch, ["verify"])
    passed = Drill(clock.now(), path.name, round(time.monotonic() - began, 1))
    note_drill(passed)
    return passed


def _run(step: str, scratch: Path, words: list[str], told: str = "") -> None:
    done = subprocess.run(
        [sys.executable, "-m", "core.cli", *words],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **dict.fromkeys(_NO_OTHERS, ""), "QURE_DATA_DIR": str(scratch)},
        input=told,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DrillFailed(step, (done.stderr.strip() or done.stdout.strip())[-2000:])


@contextmanager
def _scratch() -> Iterator[Path]:
    """An empty data folder, gone afterwards; what a killed drill left in it is removed first."""
    home = folders.prepare(settings().data_dir)
    with alone(home / "drill.lock", DrillAtWork()):
        scratch = home / "drill"
        _remove(scratch)
        try:
            yield scratch
        finally:
            _remove(scratch)


def _remove(scratch: Path) -> None:
    if not scratch.exists():
        return
    _stop_stores(scratch)
    shutil.rmtree(scratch)


def _stop_stores(scratch: Path) -> None:
    """Tell their keeper to end, and wait until it has let go of its lock: until then the number in it is its own."""
    import fcntl

    with suppress(FileNotFoundError), open(scratch / "keeper.lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with suppress(ValueError, ProcessLookupError):
                os.kill(int(lock.read()), signal.SIGTERM)
            fcntl.flock(lock, fcntl.LOCK_EX)
