"""What is timed, as screens do it: a look, and a write that is done once."""

import secrets
from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from core import db
from core.bench.clinic import Clinic
from core.permissions import Actor
from core.web import acting

R = TypeVar("R")


def look(question: Callable[[Session], R]) -> Callable[[], R]:
    def looked() -> R:
        with db.reading() as session:
            return question(session)

    return looked


def bare_look(clinic: Clinic, sql: str, values: Sequence[object] = (), column: int = 0) -> Callable[[], list[object]]:
    """The floor of a look: one column of its rows, all of which are fetched."""
    return lambda: [row[column] for row in clinic.bare.execute(sql, values, prepare=True).fetchall()]


def act(who: Actor, verb: Callable[..., R], *args: object, **kwargs: object) -> R:
    """With the key of a form that nobody has sent yet."""
    return acting.act(None, who, secrets.token_hex(16), verb, *args, **kwargs)
