"""For whoever watches the process or sends people to it: does it live, and can it work?

Neither tells a stranger a version or an address; `qure status` tells those to whoever sits at the machine.
"""

import asyncio
import logging
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import db, migrations, token_queue
from core.errors import ClinicError
from core.web import background
from etl import feed

log = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds until a store that has not answered counts as away


async def health(_request: Request) -> Response:
    """The process lives. No store is asked: none comes back by killing the app."""
    return JSONResponse({"alive": True})


async def ready(_request: Request) -> Response:
    """200 while the database answers and has the newest schema. What the clinic can do without is only named."""
    answers = {name: _asked(name) for name in _QUESTIONS}
    await asyncio.wait(answers.values(), timeout=PATIENCE)
    away = [name for name, answer in answers.items() if not (answer.done() and answer.result())]
    works = "database" not in away
    return JSONResponse({"ready": works, "away": away}, 200 if works else 503)


ROUTES = [Route("/health", health, methods=["GET"]), Route("/ready", ready, methods=["GET"])]


def _database() -> bool:
    """A store that was away at the start is tried again here: a proxy may send nobody before this says yes."""
    background.start()
    with db.reading() as session:
        return migrations.version(session.connection()) == migrations.newest_version()


_QUESTIONS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "queue board": token_queue.is_up,
    "reports": feed.is_whole,
}
_asking: dict[str, "asyncio.Task[bool]"] = {}


def _asked(name: str) -> "asyncio.Task[bool]":
    """One question at a time: of a store that hangs, no thread more is lost with every request."""
    known = _asking.get(name)
    if known is None or known.done() or known.get_loop() is not asyncio.get_running_loop():
        _asking[name] = asyncio.create_task(_ask(_QUESTIONS[name]))
    return _asking[name]


async def _ask(question: Callable[[], bool]) -> bool:
    try:
        return await run_in_threadpool(question)
    except ClinicError:
        return False
    except Exception:
        log.exception("A store could not be asked how it is")
        return False
