"""Wrong passwords and codes: counted, told in the audit trail, and answered with longer and longer waits.

Three counts stand in PostgreSQL, where a restart does not clear them: of an account at one address, of an account from
everywhere it was never signed in at, and of an address, which a whole clinic may share. So a guesser waits longer and
longer wherever he tries from, and nobody elsewhere can lock a colleague out who sits where they always sit. Whoever
guesses from that same address does make them wait, as long as he goes on.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit, clock, secret
from core.errors import Conflict
from core.models import Clinic, SignIn, SignInFailure, User
from core.permissions import Actor
from core.words import say_count

# Wrong tries before waiting begins.
AT_ONE_ADDRESS, ELSEWHERE, OF_ADDRESS = 5, 20, 50
LONGEST_WAIT = timedelta(minutes=5)
FORGOTTEN_AFTER, ADDRESS_FORGOTTEN_AFTER = timedelta(days=1), timedelta(minutes=15)
ADDRESS_KNOWN_FOR = timedelta(days=90)


class Waiting(Conflict):
    def __init__(self, wait: timedelta) -> None:
        self.seconds = ceil(wait.total_seconds())
        super().__init__(
            say_count(
                self.seconds,
                "Too many wrong tries. Try again in {count} second.",
                "Too many wrong tries. Try again in {count} seconds.",
            )
        )


@dataclass(frozen=True)
class Counted:
    """What a try is counted for: `subjects` with their free tries. `user_id` 0: nobody of that name."""

    user_id: int
    address: str
    subjects: dict[str, int]


def at_the_door(session: Session, user: User | None, typed: str, address: str) -> Counted:
    """A try to sign in. What was typed where there is no such user may be a password: only a keyed hash is kept."""
    user_id = user.id if user else 0
    who = f"user {user_id}" if user else f"name {hmac.digest(secret.key().encode(), typed.encode(), 'sha256').hex()}"
    subjects = {f"{who} from {address}": AT_ONE_ADDRESS, f"address {address}": OF_ADDRESS}
    if not _known(session, user_id, address):
        subjects[f"{who} from elsewhere"] = ELSEWHERE
    return Counted(user_id, address, subjects)


def inside(user_id: int) -> Counted:
    """A try of somebody who is signed in, such as at their own password: no reason to keep them from signing in."""
    return Counted(user_id, "", {f"user {user_id} signed in": AT_ONE_ADDRESS})


def check(session: Session, counted: Counted) -> None:
    """Raises Waiting until the next try may be looked at. Of many at once each is judged after the one before it.

    The address is looked at without a lock, for a clinic at one address signs in side by side; and first: whoever has
    to wait for it leaves nothing behind, whatever names are typed.
    """
    accounts = _accounts(counted)
    _check_waits(session, counted, counted.subjects.keys() - accounts)
    none_yet = [{"subject": subject, "failures": 0, "last_at": clock.now()} for subject in accounts]
    session.execute(insert(SignInFailure).values(none_yet).on_conflict_do_nothing())
    locked = select(SignInFailure).where(SignInFailure.subject.in_(accounts)).order_by(SignInFailure.subject)
    session.execute(locked.with_for_update())
    _check_waits(session, counted, accounts)


def count(session: Session, counted: Counted, by: Actor | None = None) -> None:
    """One more wrong try, in the audit trail too: the waits keep it from being flooded."""
    now = clock.now()
    for subject in sorted(counted.subjects):
        forgotten = ADDRESS_FORGOTTEN_AFTER if subject.startswith("address ") else FORGOTTEN_AFTER
        stale = SignInFailure.last_at < now - forgotten
        session.execute(
            insert(SignInFailure)
            .values(subject=subject, failures=1, last_at=now)
            .on_conflict_do_update(
                index_elements=[SignInFailure.subject],
                set_={"failures": case((stale, 1), else_=SignInFailure.failures + 1), "last_at": now},
            )
        )
    where: audit.Changes = {"address": (None, counted.address)} if counted.address else {}
    whose = session.get(User, counted.user_id) or session.get(Clinic, 1)
    if whose:
        audit.record(session, by, audit.CREATE, FAILED, whose, where)


def forget(session: Session, counted: Counted) -> None:
    """The right password: what was counted for the account begins anew, what was for the address does not."""
    session.execute(delete(SignInFailure).where(SignInFailure.subject.in_(_accounts(counted))))


def forget_old(session: Session) -> None:
    """Delete what counts no more."""
    session.execute(delete(SignInFailure).where(SignInFailure.last_at < clock.now() - FORGOTTEN_AFTER))


FAILED = "user.sign_in_failed"


def _accounts(counted: Counted) -> list[str]:
    return sorted(subject for subject in counted.subjects if not subject.startswith("address "))


def _check_waits(session: Session, counted: Counted, subjects: Collection[str]) -> None:
    now = clock.now()
    found = select(SignInFailure.subject, SignInFailure.failures, SignInFailure.last_at)
    waits = [
        last_at + _delay(failures - counted.subjects[subject]) - now
        for subject, failures, last_at in session.execute(found.where(SignInFailure.subject.in_(subjects)))
        if last_at <= now  # a clock that was set back makes nobody wait for its own past
    ]
    if (longest := max(waits, default=timedelta(0))) > timedelta(0):
        raise Waiting(longest)


def _known(session: Session, user_id: int, address: str) -> bool:
    """Whether this user has signed in at this address before."""
    since = clock.now() - ADDRESS_KNOWN_FOR
    here = select(SignIn.sid).where(SignIn.user_id == user_id, SignIn.address == address, SignIn.started_at > since)
    return bool(session.scalar(select(here.exists())))


def _delay(beyond: int) -> timedelta:
    """1, 2, 4 … seconds once the free tries are used up."""
    return min(timedelta(seconds=2 ** min(beyond, 20)), LONGEST_WAIT) if beyond >= 0 else timedelta(0)
