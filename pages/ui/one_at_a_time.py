"""Long work of which one is done at a time, in a thread of its own, so that no closed tab and no F5 stops it halfway.

What became of it is kept for an hour, or until the next one begins.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import Generic, TypeVar

from core import clock
from core.errors import ClinicError
from core.words import language, read_in, say

log = logging.getLogger(__name__)

KEPT = timedelta(hours=1)


@dataclass(kw_only=True)
class Job:
    """In the end there is a `problem`, or what the kind of job adds."""

    problem: str = ""
    ended_at: datetime | None = None


J = TypeVar("J", bound=Job)


class OneAtATime(Generic[J]):
    """The one job of a kind. `failed` is what people read when it failed for a reason that only the log tells."""

    def __init__(self, name: str, failed: str) -> None:
        self.name, self.failed = name, failed
        self.job: J | None = None
        self._lock = Lock()

    def begin(self, job: J, work: Callable[[J], None]) -> Thread | None:
        """The thread that does it from now on; None while another is at work."""
        with self._lock:
            if self.at_work():
                return None
            self.job = job
            # A thread has no reader of its own: it speaks to whoever asked for the work.
            thread = Thread(target=self._run, args=[job, work, language()], name=self.name, daemon=True)
            thread.start()
            return thread

    def at_work(self) -> J | None:
        return self.job if self.job and self.job.ended_at is None else None

    def ended(self) -> J | None:
        """What became of the last one, as long as it is kept."""
        job = self.job
        return job if job and job.ended_at and clock.now() - job.ended_at < KEPT else None

    def forget(self, job: J) -> None:
        """Somebody knows what became of this one; it may not be the last any more."""
        with self._lock:
            if self.job is job:
                self.job = None

    def _run(self, job: J, work: Callable[[J], None], reader: str) -> None:
        try:
            with read_in(reader):
                work(job)
        except ClinicError as refusal:
            job.problem = str(refusal)
        except Exception:
            log.exception(self.failed)
            with read_in(reader):
                job.problem = f"{say(self.failed)} {say('The log tells why.')}"
        finally:
            job.ended_at = clock.now()
