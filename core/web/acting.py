"""A write of somebody who is signed in: done once, and what is refused is kept."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from core import audit, auth, db, scheduling, token_queue
from core.errors import ClinicError, NotPermitted
from core.idempotency import once
from core.permissions import Actor
from core.users import NotProved
from core.words import say

P = ParamSpec("P")
R = TypeVar("R")


def actor_of(session: Session, token: str | None) -> Actor:
    """Whose token this is. Raises NotPermitted."""
    identity = auth.identify(session, token)
    if identity is None:
        raise NotPermitted(say("You are signed out."))
    return identity.actor


def note_refusal(token: str | None, wanted: str) -> None:
    """What was refused has been rolled back: that somebody wanted it is kept. Not worth an error of its own."""
    with suppress(ClinicError), db.transaction() as session:
        audit.note_refusal(session, actor_of(session, token), wanted)


@contextmanager
def refusals_noted(token: str | None, wanted: str) -> Iterator[None]:
    """What the role of this person does not include is kept, and goes on to be told."""
    try:
        yield
    except NotPermitted:
        note_refusal(token, wanted)
        raise


def act(
    token: str | None,
    actor: Actor,
    key: str | None,
    verb: Callable[Concatenate[Session, Actor, P], R],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Run a verb in a transaction of its own, once per `key` where there is one. Raises what it refuses."""
    try:
        with refusals_noted(token, named(verb)), db.transaction() as session:
            result = (once(key, verb) if key else verb)(session, actor, *args, **kwargs)
            if verb.__module__.startswith(scheduling.__name__):
                token_queue.announce(session, "calendar")  # here, for scheduling lies below what knows of news
        return result
    except NotProved:
        with db.transaction() as session:  # the write is rolled back, the wrong try counts
            auth.count_wrong(session, actor)
        raise


def named(verb: Callable[..., object]) -> str:
    """As the trail names what was wanted."""
    return f"{verb.__module__}.{verb.__name__}".removeprefix("core.")
