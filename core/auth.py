"""Sign in, stay signed in, sign out.

A sign-in makes a session (`sid`) kept in PostgreSQL and a JWT that names it. Whoever shows the token is looked up at
every step, so that a logout, a disabled user or a new role counts at once and in every tab, also after a restart. The
token lives as long as a session may (`session_hours`); inactivity is judged by the session's own `seen_at`.
The token reaches the browser only as an HttpOnly cookie, fetched with a ticket that works once within 30 seconds.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, cast

import jwt
from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit, clock, fields, passwords, secret
from core.config import settings
from core.errors import NotFound
from core.models import SignIn, SignInFailure, User
from core.permissions import Actor, Permission, require

ISSUER, AUDIENCE = "qure", "qure"
TICKET_LIFE = timedelta(seconds=30)
SEEN_STEP = timedelta(minutes=1)  # how exactly inactivity is known; saves a write at each click
# Wrong passwords before waiting begins: for one account from one address, and from one address, which a whole clinic
# may share. So nobody can lock a colleague at another desk out, and a guesser still waits longer and longer.
FREE_TRIES = {"account": 5, "address": 50}
LONGEST_WAIT = timedelta(minutes=5)
FORGOTTEN_AFTER = {"account": timedelta(days=1), "address": timedelta(minutes=15)}
_CLAIMS = ["exp", "iat", "jti", "iss", "aud", "sub", "sid"]


@dataclass(frozen=True)
class SignedIn:
    """`token` stays on the server; `ticket` may go to the browser."""

    actor: Actor
    token: str
    ticket: str


@dataclass(frozen=True)
class Refused:
    """A value, not an exception: the failure it counts must be committed."""

    sentence: str


@dataclass(frozen=True)
class Identity:
    actor: Actor
    sid: str
    seen_at: datetime


def sign_in(session: Session, username: str, password: str, address: str) -> SignedIn | Refused:
    """Check a password. The answer for an unknown user, a wrong password and a disabled user is the same."""
    username = fields.line(username).lower()[:100]
    subjects = {"account": f"{username} from {address}", "address": address}
    if wait := _wait(session, subjects):
        return Refused(f"Too many wrong passwords. Try again in {ceil(wait.total_seconds())} seconds.")
    user = session.scalar(select(User).where(func.lower(User.username) == username))
    if user is None:
        passwords.waste_time(password)
    elif passwords.fits(password, user.password_hash) and user.disabled_at is None:
        session.execute(delete(SignInFailure).where(SignInFailure.subject == subjects["account"]))
        return _open(session, user)
    _count_failure(session, subjects)
    return Refused("The user name or the password is not right.")


def identify(session: Session, token: str | None) -> Identity | None:
    """Whose token this is, if the session behind it still stands. One look-up by primary key."""
    claims = _claims(token)
    if claims is None:
        return None
    row = session.execute(
        select(SignIn.user_id, User.name, User.role, SignIn.sid, SignIn.seen_at)
        .join(User)
        .where(
            SignIn.sid == claims["sid"],
            SignIn.ended_at.is_(None),
            SignIn.seen_at > clock.now() - timedelta(minutes=settings().idle_minutes),
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    return Identity(Actor(row.user_id, row.name, row.role), row.sid, row.seen_at) if row else None


def needs_touch(identity: Identity) -> bool:
    return clock.now() - identity.seen_at > SEEN_STEP


def touch(session: Session, sid: str) -> None:
    """The person did something (a timer did not): the session's idle time starts again."""
    session.execute(update(SignIn).where(SignIn.sid == sid).values(seen_at=clock.now()))


def redeem(session: Session, ticket: str) -> str | None:
    """The token for a ticket, once."""
    row = session.execute(
        update(SignIn)
        .where(SignIn.ticket_hash == _hash(ticket), SignIn.ticket_until > clock.now(), SignIn.ended_at.is_(None))
        .values(ticket_hash=None)
        .returning(SignIn.sid, SignIn.user_id, SignIn.started_at)
    ).one_or_none()
    return _token(row.sid, row.user_id, row.started_at) if row else None


def sign_out(session: Session, token: str | None) -> None:
    """End the session of a token, in every tab. Unknown and ended ones are no matter."""
    claims = _claims(token)
    if claims:
        session.execute(
            update(SignIn).where(SignIn.sid == claims["sid"], SignIn.ended_at.is_(None)).values(ended_at=clock.now())
        )


def list_sessions(session: Session, actor: Actor) -> list[tuple[str, str, datetime, datetime]]:
    """Open sessions as (sid, name, started_at, seen_at), newest first."""
    require(actor, Permission.MANAGE_USERS)
    oldest = clock.now() - timedelta(hours=settings().session_hours)
    idle = clock.now() - timedelta(minutes=settings().idle_minutes)
    rows = session.execute(
        select(SignIn.sid, User.name, SignIn.started_at, SignIn.seen_at)
        .join(User)
        .where(SignIn.ended_at.is_(None), SignIn.started_at > oldest, SignIn.seen_at > idle)
        .order_by(SignIn.started_at.desc())
    )
    return [(sid, name, started, seen) for sid, name, started, seen in rows]


def end_session(session: Session, actor: Actor, sid: str) -> None:
    """Sign somebody out, in every tab of that session. One that has ended is left as it is. Raises NotFound."""
    require(actor, Permission.MANAGE_USERS)
    row = session.get(SignIn, sid, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("session", sid)
    if row.ended_at is None:
        row.ended_at = clock.now()
        audit.record(session, actor, audit.UPDATE, "user.session_ended", session.get_one(User, row.user_id))


def _open(session: Session, user: User) -> SignedIn:
    sid, ticket, now = secrets.token_urlsafe(24), secrets.token_urlsafe(32), clock.now()
    session.add(
        SignIn(
            sid=sid,
            user_id=user.id,
            started_at=now,
            seen_at=now,
            ticket_hash=_hash(ticket),
            ticket_until=now + TICKET_LIFE,
        )
    )
    actor = Actor(user.id, user.name, user.role)
    audit.record(session, actor, audit.CREATE, "user.signed_in", user)
    return SignedIn(actor, _token(sid, user.id, now), ticket)


def _token(sid: str, user_id: int, started_at: datetime) -> str:
    claims = {
        "sub": str(user_id),
        "sid": sid,
        "jti": secrets.token_urlsafe(12),
        "iat": clock.now(),
        "exp": started_at + timedelta(hours=settings().session_hours),
        "iss": ISSUER,
        "aud": AUDIENCE,
    }
    return jwt.encode(claims, secret.key(), algorithm="HS256")


def _claims(token: str | None) -> dict[str, Any] | None:
    if not token:
        return None
    try:
        claims = jwt.decode(
            token,
            secret.key(),
            algorithms=["HS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False},
        )
    except jwt.PyJWTError:
        return None
    expires = cast(float, claims["exp"])
    return claims if clock.now().timestamp() < expires else None  # by our clock, which tests can stop


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode("utf-8", "replace")).hexdigest()


def _wait(session: Session, subjects: dict[str, str]) -> timedelta:
    """How long until the next try is looked at: 1, 2, 4 … seconds after the free tries are used up."""
    kinds = {subject: kind for kind, subject in subjects.items()}
    longest = timedelta(0)
    known = select(SignInFailure).where(SignInFailure.subject.in_(kinds)).order_by(SignInFailure.subject)
    # Locked: of many tries at once each is judged after the one before it.
    for failure in session.scalars(known.with_for_update().execution_options(populate_existing=True)):
        beyond = failure.failures - FREE_TRIES[kinds[failure.subject]]
        delay = min(timedelta(seconds=2 ** min(beyond, 20)), LONGEST_WAIT) if beyond >= 0 else timedelta(0)
        longest = max(longest, failure.last_at + delay - clock.now())
    return longest


def _count_failure(session: Session, subjects: dict[str, str]) -> None:
    """One more for the account and the address; after a while without failures it starts over."""
    now = clock.now()
    for kind, subject in sorted(subjects.items(), key=lambda item: item[1]):
        statement = insert(SignInFailure).values(subject=subject, failures=1, last_at=now)
        stale = SignInFailure.last_at < now - FORGOTTEN_AFTER[kind]
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[SignInFailure.subject],
                set_={"failures": case((stale, 1), else_=SignInFailure.failures + 1), "last_at": now},
            )
        )
