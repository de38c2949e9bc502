"""Stores of their own in a folder beside the clinic, for processes that must not touch it."""

import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

_NO_OTHERS = (
    *("DATABASE_URL", "REDIS_URL", "MONGO_URL", "SECRET_KEY", "SECRET_KEY_BEFORE"),
    *("QURE_BACKUP_DIR", "QURE_BACKUP_PASSPHRASE"),
)


def environment(folder: Path) -> dict[str, str]:
    """In which a process knows the embedded stores of this folder and nothing of the clinic's."""
    return {**os.environ, **dict.fromkeys(_NO_OTHERS, ""), "QURE_DATA_DIR": str(folder)}


def remove(folder: Path) -> None:
    """The folder with its stores, which are stopped first."""
    if folder.exists():
        stop(folder)
        shutil.rmtree(folder)


def stop(folder: Path) -> None:
    """Tell their keeper to end, and wait until it has let go of its lock: until then the number in it is its own."""
    import fcntl

    with suppress(FileNotFoundError), open(folder / "keeper.lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with suppress(ValueError, ProcessLookupError):
                os.kill(int(lock.read()), signal.SIGTERM)
            fcntl.flock(lock, fcntl.LOCK_EX)
