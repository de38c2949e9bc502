"""What people choose for themselves."""

from sqlalchemy.orm import Session

from core import audit, clock, words
from core.errors import check
from core.permissions import Actor, Permission, require
from core.users.keys import locked
from core.words import say


def choose_language(session: Session, actor: Actor, language: str | None) -> None:
    """Read in this language from the next click on; None: in that of the browser. Raises Invalid."""
    require(actor, Permission.SIGN_IN)
    known = language is None or language in words.LANGUAGES
    check(language=None if known else say("Qure does not speak that language yet."))
    user = locked(session, actor.user_id)
    audit.record(session, actor, audit.UPDATE, "user.language_chosen", user, audit.assign(user, language=language))


def end_tour(session: Session, actor: Actor) -> None:
    """The first steps of their role are put away; `begin_tour` brings them back."""
    require(actor, Permission.SIGN_IN)
    user = locked(session, actor.user_id)
    if user.tour_ended_at is None:
        changes = audit.assign(user, tour_ended_at=clock.now())
        audit.record(session, actor, audit.UPDATE, "user.tour_ended", user, changes)


def begin_tour(session: Session, actor: Actor) -> None:
    require(actor, Permission.SIGN_IN)
    user = locked(session, actor.user_id)
    if user.tour_ended_at is not None:
        audit.record(session, actor, audit.UPDATE, "user.tour_begun", user, audit.assign(user, tour_ended_at=None))
