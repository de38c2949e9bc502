"""Backups: taken while people work, one whole file; brought back into an empty place, or refused; proved by a drill.

`take` and `restore` are the two verbs; `keeping` takes one each night and before each migration.
"""

from core.backup.apart import BackupFailed, take_apart
from core.backup.drilling import DrillFailed, drill
from core.backup.keeping import Drill, Kept, Overview, is_due, newest, nightly, overview
from core.backup.migrating import upgrade
from core.backup.noting import note, note_own
from core.backup.reading import is_encrypted
from core.backup.restoring import Restored, restore
from core.backup.taking import Taken, take

__all__ = [
    "BackupFailed",
    "Drill",
    "DrillFailed",
    "Kept",
    "Overview",
    "Restored",
    "Taken",
    "drill",
    "is_due",
    "is_encrypted",
    "newest",
    "nightly",
    "note",
    "note_own",
    "overview",
    "restore",
    "take",
    "take_apart",
    "upgrade",
]
