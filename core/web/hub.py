"""News for the open screens of this process: one WebSocket for each tab, told by one listener.

A WebSocket and not server-sent events: a browser opens six connections to one address at a time, and a seventh tab
would hang; other programs get those (core/api/events.py). Only topics are sent ("queue"), so that nobody has to sign
in to listen: who hears one looks again.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

MOST_TABS = 500
HEARTBEAT_SECONDS = 15.0
_KEPT_TOPICS = 8  # for a tab that is slow to take them: news of the same may be lost, the tab looks again anyway

_tabs: dict["asyncio.Queue[str]", asyncio.AbstractEventLoop] = {}
_version = 0


def tell(topic: str) -> None:
    """From any thread."""
    global _version
    _version += 1
    for queue, loop in list(_tabs.items()):
        try:
            loop.call_soon_threadsafe(_put, queue, topic)
        except RuntimeError:  # its loop is closed: the server stops
            _tabs.pop(queue, None)


def version() -> int:
    """Another number whenever something has changed: what was read before may be out of date."""
    return _version


def tabs() -> int:
    return len(_tabs)


async def changes(socket: WebSocket) -> None:
    """Topics as they come, and an empty one now and then, by which a tab knows that the line is alive."""
    if len(_tabs) >= MOST_TABS:
        await socket.send_denial_response(PlainTextResponse("Too many tabs are open. Try later.", 503))
        return
    await socket.accept()
    with listening() as queue:
        sending, leaving = asyncio.create_task(_send(socket, queue)), asyncio.create_task(_gone(socket))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sending.cancel()
            leaving.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)


@contextmanager
def listening() -> Iterator["asyncio.Queue[str]"]:
    """The topics from now on, for one who listens; forgotten afterwards."""
    queue: asyncio.Queue[str] = asyncio.Queue(_KEPT_TOPICS)
    _tabs[queue] = asyncio.get_running_loop()
    try:
        yield queue
    finally:
        _tabs.pop(queue, None)


async def _send(socket: WebSocket, queue: "asyncio.Queue[str]") -> None:
    while True:
        try:
            topic = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
        except TimeoutError:
            topic = ""
        await socket.send_text(topic)


async def _gone(socket: WebSocket) -> None:
    """A tab has nothing to say; what it sends is thrown away until it leaves."""
    try:
        while True:
            await socket.receive_text()
    except (WebSocketDisconnect, RuntimeError, KeyError):
        return


def _put(queue: "asyncio.Queue[str]", topic: str) -> None:
    if not queue.full():
        queue.put_nowait(topic)
