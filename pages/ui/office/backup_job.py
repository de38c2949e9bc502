"""A backup that somebody asked for: one at a time, in a process of its own that no closed tab stops."""

from dataclasses import dataclass

from core import backup, db
from core.backup import Taken
from core.permissions import Actor, Permission, require
from core.words import later
from pages.ui import one_at_a_time
from pages.ui.one_at_a_time import OneAtATime


@dataclass
class Job(one_at_a_time.Job):
    """In the end there is a `taken`."""

    actor: Actor
    taken: Taken | None = None


backups = OneAtATime[Job]("qure-backup", later("The backup did not come to its end."))


def begin(actor: Actor) -> None:
    """A second click begins no second."""
    require(actor, Permission.MANAGE_CLINIC)
    backups.begin(Job(actor), _work)


def _work(job: Job) -> None:
    taken = backup.take_apart()
    with db.transaction() as session:
        backup.note(session, job.actor, taken)
    job.taken = taken
