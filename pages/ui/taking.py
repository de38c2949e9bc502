"""A file that is made when it is asked for: outside any run, so that whose tab it is comes from its token."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from core import db
from core.permissions import Actor
from core.web.acting import actor_of
from pages.ui.work import Session

P = ParamSpec("P")
R = TypeVar("R")


def taken(token: str, verb: Callable[Concatenate[Session, Actor, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """What the verb gives to whoever is signed in with this token; that it was taken is kept."""
    with db.transaction() as session:
        return verb(session, actor_of(session, token), *args, **kwargs)
