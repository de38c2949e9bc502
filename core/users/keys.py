"""Passwords of the people who work here: given, chosen, changed. Whatever changes one ends the sessions it opened."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from core import audit, clinic, clock, passwords, tries
from core.errors import Invalid, NotFound
from core.models import SignIn, User
from core.permissions import Actor, Permission, require
from core.users.records import AlreadyChosen, NotProved, OwnPassword
from core.words import say


def reset_password(
    session: Session, actor: Actor, user_id: int, password: str, *, at_the_machine: bool = False
) -> None:
    """Set a first password for someone else, who chooses their own with it; every session of theirs ends.

    Not for oneself, which would need no password: somebody may have left the screen. Whoever sits at the machine itself
    owns its data, and may have forgotten theirs. Raises OwnPassword or Invalid.
    """
    require(actor, Permission.MANAGE_USERS)
    if user_id == actor.user_id and not at_the_machine:
        raise OwnPassword
    user = locked(session, user_id)
    _set_password(session, user, password)
    user.must_change_password = True
    audit.record(session, actor, audit.UPDATE, "user.password_reset", user)


def change_password(session: Session, actor: Actor, current: str, new: str) -> None:
    """Change one's own password; every session ends, this one too. Raises NotProved, Waiting or Invalid."""
    require(actor, Permission.SIGN_IN)
    user = proved(session, actor, current)
    _set_password(session, user, new)
    audit.record(session, actor, audit.UPDATE, "user.password_changed", user)


def choose_password(session: Session, actor: Actor, new: str) -> None:
    """Whoever came in with a first password chooses their own; every session ends. Raises AlreadyChosen or Invalid."""
    require(actor, Permission.OWN_SIGN_IN)
    user = locked(session, actor.user_id)
    if not user.must_change_password:
        raise AlreadyChosen
    if passwords.fits(new, user.password_hash):
        raise Invalid({"password": say("This is the password you were given. Choose another that only you know.")})
    _set_password(session, user, new)
    user.must_change_password = False
    audit.record(session, actor, audit.UPDATE, "user.password_chosen", user)


def proved(session: Session, actor: Actor, password: str) -> User:
    """The actor's own user, locked, once the password shows that it is they who sit there.

    Raises NotProved, and Waiting after too many of those. Whoever catches NotProved counts it (auth.count_wrong).
    """
    require(actor, Permission.OWN_SIGN_IN)
    tries.check(session, tries.inside(actor.user_id))
    user = locked(session, actor.user_id)
    if not passwords.fits(password, user.password_hash):
        raise NotProved({"current": say("The current password is not right.")})
    return user


def end_sessions(session: Session, user_id: int, keep: str = "") -> int:
    """Sign a user out everywhere, but for the session `keep`. Returns how many sessions ended."""
    open_ones = SignIn.user_id == user_id, SignIn.ended_at.is_(None), SignIn.sid != keep
    ended = update(SignIn).where(*open_ones).values(ended_at=clock.now()).returning(SignIn.sid)
    return len(session.scalars(ended).all())


def locked(session: Session, user_id: int) -> User:
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound("user", user_id)
    return user


def _set_password(session: Session, user: User, password: str) -> None:
    """What a guesser knows as well is no password: user name, name and the clinic's."""
    if problem := passwords.problem(password, user.username, user.name, clinic.profile(session).name):
        raise Invalid({"password": problem})
    user.password_hash, user.password_changed_at = passwords.hashed(password), clock.now()
    end_sessions(session, user.id)
