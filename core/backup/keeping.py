"""One backup each night, a kept number of them, and how they are: for `qure status` and the administrator.

It is due when there is none since two o'clock of the clinic's last night. So it is taken at two where Qure runs all
night, and in the morning where the machine was off. What a clock that was ahead has dated later than now counts for
nothing and is not removed: it would keep the next ones from being taken, or have them removed. Only
files with names of this module's own making are ever removed.
"""

import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from core import clock, db
from core.backup.restoring import RESTORED
from core.backup.taking import AnotherAtWork, Taken, Tell, take
from core.config import settings
from core.errors import ClinicError
from core.models import AuditEvent, Clinic
from core.stores import folder as folders
from core.words import say

AT = time(2)  # on the clock on the clinic's wall
OLD = timedelta(days=2)
AGAIN = timedelta(hours=1)  # after one that failed
AHEAD = timedelta(minutes=5)  # by which a clock may have been set back since
_NAME = re.compile(r"qure-(\d{8}T\d{6}Z)\.qure")
_STAMP = "%Y%m%dT%H%M%SZ"
_NOTES = ".qure-backups.json"


class NoBackup(ClinicError):
    def __init__(self, folder: Path) -> None:
        super().__init__(f"There is no backup in {folder} yet. `qure backup --nightly` takes one.")


@dataclass(frozen=True)
class Kept:
    path: Path
    taken_at: datetime
    size: int


@dataclass(frozen=True)
class Drill:
    """A restore drill that passed."""

    at: datetime
    file: str
    seconds: float


@dataclass(frozen=True)
class Failure:
    at: datetime
    problem: str


@dataclass(frozen=True)
class Overview:
    """`problem` says in a sentence what somebody should see to."""

    folder: Path
    nightly: bool
    newest: Kept | None
    count: int
    drill: Drill | None
    problem: str | None


def nightly(tell: Tell = lambda size: None) -> Taken:
    """Take one under tonight's name, and remove the oldest of those that are too many. A failure is noted for
    `overview`. Raises as `take`."""
    folder = _folder()
    try:
        taken = take(folder / f"qure-{clock.now():{_STAMP}}.qure", settings().backup_passphrase, tell)
    except AnotherAtWork:
        raise
    except Exception as error:
        said = str(error) if isinstance(error, ClinicError) else say("The log tells why.")
        _note(folder, failed=Failure(clock.now(), said))
        raise
    _note(folder, failed=None)
    prune(folder, settings().backups_kept)
    return taken


def before_migration(newest_schema: str) -> None:
    """Without a backup no migration, wherever the app keeps backups at all."""
    if settings().app_takes_backups:
        folder = _folder()
        take(folder / f"qure-{clock.now():{_STAMP}}-before-{newest_schema}.qure", settings().backup_passphrase)


def _folder() -> Path:
    return folders.prepare(settings().backups, "folder of backups", "QURE_BACKUP_DIR")


def prune(folder: Path, kept: int) -> list[Path]:
    """Remove all but the newest. Those from before a migration and those with other names stay."""
    too_many = [found.path for found in listed(folder)[kept:]]
    for path in too_many:
        path.unlink(missing_ok=True)
    return too_many


def listed(folder: Path) -> list[Kept]:
    """The nightly ones up to now, newest first. A file has its name only if it is whole."""
    found, latest = [], clock.now() + AHEAD
    for path in folder.glob("qure-*.qure"):
        if (match := _NAME.fullmatch(path.name)) and path.is_file() and not path.is_symlink():
            with suppress(ValueError, OSError):
                taken_at = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
                if taken_at <= latest:
                    found.append(Kept(path, taken_at, path.stat().st_size))
    return sorted(found, key=lambda kept: kept.taken_at, reverse=True)


def newest() -> Kept:
    """Raises NoBackup."""
    folder = settings().backups
    found = listed(folder)
    if not found:
        raise NoBackup(folder)
    return found[0]


def is_due() -> bool:
    """Whether tonight's is still to be taken, and nobody has just failed to."""
    folder, now = settings().backups, clock.now()
    failed = _notes(folder).failed
    if failed and abs(now - failed.at) < AGAIN:
        return False
    found = listed(folder)
    return not found or found[0].taken_at < last_night(now)


def last_night(now: datetime) -> datetime:
    """The last moment at which the clinic's clock showed two; where summer time leaves that out, the one after it."""
    today = clock.day_of(now)
    tonight = clock.at(today, AT)
    return tonight if tonight <= now else clock.at(today - timedelta(days=1), AT)


def overview() -> Overview:
    folder, by_itself = settings().backups, settings().app_takes_backups
    found, notes = listed(folder), _notes(folder)
    last = found[0] if found else None
    return Overview(folder, by_itself, last, len(found), notes.drill, _problem(last, notes.failed, by_itself))


def note_drill(drill: Drill) -> None:
    _note(_folder(), drill=drill)


def _problem(last: Kept | None, failed: Failure | None, by_itself: bool) -> str | None:
    if not by_itself:
        return None
    if failed:
        return say("The last backup failed: {problem}", problem=failed.problem)
    if last and clock.now() - last.taken_at > OLD:
        days = (clock.now() - last.taken_at).days
        return say("The last backup is {days} days old. `qure backup --nightly` takes one.", days=days)
    if not last and (since := _here_since()) and clock.now() - since > OLD:
        return say("No nightly backup was ever taken here. `qure backup --nightly` takes one, or says why not.")
    return None


def _here_since() -> datetime | None:
    """When the clinic was set up or came back from a backup. None where nobody can know now."""
    restored = select(func.max(AuditEvent.occurred_at)).where(AuditEvent.event == RESTORED)
    with suppress(ClinicError, SQLAlchemyError), db.reading() as session:
        return session.scalar(select(func.greatest(Clinic.created_at, restored.scalar_subquery())))
    return None


@dataclass(frozen=True)
class _Notes:
    drill: Drill | None = None
    failed: Failure | None = None


def _notes(folder: Path) -> _Notes:
    """What cannot be read is as if nothing had been noted."""
    try:
        said = json.loads((folder / _NOTES).read_text())
        drill, failed = said.get("drill"), said.get("failed")
        return _Notes(
            drill and Drill(**drill | {"at": datetime.fromisoformat(drill["at"])}),
            failed and Failure(**failed | {"at": datetime.fromisoformat(failed["at"])}),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return _Notes()


def _note(folder: Path, **changes: Drill | Failure | None) -> None:
    notes = asdict(_notes(folder)) | {name: value and asdict(value) for name, value in changes.items()}
    with suppress(OSError):  # the disk may be full, which is what there is to be told
        folders.write_private(folder / _NOTES, json.dumps(notes, default=str))
