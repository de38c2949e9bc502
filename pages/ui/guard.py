"""What every request passes before anything answers it, and what every answer carries.

Only pages of our own origin may write or listen, and only under a name that is ours. Files go to those who are signed
in. An error that nobody expected says its number and nothing else.
"""

import logging
import time

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import auth, db, logs
from core.errors import ClinicError
from core.permissions import Permission, allowed
from pages.ui import origin, policy
from pages.ui.catalogue import SCREENS, WAITING_ROOM
from pages.ui.cookies import token_in

log = logging.getLogger(__name__)

LONGEST_BODY = 64 * 1024  # bytes; an uploaded file has a limit of its own (.streamlit/config.toml)
_UPLOADS = "/_stcore/upload_file/"
_SIGNED_IN = ("/media/", "/_stcore/metrics", _UPLOADS)
_CLOSED = ("/_stcore/agent/", "/_stcore/script-health-check")
_READS = {"GET", "HEAD", "OPTIONS"}
_EVERY_MOMENT = ("/static/", "/health", "/ready", "/live/board", "/_stcore/health", "/_stcore/host-config", "/favicon")
# What may stand in the log of a path; the rest of it names a record, or is whatever a stranger typed.
_WORDS = {screen.address for screen in (*SCREENS, WAITING_ROOM)} | {
    *("today", "auth", "session", "logout", "paper", "document", "token", "print", "genuine", "live", "board"),
    *("changes", "health", "ready", "media", "static", "component", "_stcore", "stream", "upload_file", "metrics"),
    *("host-config", "agent"),
}


class TooLarge(Exception):
    """More was sent than anything here takes."""


class Guard:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        with logs.work() as number:
            answer = _Answer(scope, send, number)
            try:
                refusal = await _refusal(HTTPConnection(scope))
                await (refusal or self.app)(scope, _limited(scope, receive), answer)
            except TooLarge:
                await answer.instead(_said("This is more than Qure takes at once.", 413), receive)
            except Exception:
                log.exception("A request failed")
                words = f"Something went wrong. Tell your administrator the number {number}."
                await answer.instead(_said(words, 500), receive)
            finally:
                answer.note()


class _Answer:
    """Where an answer is sent: it gets the headers that every one carries."""

    def __init__(self, scope: Scope, send: Send, number: str) -> None:
        self.scope, self.number = scope, number
        self.began = time.monotonic()
        self.status: int | None = None
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] in {"http.response.start", "websocket.http.response.start"}:
            headers = MutableHeaders(raw=list(message.get("headers", [])))
            policy.add(headers, self.scope)
            headers["x-request-id"] = self.number
            self.status, message = message["status"], {**message, "headers": headers.raw}
        elif message["type"] == "websocket.accept":
            self.status = 101
        await self._send(message)

    async def instead(self, response: Response, receive: Receive) -> None:
        """In place of an answer that failed; one that has begun can only break off."""
        if self.status is None:
            await response(self.scope, receive, self)

    def note(self) -> None:
        path, spent = self.scope["path"], round((time.monotonic() - self.began) * 1000)
        about = {
            "method": self.scope.get("method", "WEBSOCKET"),
            "path": told(path),
            "status": self.status,
            "ms": spent,
        }
        level = logging.DEBUG if path.startswith(_EVERY_MOMENT) else logging.INFO
        log.log(level, "%(method)s %(path)s %(status)s %(ms)d ms", about, extra=about)


def told(path: str) -> str:
    return "/".join(part if part in _WORDS else "…" for part in path.split("/")[:8])


async def _refusal(request: HTTPConnection) -> Response | None:
    """Why this is not answered, if it is not. The path is the one that routes are found by: an address put together
    with the name that was asked for may have another.
    """
    path, writes = request.scope["path"], request.scope.get("method") not in _READS
    if not origin.is_ours(request.headers.get("host", "")):
        return _said("This is no name of this Qure. QURE_PUBLIC_ADDRESS says under which one it is reached.", 421)
    if writes and not origin.same_origin(request):
        return _said("Only Qure's own pages may do this.", 403)
    if path.startswith(_CLOSED):
        return _said("Not found", 404)
    if path.startswith(_SIGNED_IN) and not await run_in_threadpool(_signed_in, token_in(request.cookies)):
        return _said("Not found", 404)
    return None


def _limited(scope: Scope, receive: Receive) -> Receive:
    """A body is counted as it comes: what its sender says of its length need not be true."""
    if scope["type"] != "http" or scope["path"].startswith(_UPLOADS):
        return receive
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LONGEST_BODY:
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


def _said(sentence: str, status: int) -> Response:
    return PlainTextResponse(sentence, status)
