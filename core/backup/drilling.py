"""The restore drill: a backup is worth what comes back of it, so bring it back, beside the clinic, and prove it.

Processes of their own restore it into stores of their own in a scratch folder, check every rule of the books, every
document and the audit chain, and all of it is removed again.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core import clock
from core.backup.alone import alone
from core.backup.keeping import Drill, note_drill
from core.config import settings
from core.errors import ClinicError, Conflict
from core.stores import folder as folders
from core.stores import scratch


class DrillFailed(ClinicError):
    def __init__(self, step: str, said: str) -> None:
        super().__init__(f"The drill failed: the backup could not be {step}. {said}".strip())


class DrillAtWork(Conflict):
    def __init__(self) -> None:
        super().__init__("Another restore drill is at work just now.")


def drill(path: Path, passphrase: str | None = None) -> Drill:
    """Raises DrillFailed with what the restore or the check said, or DrillAtWork."""
    began = time.monotonic()
    with _scratch() as folder:
        _run("restored", folder, ["restore", str(path.absolute()), "--passphrase-stdin"], f"{passphrase or ''}\n")
        _run("proved", folder, ["verify"])
    passed = Drill(clock.now(), path.name, round(time.monotonic() - began, 1))
    note_drill(passed)
    return passed


def _run(step: str, folder: Path, words: list[str], told: str = "") -> None:
    done = subprocess.run(
        [sys.executable, "-m", "core.cli", *words],
        cwd=Path(__file__).parents[2],
        env=scratch.environment(folder),
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
        folder = home / "drill"
        scratch.remove(folder)
        try:
            yield folder
        finally:
            scratch.remove(folder)
