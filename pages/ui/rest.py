"""The REST API beside the screens. It is made when it is first asked for: the first screen does not wait for it."""

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.ui.site import SCREENS


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    api = await run_in_threadpool(_api)
    await api(scope, receive, send)


def _api() -> ASGIApp:
    from core.api import WORDS, api

    SCREENS.words.update(WORDS)
    return api
