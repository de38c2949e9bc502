"""Who asks: whose token came as Bearer, or in the cookie of a browser that is signed in to the screens."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Annotated, Concatenate, ParamSpec, TypeVar

from fastapi import Depends, Header, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from core import auth, db, logs
from core.api.refusals import SignedOut
from core.permissions import Actor
from core.web import acting, cookies, origin

P = ParamSpec("P")
R = TypeVar("R")

_bearer = HTTPBearer(auto_error=False, description="What `/auth/login` answered.")
_cookie = APIKeyCookie(name=cookies.COOKIE, auto_error=False, description="Of a browser signed in to the screens.")
_READS = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Caller:
    """Somebody who is signed in. `key` makes what is written happen once."""

    actor: Actor
    username: str
    token: str
    key: str | None = None

    def act(self, verb: Callable[Concatenate[Session, Actor, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a verb that writes. Raises what it refuses."""
        return acting.act(self.token, self.actor, self.key, verb, *args, **kwargs)

    def again(self) -> "Caller":
        """The same person as they are now: in the middle of something long. Raises SignedOut."""
        with db.reading() as session:
            identity = auth.identify(session, self.token)
        if identity is None:
            raise SignedOut
        return replace(self, actor=identity.actor)

    def read(self, query: Callable[Concatenate[Session, Actor, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a query on a session that PostgreSQL keeps from writing. Raises what it refuses."""
        with acting.refusals_noted(self.token, acting.named(query)), db.reading() as session:
            return query(session, self.actor, *args, **kwargs)


def caller(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    _documented: Annotated[str | None, Depends(_cookie)],
) -> Caller:
    """Raises SignedOut."""
    token = bearer.credentials if bearer else _token_of_browser(request)
    with db.reading() as session:
        identity = auth.identify(session, token)
    if identity is None or token is None:
        raise SignedOut
    if auth.needs_touch(identity):
        with db.transaction() as session:
            auth.touch(session, identity.sid)
    logs.tell(user=identity.actor.user_id)
    return Caller(identity.actor, identity.username, token)


def _token_of_browser(request: Request) -> str | None:
    """A cookie comes along by itself: it counts for writing only where a page of our own asks."""
    safe = request.method in _READS or origin.same_origin(request)
    return cookies.token_in(request.cookies) if safe else None


Asking = Annotated[Caller, Depends(caller)]


_KEY = Header(
    min_length=1,
    max_length=200,
    description="Of your choice, one for each thing that shall happen: sent again, it happens once.",
    examples=["5f0c6a4e-6d0f-4c55-9d36-0b8e7d0f1c11"],
)


def once_per_key(caller: Asking, idempotency_key: Annotated[str, _KEY]) -> Caller:
    own = f"api-{caller.actor.user_id}-{sha256(idempotency_key.encode()).hexdigest()}"
    return replace(caller, key=own)


def once_if_keyed(caller: Asking, idempotency_key: Annotated[str | None, _KEY] = None) -> Caller:
    return caller if idempotency_key is None else once_per_key(caller, idempotency_key)


Posting = Annotated[Caller, Depends(once_per_key)]
Amending = Annotated[Caller, Depends(once_if_keyed)]  # a PATCH that adds something: twice would be twice
