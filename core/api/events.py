"""/queue/events: that something has changed, as server-sent events, for programs that would ask every few seconds else.

Topics only, as the screens hear them: whoever hears one looks again, with the own rights. The one listener of this
process tells every stream (core/web/hub.py). No stream outlives the right to hear it for long, nor the server.
"""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from core import db, token_queue
from core.api.caller import Asking, Caller
from core.api.refusals import AGAIN_AFTER, TooOften
from core.errors import ClinicError
from core.web import hub

router = APIRouter(prefix="/queue", tags=["queue"])

MOST_STREAMS, MOST_OF_ONE = 200, 10
LOOK_AGAIN_SECONDS = 15.0  # until it is seen that somebody has signed out or was disabled
TURN_SECONDS = 1.0  # until it is seen that the server stops
RETRY_MS = 3000
TOPICS = ("queue", "calendar")

_open: Counter[int] = Counter()  # streams by person


@dataclass(frozen=True)
class Listener:
    caller: Caller
    topics: "asyncio.Queue[str]"


def _entitled(caller: Asking) -> Caller:
    caller.read(token_queue.may_hear)
    return caller


async def _listener(caller: Annotated[Caller, Depends(_entitled)]) -> AsyncIterator[Listener]:
    """Counted until the program has left. Raises TooOften."""
    person = caller.actor.user_id
    if _open.total() >= MOST_STREAMS or _open[person] >= MOST_OF_ONE:
        raise TooOften(AGAIN_AFTER, "Too many programs listen already")
    _open[person] += 1
    try:
        with hub.listening() as topics:
            yield Listener(caller, topics)
    finally:
        _open[person] -= 1
        if not _open[person]:
            del _open[person]


@router.get("/events", response_class=EventSourceResponse)
async def events(listener: Annotated[Listener, Depends(_listener)]) -> AsyncIterator[ServerSentEvent]:
    """That something has changed, as server-sent events: the topic is the data, `queue` or `calendar`.

    Each comes once at the beginning, for whatever changed before; a comment now and then tells that the line is alive.
    """
    for each in TOPICS:
        yield ServerSentEvent(raw_data=each, retry=RETRY_MS)
    look_at = monotonic() + LOOK_AGAIN_SECONDS
    while not _server_stops():
        topic = await _next(listener.topics)
        if monotonic() >= look_at:
            if not await run_in_threadpool(_still_entitled, listener.caller):
                return
            look_at = monotonic() + LOOK_AGAIN_SECONDS
        if topic:
            yield ServerSentEvent(raw_data=topic)


async def _next(topics: "asyncio.Queue[str]") -> str | None:
    try:
        return await asyncio.wait_for(topics.get(), TURN_SECONDS)
    except TimeoutError:
        return None


def _still_entitled(caller: Caller) -> bool:
    """Not while the database is away, either: the program comes back by itself. To listen is no sign of life."""
    try:
        actor = caller.again().actor
        with db.reading() as session:
            token_queue.may_hear(session, actor)
    except ClinicError:
        return False
    return True


def _server_stops() -> bool:
    """uvicorn waits until every answer has ended, and tells nobody but itself that it was asked to stop."""
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return bool(getattr(server, "should_exit", False))
