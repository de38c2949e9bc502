"""An import at work: one at a time, in a thread of its own, so that no closed tab and no F5 leaves half of a file.

All of a file is one transaction. What became of it is kept for whoever began it, for an hour or until the next one.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock, Thread

from core import clock, db
from core.errors import ClinicError
from core.imports.reading import Outcome
from core.permissions import Actor

log = logging.getLogger(__name__)

KEPT = timedelta(hours=1)
WAITED_SECONDS = 1.0  # a small file is in before anybody needs to see how far it is
_lock = Lock()


@dataclass
class Job:
    """`key` is that of the form it was asked for with. In the end there is an `outcome`, or a `problem`."""

    key: str
    actor: Actor
    kind: str
    data: bytes
    done: int = 0
    of: int = 0
    outcome: Outcome | None = None
    problem: str = ""
    ended_at: datetime | None = None

    def tell(self, done: int, of: int) -> None:
        self.done, self.of = done, of


_job: Job | None = None


def begin(key: str, actor: Actor, kind: str, data: bytes, save: Callable[..., Outcome]) -> bool:
    """Whether this click's import is under way or done; not while another one is. A second click begins no second."""
    global _job
    with _lock:
        if _job and _job.key == key:
            return True
        if at_work():
            return False
        _job = Job(key, actor, kind, data)
        thread = Thread(target=_run, args=[_job, save], name="qure-import", daemon=True)
        thread.start()
    thread.join(WAITED_SECONDS)
    return True


def at_work() -> Job | None:
    return _job if _job and _job.ended_at is None else None


def ended(actor: Actor) -> Job | None:
    """What became of this person's import, as long as it is kept."""
    if _job is None or _job.ended_at is None or _job.actor.user_id != actor.user_id:
        return None
    return _job if clock.now() - _job.ended_at < KEPT else None


def forget(key: str) -> None:
    """What became of it has been seen."""
    global _job
    with _lock:
        if _job and _job.key == key and _job.ended_at:
            _job = None


def _run(job: Job, save: Callable[..., Outcome]) -> None:
    try:
        with db.transaction() as session:
            job.outcome = save(session, job.actor, job.data, tell=job.tell)
    except ClinicError as refusal:
        job.problem = str(refusal)
    except Exception:
        log.exception("The import failed")
        job.problem = "The import failed and nothing of the file was kept. The log tells why."
    finally:
        job.ended_at = clock.now()
