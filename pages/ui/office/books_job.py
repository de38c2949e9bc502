"""The check of the books, and what puts MongoDB and Redis right: long work of which one is done at a time.

What was found is for everybody who may check the books, and kept for an hour; that somebody checked is in the trail.
"""

from dataclasses import dataclass

from core import books, db, token_queue
from core.permissions import Actor, Permission, require
from core.words import later
from etl import proof, rebuild
from etl.proof import Proof
from pages.ui import one_at_a_time
from pages.ui.one_at_a_time import OneAtATime

WAITED_SECONDS = 1.0  # a small clinic is through before anybody needs to see how far it is


@dataclass
class Job(one_at_a_time.Job):
    """`share` of the whole is done, and just now `what` is looked at; in the end there is a `proof`."""

    actor: Actor
    rebuilds: bool
    what: str = later("Beginning")
    share: float = 0.0
    proof: Proof | None = None

    def tell(self, what: str, share: float) -> None:
        self.what, self.share = what, share


checks = OneAtATime[Job]("qure-books", later("The check did not come to its end."))


def begin(actor: Actor, *, rebuilds: bool = False) -> None:
    """Check everything; before that make MongoDB again from PostgreSQL, if asked. A second click begins no second."""
    require(actor, Permission.CHECK_BOOKS)
    if thread := checks.begin(Job(actor, rebuilds), _work):
        thread.join(WAITED_SECONDS)


def mend_queue(actor: Actor) -> int:
    """Redis gets the queue that PostgreSQL has. Returns how many entries were put right."""
    require(actor, Permission.CHECK_BOOKS)
    with db.reading() as session:
        return token_queue.reconcile(session)


def _work(job: Job) -> None:
    if job.rebuilds:
        job.tell(later("MongoDB is made again from PostgreSQL"), 0.0)
        rebuild.run()
    job.proof = proof.run(job.tell)
    with db.transaction() as session:
        books.note(session, job.actor, len(job.proof.findings), len(job.proof.broken))
