"""A demo clinic in the making: one at a time, in a thread of its own, so that no closed tab leaves half of it behind.

All of it is one transaction of the simulator. Whoever asked for it holds a claim; the new logins, whose passwords are
kept nowhere else, are shown for that claim alone and forgotten after an hour or with the process.
"""

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock, Thread

from core import clock
from core.errors import ClinicError
from etl import simulate
from etl.simulate import Simulated

log = logging.getLogger(__name__)

DAYS, PATIENTS_PER_DAY, SEED = 90, 40, 1
KEPT = timedelta(hours=1)
_lock = Lock()


@dataclass
class Job:
    """`share` of the whole is done, and just now `what`. In the end there is what was `made`, or a `problem`."""

    claim: str
    what: str = "Setting up"
    share: float = 0.0
    made: Simulated | None = None
    problem: str = ""
    ended_at: datetime | None = None

    def tell(self, what: str, share: float) -> None:
        self.what, self.share = what, share


_job: Job | None = None


def new_claim() -> str:
    return secrets.token_urlsafe(16)


def begin(claim: str) -> bool:
    """Whether a demo clinic is made from now on for whoever holds this claim; not while another is being made."""
    global _job
    with _lock:
        if at_work():
            return False
        _job = Job(claim)
        Thread(target=_make, args=[_job], name="qure-demo", daemon=True).start()
        return True


def at_work() -> Job | None:
    return _job if _job and _job.ended_at is None else None


def is_of(job: Job, claims: Iterable[str]) -> bool:
    return any(secrets.compare_digest(job.claim.encode(), claim.encode()) for claim in claims)


def ended(claims: Iterable[str]) -> Job | None:
    """What became of the job that one of these claims is for, as long as it is kept."""
    if _job is None or _job.ended_at is None or clock.now() - _job.ended_at > KEPT:
        return None
    return _job if is_of(_job, claims) else None


def _make(job: Job) -> None:
    try:
        job.made = simulate.run(DAYS, PATIENTS_PER_DAY, SEED, tell=job.tell, only_new=True)
    except ClinicError as refusal:
        job.problem = str(refusal)
    except Exception:
        log.exception("The demo clinic could not be made")
        job.problem = "The demo clinic could not be made, and nothing is left of it. The log tells why."
    finally:
        job.ended_at = clock.now()
