"""The API without the screens: `uvicorn core.api:app`. The addresses are the same ones, under /api."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi.routing import iter_route_contexts
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import Mount

from core import logs
from core.api.application import api
from core.web import background, health
from core.web.guard import API, Guard, Site

WORDS = {
    part for route in iter_route_contexts(api.routes) for part in (route.path or "").split("/") if "{" not in part
} | {"api"}
SITE = Site(
    words=WORDS | {"health", "ready"},
    content=lambda _request, _type: "default-src 'none'; frame-ancestors 'none'",
    uploads=(f"{API}patients/import",),
    every_moment=("/health", "/ready"),
)


@asynccontextmanager
async def _lifespan(_app: Starlette) -> AsyncIterator[None]:
    logs.set_up()
    logs.take_over("uvicorn", "uvicorn.error", "uvicorn.access")
    await run_in_threadpool(background.start)
    yield
    await run_in_threadpool(background.stop)


app = Starlette(
    routes=[Mount("/api", api), *health.ROUTES],
    middleware=[Middleware(Guard, site=SITE)],
    lifespan=_lifespan,
)
