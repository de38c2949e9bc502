"""The REST API beside the screens. It is made when it is first asked for: the first screen does not wait for it."""

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.ui.site import SCREENS

_made: ASGIApp | None = None


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    global _made
    if _made is None:
        _made = await run_in_threadpool(_make)
    await _made(scope, receive, send)


def _make() -> ASGIApp:
    from core.api import WORDS, api

    SCREENS.words.update(WORDS)
    return api
