"""Papers by their address: a PDF for those who may see it, and for anybody who holds one whether it is genuine."""

from collections.abc import Callable
from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from core import auth, clinic, db, documents, papers, token_queue
from core.documents import Opened
from core.errors import ClinicError, NotFound, NotPermitted
from core.patients import ReasonNeeded
from core.web.acting import note_refusal
from core.web.cookies import token_in
from core.web.origin import public_address
from core.words import language, later, say
from pages.ui.waits import slip

_LARGEST_ID = 2**63 - 1
_UNKEPT = {"cache-control": "no-store"}


async def token_slip(request: Request) -> Response:
    """The slip as PDF, for whoever may see the queue."""
    cookie, token_id = token_in(request.cookies), request.path_params["token_id"]
    try:
        pdf = await run_in_threadpool(_slip_pdf, cookie, token_id)
    except NotPermitted as refusal:
        return PlainTextResponse(str(refusal), 403)
    except NotFound:
        return PlainTextResponse(say("Not found"), 404)
    except ClinicError as refusal:
        return PlainTextResponse(str(refusal), 503)
    return _pdf(pdf, f"token-{token_id}.pdf")


async def document(request: Request) -> Response:
    """A patient's paper as PDF."""
    return await run_in_threadpool(_answer, request, lambda opened: _pdf(opened.pdf(), f"{opened.name}.pdf"))


async def printed(request: Request) -> Response:
    """The same for the printer (pages/ui/printing.py)."""
    return await run_in_threadpool(_answer, request, lambda opened: HTMLResponse(opened.html(), headers=_UNKEPT))


async def genuine(request: Request) -> Response:
    """What the QR code on a paper opens: genuine or not, and not a word more. For anybody, without signing in."""
    try:
        name, stands = await run_in_threadpool(_is_genuine, request.path_params["code"])
    except ClinicError as refusal:
        return PlainTextResponse(str(refusal), 503, headers=_UNKEPT)
    kind, *answer = _ANSWERS[stands]
    word, sentence = map(say, answer)
    page = _PAGE.format(clinic=escape(name), word=word, sentence=sentence, kind=kind, language=language())
    return HTMLResponse(page, headers=_UNKEPT)


ROUTES = [
    Route("/paper/token/{token_id:int}", token_slip, methods=["GET"]),
    Route("/paper/document/{code}", document, methods=["GET"]),
    Route("/paper/document/{code}/print", printed, methods=["GET"]),
    Route("/genuine/{code}", genuine, methods=["GET"]),
]


def _pdf(pdf: bytes, name: str) -> Response:
    headers = {**_UNKEPT, "content-disposition": f'inline; filename="{name}"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


def _slip_pdf(cookie: str | None, token_id: int) -> bytes:
    """Nobody is told whether a token exists who may not see it."""
    with db.reading() as session:
        identity = auth.identify(session, cookie)
        if identity is None or token_id > _LARGEST_ID:
            raise NotFound("token", token_id)
        card = token_queue.get(session, identity.actor, token_id)
        profile = clinic.profile(session)
    return papers.token_slip(slip(card, profile))


def _answer(request: Request, answer: Callable[[Opened], Response]) -> Response:
    """Whoever's role may not see the paper is told the same as where there is none."""
    try:
        return answer(_opened(token_in(request.cookies), request.path_params["code"], public_address(request)))
    except NotFound:
        return PlainTextResponse(say("Not found"), 404, headers=_UNKEPT)
    except NotPermitted:
        note_refusal(token_in(request.cookies), "documents.opened")
        return PlainTextResponse(say("Not found"), 404, headers=_UNKEPT)
    except ReasonNeeded as closed:
        return PlainTextResponse(str(closed), 403, headers=_UNKEPT)
    except ClinicError as refusal:
        return PlainTextResponse(str(refusal), 503, headers=_UNKEPT)


def _opened(cookie: str | None, code: str, public_address: str) -> Opened:
    """Not only reading: that somebody looked is noted."""
    with db.transaction() as session:
        identity = auth.identify(session, cookie)
        if identity is None:
            raise NotFound("paper", code)
        return documents.opened(session, identity.actor, code, public_address)


def _is_genuine(code: str) -> tuple[str, bool]:
    with db.reading() as session:
        return clinic.profile(session).name, documents.is_genuine(session, code)


_ANSWERS = {
    True: ("genuine", later("Genuine"), later("This code belongs to a paper that we issued and that still stands.")),
    False: (
        "not-genuine",
        later("Not genuine"),
        later("This code belongs to no paper of ours, or to one that we have taken back."),
    ),
}
_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">
<title>{word} · {clinic}</title>
<style>
  :root {{ --ground: #f2f6f5; --card: #fff; --ink: #17231f; --muted: #5c6b66; --line: #d9e2df; --mark: #0f766e }}
  .not-genuine {{ --mark: #b42318 }}
  @media (prefers-color-scheme: dark) {{
    :root {{ --ground: #101817; --card: #1a2624; --ink: #e3ecea; --muted: #9fb0ab; --line: #2f403d; --mark: #5eead4 }}
    .not-genuine {{ --mark: #ff8a80 }}
  }}
  body {{ margin: 0; min-height: 100svh; display: grid; place-items: center; background: var(--ground);
    color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }}
  main {{ box-sizing: border-box; width: min(24rem, calc(100vw - 2rem)); padding: 2.5rem 2rem; text-align: center;
    background: var(--card); border: 1px solid var(--line); border-radius: 1rem; overflow-wrap: anywhere }}
  svg {{ width: 4.5rem; height: 4.5rem; stroke: var(--mark); fill: none; stroke-width: 2; stroke-linecap: round;
    stroke-linejoin: round }}
  svg .cross, .not-genuine svg .tick {{ display: none }} .not-genuine svg .cross {{ display: inline }}
  h1 {{ margin: .75rem 0 .25rem; font-size: 2rem; line-height: 1.2; color: var(--mark) }}
  h2 {{ margin: 0 0 1.25rem; font-size: 1.1rem; font-weight: 600 }}
  p {{ margin: 0; color: var(--muted) }}
</style>
<main class="{kind}">
  <svg viewBox="0 0 24 24" aria-hidden="true">
    <circle cx="12" cy="12" r="10"/>
    <path class="tick" d="m7.5 12.5 3 3 6-6.5"/><path class="cross" d="m8.5 8.5 7 7m0-7-7 7"/>
  </svg>
  <h1>{word}</h1>
  <h2>{clinic}</h2>
  <p>{sentence}</p>
</main>
</html>
"""
