"""One writer: whoever feeds MongoDB holds this lock of PostgreSQL until its transaction ends, however it ends."""

from time import monotonic, sleep

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.errors import Conflict

# Any number will do, so long as every process that feeds takes the same one.
_LOCK = 7_203_518
_PATIENCE_S = 10.0


class OtherAtWork(Conflict):
    def __init__(self) -> None:
        super().__init__("MongoDB is being rebuilt or checked just now. Try again when that is done.")


def take(session: Session) -> bool:
    """Whether the lock is ours now. Does not wait."""
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}))


def wait(session: Session) -> None:
    """For long jobs: let a relay finish its pass, which takes moments. Raises OtherAtWork."""
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))  # MongoDB may keep it waiting
    patience = monotonic() + _PATIENCE_S
    while not take(session):
        if monotonic() > patience:
            raise OtherAtWork
        sleep(0.1)
