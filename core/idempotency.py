"""Exactly once: a write that is asked for again answers what it answered the first time.

A key is made when a form is drawn and travels with its click. `once` stores key, actor, verb, a hash of the
arguments and the result in the transaction of the write itself. A second click, a retry after a lost connection or a
second tab finds the key and gets the saved result; while the first is still at work the second waits at the unique key.
"""

import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any, ParamSpec, TypeVar, cast, get_type_hints

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python
from sqlalchemy import Table, bindparam, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock, secret
from core.errors import Conflict
from core.models import IdempotencyKey
from core.permissions import Actor
from core.words import say

P = ParamSpec("P")
R = TypeVar("R")

KEPT = timedelta(days=2)
# Made once, for every write sends both.
_KEYS = cast(Table, IdempotencyKey.__table__)
_CLAIM = insert(_KEYS).on_conflict_do_nothing().returning(_KEYS.c.key)
_ANSWER = update(_KEYS).where(_KEYS.c.key == bindparam("claimed"))


class KeyReused(Conflict):
    def __init__(self) -> None:
        super().__init__(say("This form was already sent with other contents. Open it again and repeat the change."))


def once(key: str, verb: Callable[P, R]) -> Callable[P, R]:
    """The verb `(session, actor, …)` as one that takes effect once per key.

    Its result must be JSON by way of its return annotation: a frozen dataclass, a number, a string or None.
    Raises KeyReused if the key came with another person, verb or arguments.
    """

    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        session, actor = cast("tuple[Session, Actor | None]", args[:2])
        hashes = _hashes(args[2:], kwargs)
        claim = {
            "actor_id": actor.user_id if actor else None,
            "verb": f"{verb.__module__}.{verb.__qualname__}",
            "arguments_hash": hashes[0],
        }
        if not _claim(session, key, claim):
            return cast(R, _saved(session, key, claim, hashes, verb))
        result = verb(*args, **kwargs)
        stored = _adapter(verb).dump_python(result, mode="json")
        session.execute(_ANSWER, {"claimed": key, "result": stored})
        return result

    return run


def forget_old(session: Session) -> int:
    """Delete what no form can ask for again; answers may hold clinical text. Returns how many were deleted."""
    old = delete(IdempotencyKey).where(IdempotencyKey.created_at < clock.now() - KEPT)
    return len(session.scalars(old.returning(IdempotencyKey.key)).all())


def _claim(session: Session, key: str, claim: dict[str, Any]) -> bool:
    """Whether the key is ours. Waits for whoever holds it in a transaction that is still open."""
    return session.scalar(_CLAIM, {"key": key, "created_at": clock.now(), **claim}) is not None


def _saved(session: Session, key: str, claim: dict[str, Any], hashes: list[str], verb: Callable[..., object]) -> object:
    saved = session.get_one(IdempotencyKey, key, populate_existing=True)
    asked = {**claim, "arguments_hash": saved.arguments_hash}
    if saved.arguments_hash not in hashes or any(getattr(saved, name) != value for name, value in asked.items()):
        raise KeyReused
    return _adapter(verb).validate_python(saved.result)


def _hashes(args: tuple[object, ...], kwargs: dict[str, object]) -> list[str]:
    """Keyed with the server's secret: a password among the arguments must not be easier to guess than by bcrypt.

    The first is what is kept; the others are what was kept under the keys before.
    """
    typed = to_jsonable_python([args, kwargs], bytes_mode="base64")  # a file need not be UTF-8
    arguments = json.dumps(typed, sort_keys=True).encode()
    return [hmac.digest(key.encode(), arguments, "sha256").hex() for key in secret.every().values()]


@cache
def _adapter(verb: Callable[..., object]) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(verb)["return"])
