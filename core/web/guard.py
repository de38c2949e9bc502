"""What every request passes before anything answers it, and what every answer carries.

Only pages of our own origin may write or listen, and only under a name that is ours. Files go to those who are signed
in. An error that nobody expected says its number and nothing else.
"""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import auth, db, logs, words
from core.auth import tokens
from core.errors import ClinicError
from core.permissions import Permission, allowed
from core.web import headers, origin
from core.web.cookies import token_in, token_shown
from core.web.problems import problem

log = logging.getLogger(__name__)

LONGEST_BODY, LONGEST_UPLOAD = 64 * 1024, 11 * 1024 * 1024  # bytes; core/imports/sheet.py takes 10 MB of a file
TOO_LARGE = "This is more than Qure takes at once."
API = "/api/"
_READS = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Site:
    """What the guard must know of the addresses behind it; each tuple has how some of them begin.

    `words` may stand in the log of a path; the rest of it names a record, or is whatever a stranger typed. An app that
    is made later adds its own. `content` tells what a browser may load, of a request and the type of the answer.
    """

    words: set[str]
    content: Callable[[HTTPConnection, str], str]
    signed_in: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    uploads: tuple[str, ...] = ()
    every_moment: tuple[str, ...] = ()
    same_for_all: tuple[str, ...] = ()  # a browser may keep these


class TooLarge(Exception):
    """More was sent than anything here takes."""


class Guard:
    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app, self.site = app, site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        scope = {**scope, "path": scope["path"].replace("\n", "\ufffd")}  # no route matches a line break, not even /api
        with logs.work() as number:
            answer = _Answer(scope, send, number, self.site)
            try:
                refusal = await _refusal(HTTPConnection(scope), self.site)
                with words.read_in(words.offered(*_languages(HTTPConnection(scope)))):
                    await (refusal or self.app)(scope, _limited(scope, receive, self.site), answer)
            except TooLarge:
                await answer.instead(_said(scope["path"], TOO_LARGE, 413), receive)
            except Exception:
                log.exception("A request failed")
                await answer.instead(_said(scope["path"], went_wrong(number), 500), receive)
            finally:
                answer.note()


class _Answer:
    """Where an answer is sent: it gets the headers that every one carries."""

    def __init__(self, scope: Scope, send: Send, number: str, site: Site) -> None:
        self.scope, self.number, self.site = scope, number, site
        self.began = time.monotonic()
        self.status: int | None = None
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] in {"http.response.start", "websocket.http.response.start"}:
            self.status, message = message["status"], {**message, "headers": self._headers(message)}
        elif message["type"] == "websocket.accept":
            self.status = 101
        await self._send(message)

    def _headers(self, message: Message) -> list[tuple[bytes, bytes]]:
        own, connection = MutableHeaders(raw=list(message.get("headers", []))), HTTPConnection(self.scope)
        content = self.site.content(connection, own.get("content-type", ""))
        headers.add(own, connection, content, may_be_kept=self.scope["path"].startswith(self.site.same_for_all))
        own["x-request-id"] = self.number
        return own.raw

    async def instead(self, response: Response, receive: Receive) -> None:
        """In place of an answer that failed; one that has begun can only break off."""
        if self.status is None:
            await response(self.scope, receive, self)

    def note(self) -> None:
        spent = round((time.monotonic() - self.began) * 1000)
        about = {
            "method": self.scope.get("method", "WEBSOCKET"),
            "path": told(self.scope["path"], self.site),
            "status": self.status,
            "ms": spent,
        }
        level = logging.DEBUG if self.scope["path"].startswith(self.site.every_moment) else logging.INFO
        log.log(level, "%(method)s %(path)s %(status)s %(ms)d ms", about, extra=about)


def _languages(request: HTTPConnection) -> list[str]:
    """What the header Accept-Language names (RFC 9110), the best liked first."""
    named = [one.partition(";") for one in request.headers.get("accept-language", "").split(",")]
    liked = [(code.strip(), re.sub(r"\s|q=", "", weight.casefold()) or "1") for code, _, weight in named]
    wanted = sorted((one for one in liked if one[1].strip("0.")), key=lambda one: one[1], reverse=True)
    return [code for code, _ in wanted]


def told(path: str, site: Site) -> str:
    return "/".join(part if part in site.words else "…" for part in path.split("/")[:8])


def went_wrong(number: str) -> str:
    return f"Something went wrong. Tell your administrator the number {number}."


async def _refusal(request: HTTPConnection, site: Site) -> Response | None:
    """Why this is not answered, if it is not. The path is the one that routes are found by: an address put together
    with the name that was asked for may have another.
    """
    path, writes = request.scope["path"], request.scope.get("method") not in _READS
    if not origin.is_ours(request.headers.get("host", "")):
        sentence = "This is no name of this Qure. QURE_PUBLIC_ADDRESS says under which one it is reached."
        return _said(path, sentence, 421)
    if writes and not origin.same_origin(request) and not (path.startswith(API) and origin.names_none(request)):
        return _said(path, "Only Qure's own pages may do this.", 403)
    if path.startswith(site.closed):
        return _said(path, "Not found", 404)
    if path.startswith(site.signed_in) and not await run_in_threadpool(_signed_in, token_in(request.cookies)):
        return _said(path, "Not found", 404)
    return None


def _limited(scope: Scope, receive: Receive, site: Site) -> Receive:
    """A body is counted as it comes: what its sender says of its length need not be true."""
    if scope["type"] != "http":
        return receive
    uploads = scope["path"].startswith(site.uploads) and tokens.claims_of(token_shown(HTTPConnection(scope)))
    taken, most = 0, LONGEST_UPLOAD if uploads else LONGEST_BODY

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooLarge
        return message

    return counted


def _signed_in(token: str | None) -> bool:
    try:
        with db.reading() as session:
            identity = auth.identify(session, token)
    except ClinicError:
        return False
    return identity is not None and allowed(identity.actor, Permission.SIGN_IN)


def _said(path: str, sentence: str, status: int) -> Response:
    return problem(status, sentence) if path.startswith(API) else PlainTextResponse(sentence, status)
