"""A demo clinic in the making. All of it is one transaction of the simulator.

Whoever asked for it holds a claim; the new logins, whose passwords are kept nowhere else, are shown for that claim
alone and forgotten after an hour or with the process.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.words import later, say
from etl import simulate
from etl.simulate import Simulated
from pages.ui import one_at_a_time
from pages.ui.one_at_a_time import OneAtATime

DAYS, PATIENTS_PER_DAY, SEED = 90, 40, 1


@dataclass
class Job(one_at_a_time.Job):
    """`share` of the whole is done, and just now `what`; in the end there is what was `made`."""

    claim: str
    what: str = field(default_factory=lambda: say("Setting up"))
    share: float = 0.0
    made: Simulated | None = None

    def tell(self, what: str, share: float) -> None:
        self.what, self.share = what, share


demos = OneAtATime[Job]("qure-demo", later("The demo clinic could not be made, and nothing is left of it."))


def new_claim() -> str:
    return secrets.token_urlsafe(16)


def begin(claim: str) -> bool:
    """Whether a demo clinic is made from now on for whoever holds this claim; not while another is being made."""
    return demos.begin(Job(claim), _make) is not None


def is_of(job: Job, claims: Iterable[str]) -> bool:
    return any(secrets.compare_digest(job.claim.encode(), claim.encode()) for claim in claims)


def ended(claims: Iterable[str]) -> Job | None:
    """What became of the job that one of these claims is for, as long as it is kept."""
    job = demos.ended()
    return job if job and is_of(job, claims) else None


def _make(job: Job) -> None:
    job.made = simulate.run(DAYS, PATIENTS_PER_DAY, SEED, tell=job.tell, only_new=True)
