"""Signing in: a password, and a code where the person has a second factor.

The answer for an unknown user, a wrong password and a disabled user is the same, and takes as long. Refusals are
values, not exceptions: the wrong try that they count must be committed.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock, fields, passwords, tries
from core.auth.second_factor import Unreadable, takes
from core.auth.sessions import SignedIn, open_session
from core.models import AuditEvent, SignIn, User
from core.permissions import Actor, Permission, require
from core.tries import Counted
from core.words import say

CODE_LIFE = timedelta(minutes=5)  # between the password and the code


@dataclass(frozen=True)
class Refused:
    """`waits` where it is not yet time for another try."""

    sentence: str
    waits: tries.Waiting | None = field(default=None, compare=False)


@dataclass(frozen=True)
class CodeWanted:
    """The password was right. It stays on the server until the code comes."""

    user_id: int
    username: str
    password_changed_at: datetime
    until: datetime


def sign_in(
    session: Session, username: str, password: str, address: str, device: str = ""
) -> SignedIn | CodeWanted | Refused:
    """Check a password. `device` is what the browser tells of itself."""
    username = fields.line(username).lower()[:100]
    user = session.scalar(select(User).where(func.lower(User.username) == username))
    counted = tries.at_the_door(session, user, username, address)
    try:
        tries.check(session, counted)
    except tries.Waiting as refusal:
        return Refused(str(refusal), refusal)
    if user is None:
        passwords.waste_time(password)
    elif passwords.fits(password, user.password_hash) and _still(session, user):
        if user.totp_since:
            return CodeWanted(user.id, user.username, user.password_changed_at, clock.now() + CODE_LIFE)
        return _come_in(session, user, counted, device)
    tries.count(session, counted)
    return Refused(say("The user name or the password is not right."))


def enter_code(session: Session, wanted: CodeWanted, code: str, address: str, device: str = "") -> SignedIn | Refused:
    """The second step: a code of the app, or a recovery code. Wrong ones count as wrong passwords do."""
    user = session.get_one(User, wanted.user_id)
    counted = tries.at_the_door(session, user, wanted.username, address)
    try:
        tries.check(session, counted)
        session.refresh(user, with_for_update=True)  # after the count of tries, as where the password is checked
        if not still_wanted(wanted) or user.disabled_at or user.password_changed_at != wanted.password_changed_at:
            return Refused(say("That took too long. Sign in again."))
        if user.totp_since is None:
            return Refused(say("Your second factor was taken away. Sign in again."))
        if takes(session, user, code):
            return _come_in(session, user, counted, device)
    except tries.Waiting as refusal:
        return Refused(str(refusal), refusal)
    except Unreadable as refusal:
        return Refused(str(refusal))
    tries.count(session, counted)
    return Refused(say("The code is not right, or was used before. Wait for the next one."))


def still_wanted(wanted: CodeWanted) -> bool:
    return clock.now() < wanted.until


def count_wrong(session: Session, actor: Actor) -> None:
    """Somebody who is signed in could not prove who they are: counted on its own, what they tried is rolled back."""
    require(actor, Permission.OWN_SIGN_IN)
    tries.count(session, tries.inside(actor.user_id), by=actor)


def _still(session: Session, user: User) -> bool:
    """Whether the user is what they were before the password was checked, which takes a while; locked from here on."""
    checked = user.password_hash
    session.refresh(user, with_for_update={"read": True})
    return user.disabled_at is None and user.password_hash == checked


def _come_in(session: Session, user: User, counted: Counted, device: str) -> SignedIn:
    tries.forget(session, counted)
    last_at = session.scalar(select(func.max(SignIn.started_at)).where(SignIn.user_id == user.id))
    failed = select(func.count()).where(
        AuditEvent.resource_type == User.__tablename__,
        AuditEvent.resource_id == user.id,
        AuditEvent.event == tries.FAILED,
        AuditEvent.actor_id.is_(None),  # what they mistyped themselves while they were signed in is no news to them
        AuditEvent.occurred_at > (last_at or user.created_at),
    )
    failures = session.scalar(failed) or 0
    return replace(open_session(session, user, counted.address, device), last_at=last_at, failures=failures)
