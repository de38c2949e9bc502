"""Sessions: one sign-in of one person, in however many tabs.

Whoever shows the token is looked up at every step, so that a logout, a disabled user or a new role counts at once and
in every tab, also after a restart. Both limits, of idle time and of the whole, are judged by the session's own row.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from core import audit, clock, users
from core.auth import tokens
from core.auth.devices import in_words
from core.config import settings
from core.errors import NotFound
from core.models import SignIn, User
from core.permissions import Actor, Permission, require

TICKET_LIFE = timedelta(seconds=30)
CLOCKS_APART = timedelta(minutes=5)  # of two servers; a session from further ahead began before a clock was set back
SEEN_STEP = timedelta(minutes=1)  # how exactly inactivity is known; saves a write at each click


@dataclass(frozen=True)
class SignedIn:
    """`token` stays on the server, or goes to the program that signed in; `ticket` may go to a browser.

    `last_at` is when they signed in before, None the first time; `failures` the wrong tries since.
    """

    actor: Actor
    token: str
    ticket: str
    last_at: datetime | None = None
    failures: int = 0


@dataclass(frozen=True)
class Identity:
    """`on_tour`: they have not put the first steps of their role away."""

    actor: Actor
    sid: str
    seen_at: datetime
    username: str
    language: str | None = None
    on_tour: bool = False


@dataclass(frozen=True)
class OpenSession:
    """`device` in words, "" where the browser told nothing."""

    sid: str
    user_id: int
    name: str
    started_at: datetime
    seen_at: datetime
    address: str
    device: str


def identify(session: Session, token: str | None) -> Identity | None:
    """Whose token this is, if the session behind it still stands. One look-up by primary key."""
    claims = tokens.claims_of(token)
    if claims is None:
        return None
    row = session.execute(
        select(
            *(User.id, User.name, User.role, User.must_change_password, User.username, User.language),
            *(User.tour_ended_at, SignIn.sid, SignIn.seen_at),
        )
        .join(SignIn)
        .where(SignIn.sid == claims["sid"], *_open_now())
    ).one_or_none()
    if row is None:
        return None
    actor = Actor(row.id, row.name, row.role, first_password=row.must_change_password)
    return Identity(actor, row.sid, row.seen_at, row.username, row.language, row.tour_ended_at is None)


def needs_touch(identity: Identity) -> bool:
    return abs(clock.now() - identity.seen_at) > SEEN_STEP  # a clock that was set back lengthens no idle time


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
    return tokens.issue(row.sid, row.user_id, row.started_at) if row else None


def sign_out(session: Session, token: str | None) -> None:
    """End the session of a token, in every tab. Unknown and ended ones are no matter."""
    claims = tokens.claims_of(token)
    if claims:
        session.execute(
            update(SignIn).where(SignIn.sid == claims["sid"], SignIn.ended_at.is_(None)).values(ended_at=clock.now())
        )


def list_sessions(session: Session, actor: Actor) -> list[OpenSession]:
    """Everybody's open sessions, newest first."""
    require(actor, Permission.MANAGE_USERS)
    return _listed(session)


def list_my_sessions(session: Session, actor: Actor) -> list[OpenSession]:
    require(actor, Permission.OWN_SIGN_IN)
    return _listed(session, User.id == actor.user_id)


def end_session(session: Session, actor: Actor, sid: str) -> None:
    """Sign somebody out, in every tab of that session. One that has ended is left as it is. Raises NotFound."""
    require(actor, Permission.MANAGE_USERS)
    _end(session, actor, session.get(SignIn, sid, with_for_update=True, populate_existing=True), sid)


def end_my_session(session: Session, actor: Actor, sid: str) -> None:
    """The same for one of one's own. Raises NotFound, for another's as well."""
    require(actor, Permission.OWN_SIGN_IN)
    mine = select(SignIn).where(SignIn.sid == sid, SignIn.user_id == actor.user_id)
    _end(session, actor, session.scalar(mine.with_for_update().execution_options(populate_existing=True)), sid)


def end_my_other_sessions(session: Session, actor: Actor, keep: str) -> None:
    """Sign out everywhere but in the session `keep`."""
    require(actor, Permission.OWN_SIGN_IN)
    if users.end_sessions(session, actor.user_id, keep=keep):
        audit.record(session, actor, audit.UPDATE, "user.sessions_ended", session.get_one(User, actor.user_id))


def open_session(session: Session, user: User, address: str = "", device: str = "") -> SignedIn:
    """Always a new `sid`: nothing that a browser brought along is taken over. `device` is its User-Agent."""
    sid, ticket, now = secrets.token_urlsafe(24), secrets.token_urlsafe(32), clock.now()
    session.add(
        SignIn(
            sid=sid,
            user_id=user.id,
            started_at=now,
            seen_at=now,
            address=address,
            device=in_words(device),
            ticket_hash=_hash(ticket),
            ticket_until=now + TICKET_LIFE,
        )
    )
    actor = Actor(user.id, user.name, user.role, first_password=user.must_change_password)
    audit.record(session, actor, audit.CREATE, "user.signed_in", user)
    return SignedIn(actor, tokens.issue(sid, user.id, now), ticket)


def _open_now() -> list[ColumnElement[bool]]:
    now = clock.now()
    return [
        SignIn.ended_at.is_(None),
        SignIn.started_at > now - timedelta(hours=settings().session_hours),
        SignIn.started_at < now + CLOCKS_APART,
        SignIn.seen_at > now - timedelta(minutes=settings().idle_minutes),
        User.disabled_at.is_(None),
    ]


def _listed(session: Session, *which: ColumnElement[bool]) -> list[OpenSession]:
    found = (
        select(SignIn.sid, User.id, User.name, SignIn.started_at, SignIn.seen_at, SignIn.address, SignIn.device)
        .join(User)
        .where(*_open_now(), *which)
    )
    return [OpenSession(*row) for row in session.execute(found.order_by(SignIn.started_at.desc(), SignIn.sid))]


def _end(session: Session, actor: Actor, row: SignIn | None, sid: str) -> None:
    if row is None:
        raise NotFound("session", sid)
    if row.ended_at is None:
        row.ended_at = clock.now()
        audit.record(session, actor, audit.UPDATE, "user.session_ended", session.get_one(User, row.user_id))


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode("utf-8", "replace")).hexdigest()
