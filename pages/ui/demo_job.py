"""A demo clinic in the making: one at a time, in a thread of its own, so that no closed tab leaves half of it behind.

All of it is one transaction of the simulator. Whoever asked for it holds a claim; the new logins, whose passwords are
kept nowhere else, are shown for that claim alone and forgotten after an hour or with the process.
"""

import logging
import secrets
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


def begin() -> str | None:
    """The claim to a demo clinic that is being made from now on; None if one is being made already."""
    global _job
    with _lock:
        if at_work():
            return None
        _job = Job(secrets.token_urlsafe(16))
        Thread(target=_make, args=[_job], name="qure-demo", daemon=True).start()
        return _job.claim


def at_work() -> Job | None:
    return _job if _job and _job.ended_at is None else None


def ended(claim: str | None) -> Job | None:
    """What became of the job of a claim, as long as it is kept."""
    if _job is None or claim is None or _job.ended_at is None or clock.now() - _job.ended_at > KEPT:
        return None
    return _job if secrets.compare_digest(_job.claim.encode(), claim.encode()) else None


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
