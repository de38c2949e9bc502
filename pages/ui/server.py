"""The web server around the screens: start-up and the sign-in cookie.

The token reaches the browser only here, as an HttpOnly cookie: a script of Streamlit cannot set one. The page POSTs a
ticket that works once; the answer carries the cookie.
"""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from streamlit import net_util

from core import auth, db, icd10
from core.errors import ClinicError
from core.web import background, cookies, health, hub
from core.web.guard import Guard
from pages.ui import paper_routes, rest
from pages.ui.queue import wall_board
from pages.ui.site import SCREENS

log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[dict[str, Any]]:
    """Start the stores and the background work; a store that will not start is told here and on every screen."""
    import pandas  # noqa: F401  # here instead of on somebody's first page: 0.7 s
    import plotly.express  # noqa: F401

    try:
        await run_in_threadpool(background.start)
    except ClinicError as refusal:
        log.error("Qure: %s", refusal)
    await run_in_threadpool(icd10.warm_up)
    gc.collect()
    gc.freeze()  # with runner.postScriptGC off: what is loaded now is never looked at again
    log.info("Qure opens at %s", " and, on this network, ".join(_addresses()))
    yield {}
    await run_in_threadpool(background.stop)


def _addresses() -> list[str]:
    """Of this machine, or the one that it was told to listen at."""
    port, told = st.get_option("server.port"), st.get_option("server.address")
    everywhere = told in (None, "0.0.0.0", "::")
    hosts = ["localhost", net_util.get_internal_ip()] if everywhere else [told]
    return [f"http://{host}:{port}" for host in hosts if host]


async def open_session(request: Request) -> Response:
    """Ticket to cookie."""
    try:
        ticket = str((await request.json())["ticket"])
        token = await run_in_threadpool(_redeem, ticket)
    except (ValueError, KeyError, TypeError):
        return JSONResponse({"error": "ticket"}, 400)
    except ClinicError:
        return JSONResponse({"error": "store"}, 503)
    if token is None:
        return JSONResponse({"error": "ticket"}, 401)
    response = JSONResponse({"ok": True}, headers={"cache-control": "no-store"})
    cookies.give(request, response, token)
    return response


async def close_session(request: Request) -> Response:
    """Where `st.logout()` ends: the session is over and the cookie gone.

    Other sites cannot do that to anyone: whoever they send here brings no cookie along, and loses none.
    """
    response = RedirectResponse("/", 303, headers={"cache-control": "no-store"})
    token = cookies.token_in(request.cookies)
    if token and request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}:
        await run_in_threadpool(_sign_out, token)
        cookies.take_away(response)
    return response


async def board(_request: Request) -> Response:
    """What the waiting room may see: numbers and rooms. For a screen that nobody signs in to."""
    try:
        seen = await run_in_threadpool(wall_board.seen)
    except ClinicError:
        return JSONResponse({"error": "store"}, 503)
    return JSONResponse(seen, headers={"cache-control": "no-store"})


ROUTES = [
    Route("/auth/session", open_session, methods=["POST"]),
    Route("/auth/logout", close_session, methods=["GET"]),
    *paper_routes.ROUTES,
    *health.ROUTES,
    Route("/live/board", board, methods=["GET"]),
    WebSocketRoute("/live/changes", hub.changes),
    Mount("/api", rest.answer),
]
GUARDED = [Middleware(Guard, site=SCREENS)]


def _redeem(ticket: str) -> str | None:
    with db.transaction() as session:
        return auth.redeem(session, ticket)


def _sign_out(token: str) -> None:
    try:
        with db.transaction() as session:
            auth.sign_out(session, token)
    except ClinicError:
        log.warning("Signed out of the browser, but the session could not be ended: the database is away.")
