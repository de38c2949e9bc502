"""Real sessions without browsers: fifty walls at once, and what a session weighs.

Fifty tabs are too heavy for one machine. A viewer here is what a tab is to the server: a WebSocket in Streamlit's own
protocol that has run the screen once, the line for news, and a wall that asks for the board as often as the screen's
own script does.
"""

import asyncio
import re
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx2
import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.web.cookies import COOKIE
from pages.ui.queue import wall
from tests.bench.screens.serving import App

MB = 1024 * 1024
WALL = "qure_wall"  # its component
ASKS_EVERY = int(re.search(r"ASK_MS = (\d+)", Path(wall.__file__).read_text())[1]) / 1000  # seconds


def apart(measuring: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """Run it in a thread of its own: in this one the browser's own loop may be at work."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, measuring).result()


class NotDrawn(RuntimeError):
    """A session was shown something else than the page that it is measured by: the sign-in, say."""


async def session_of(stack: AsyncExitStack, app: App, page: str, shown: str, token: str | None = None) -> Any:
    """A session that has drawn a page once, and stays. `shown` is a word of that page and of no other."""
    headers = {"Origin": app.url, **({"Cookie": f"{COOKIE}={token}"} if token else {})}
    address = app.url.replace("http", "ws") + "/_stcore/stream"
    line = await stack.enter_async_context(
        websockets.connect(address, additional_headers=headers, subprotocols=["streamlit"], max_size=None)
    )
    asked = BackMsg()
    asked.rerun_script.page_name = page
    await line.send(asked.SerializeToString())
    drawn = False
    while True:
        sent, told = await asyncio.wait_for(line.recv(), 60), ForwardMsg()
        told.ParseFromString(sent)
        drawn = drawn or (told.WhichOneof("type") == "delta" and shown.encode() in sent)
        if told.WhichOneof("type") == "script_finished":
            if not drawn:
                raise NotDrawn(page)
            return line


async def _drain(line: Any) -> None:
    async for _ in line:
        pass


async def watched(app: App, viewers: int, seconds: float, every: float) -> dict[str, float]:
    """Per cent of one core that the app takes for walls which ask every so many seconds, and without them."""
    process = psutil.Process(app.process.pid)
    idle = await _core(process, seconds)
    async with AsyncExitStack() as stack:
        lines = [await session_of(stack, app, "waiting-room", WALL) for _ in range(viewers)]
        client = await stack.enter_async_context(httpx2.AsyncClient(base_url=app.url))
        news = app.url.replace("http", "ws") + "/live/changes"
        origin = {"Origin": app.url}
        for _ in range(viewers):
            lines.append(await stack.enter_async_context(websockets.connect(news, additional_headers=origin)))
        jobs = [asyncio.create_task(_drain(line)) for line in lines]
        jobs += [asyncio.create_task(_ask(client, every, place * every / viewers)) for place in range(viewers)]
        await asyncio.sleep(every)
        taken = await _core(process, seconds)
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
    return {"viewers": viewers, "every_s": every, "core_percent": taken, "idle_core_percent": idle}


async def _ask(client: httpx2.AsyncClient, every: float, first: float) -> None:
    await asyncio.sleep(first)
    while True:
        (await client.get("/live/board")).raise_for_status()
        await asyncio.sleep(every)


async def _core(process: psutil.Process, seconds: float) -> float:
    began, before = time.monotonic(), sum(process.cpu_times()[:2])
    await asyncio.sleep(seconds)
    return 100 * (sum(process.cpu_times()[:2]) - before) / (time.monotonic() - began)


async def weighed(
    app: App, sessions: int, page: str, shown: str, token: str | None, after: Sequence[float]
) -> dict[str, Any]:
    """MB of the app's own memory (PSS) for each session that is idle, and what remains so many seconds after all have
    closed."""
    process = psutil.Process(app.process.pid)

    def used() -> float:
        return process.memory_full_info().pss / MB

    async with AsyncExitStack() as warm:
        for _ in range(3):
            await session_of(warm, app, page, shown, token)
        before = used()
        async with AsyncExitStack() as stack:
            lines = [await session_of(stack, app, page, shown, token) for _ in range(sessions)]
            jobs = [asyncio.create_task(_drain(line)) for line in lines]
            await asyncio.sleep(3)
            held = used()
            for job in jobs:
                job.cancel()
        closed_at, remains = time.monotonic(), {}
        for seconds in after:
            await asyncio.sleep(max(0.0, closed_at + seconds - time.monotonic()))
            remains[f"after_{seconds:.0f}_s"] = (used() - before) / sessions
    return {"sessions": sessions, "page": page, "mb_each": (held - before) / sessions, "before_mb": before, **remains}
