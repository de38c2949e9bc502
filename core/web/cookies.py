"""The cookie that carries the token from one page to the next: no script reads it, and no other site sends it.

Where a browser reaches us by https it is a `__Host-` one, which it gets, keeps and sends by https alone and which no
neighbour of our domain can set.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from core.config import settings

COOKIE = "qure_session"
SECURE_COOKIE = f"__Host-{COOKIE}"


def token_in(cookies: Mapping[str, str]) -> str | None:
    """Where the clinic is reached by https only, no other cookie is taken."""
    plain = None if settings().secure_cookies else cookies.get(COOKIE)
    return cookies.get(SECURE_COOKIE) or plain


def token_shown(request: HTTPConnection) -> str | None:
    """What a program shows as Bearer, else what a browser keeps."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else token_in(request.cookies)


def give(request: Request, response: Response, token: str) -> None:
    """The browser itself tells by its Origin how it reaches us: behind a proxy that ends TLS nobody else knows."""
    by_https = urlsplit(request.headers.get("origin", "")).scheme == "https"
    secure = by_https if settings().secure_cookies is None else settings().secure_cookies
    name = SECURE_COOKIE if secure else COOKIE
    response.set_cookie(name, token, max_age=settings().session_hours * 3600, **_rights(secure=bool(secure)))


def take_away(response: Response) -> None:
    response.delete_cookie(COOKIE, **_rights(secure=False))
    response.delete_cookie(SECURE_COOKIE, **_rights(secure=True))


def _rights(*, secure: bool) -> dict[str, Any]:
    return {"httponly": True, "samesite": "strict", "secure": secure, "path": "/"}
