"""A backup in a process of its own: reading, encrypting and checking it takes nothing from those who work."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from core.backup.taking import Taken
from core.errors import ClinicError
from core.words import language, say


class BackupFailed(ClinicError):
    """In the words of the other process, which speaks the reader's language."""


def take_apart() -> Taken:
    """Tonight's backup. Raises BackupFailed."""
    done = subprocess.run(
        [sys.executable, "-m", "core.backup", language()],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        said = json.loads(done.stdout)
    except ValueError:
        last = (done.stderr.strip().splitlines() or [say("it ended without a word")])[-1]
        raise BackupFailed(say("The backup failed: {last}", last=last)) from None
    if done.returncode:
        raise BackupFailed(said["problem"])
    taken_at = datetime.fromisoformat(said["taken_at"])
    return Taken(Path(said["path"]), said["size"], taken_at, said["encrypted"])
