"""An import at work. All of a file is one transaction; what became of it is shown to whoever began it."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from core import db
from core.imports.reading import Outcome
from core.permissions import Actor
from core.words import later
from pages.ui import one_at_a_time
from pages.ui.one_at_a_time import OneAtATime

WAITED_SECONDS = 1.0  # a small file is in before anybody needs to see how far it is


@dataclass
class Job(one_at_a_time.Job):
    """`key` is that of the form it was asked for with; in the end there is an `outcome`."""

    key: str
    actor: Actor
    kind: str
    data: bytes
    done: int = 0
    of: int = 0
    outcome: Outcome | None = None

    def tell(self, done: int, of: int) -> None:
        self.done, self.of = done, of


_clicks = Lock()
imports = OneAtATime[Job]("qure-import", later("The import failed and nothing of the file was kept."))


def begin(key: str, actor: Actor, kind: str, data: bytes, save: Callable[..., Outcome]) -> bool:
    """Whether this click's import is under way or done; not while another one is. A second click begins no second."""

    def work(job: Job) -> None:
        with db.transaction() as session:
            job.outcome = save(session, actor, data, tell=job.tell)

    with _clicks:
        if imports.job and imports.job.key == key:
            return True
        thread = imports.begin(Job(key, actor, kind, data), work)
    if thread is None:
        return False
    thread.join(WAITED_SECONDS)
    return True


def ended(actor: Actor) -> Job | None:
    """What became of this person's import, as long as it is kept."""
    job = imports.ended()
    return job if job and job.actor.user_id == actor.user_id else None
