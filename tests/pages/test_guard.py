"""What every answer of the web server carries, who may ask, and what is told of an error nobody expected."""

import logging
import re

import pytest
from starlette.applications import Starlette
from starlette.datastructures import URL
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse

from core.config import Settings
from core.web import guard, headers, origin
from pages.ui.server import GUARDED

HOME = {"origin": "http://testserver"}
SECRET = "Asha Quill"


async def broken(_request):
    raise ValueError(SECRET)


async def body(request):
    return PlainTextResponse(str(len(await request.body())))


async def hears(socket):
    await socket.accept()
    await socket.close()


@pytest.fixture
def site():
    """A server with one answer of each kind behind the guard."""
    routes = [
        Route("/", lambda _: PlainTextResponse("ok")),
        Route("/body", body, methods=["POST"]),
        Route("/broken", broken),
        Route("/moved", lambda _: RedirectResponse("/")),
        Route("/static/a.js", lambda _: PlainTextResponse("", headers={"cache-control": "public"})),
        WebSocketRoute("/hears", hears),
    ]
    with TestClient(Starlette(routes=routes, middleware=GUARDED), follow_redirects=False) as client:
        yield client


def ways(site):
    """Every kind of answer: given, not found, moved, refused, failed, too large, and a WebSocket that is not opened."""
    yield 200, site.get("/")
    yield 404, site.get("/nothing-here")
    yield 404, site.get("/media/abc.png")
    yield 307, site.get("/moved")
    yield 405, site.post("/", headers=HOME)
    yield 403, site.post("/body", content=b"x")
    yield 421, site.get("/", headers={"host": "rebound.example"})
    yield 500, site.get("/broken")
    yield 413, site.post("/body", content=b"x" * (guard.LONGEST_BODY + 1), headers=HOME)
    with pytest.raises(WebSocketDenialResponse) as refused, site.websocket_connect("/hears"):
        pass
    yield 403, refused.value


@pytest.mark.usefixtures("session")
def test_every_kind_of_answer_carries_every_header(site):
    numbers = set()
    for status, answer in ways(site):
        assert answer.status_code == status
        assert answer.headers.items() >= headers.ALWAYS.items()
        assert answer.headers["cache-control"] == "no-store"
        assert re.fullmatch(r"[A-Z2-9]{8}", answer.headers["x-request-id"])
        rules = dict(rule.strip().split(" ", 1) for rule in answer.headers["content-security-policy"].split(";"))
        assert rules["default-src"] == rules["object-src"] == rules["frame-ancestors"] == "'none'"
        assert "unsafe" not in rules["script-src"]
        assert rules["connect-src"].split()[:1] == ["'self'"]
        assert not {"ws:", "wss:", "*", "http:", "https:"} & set(rules["connect-src"].split())
        numbers.add(answer.headers["x-request-id"])
    assert len(numbers) == 10


def test_only_what_is_the_same_for_everybody_is_kept_by_a_browser(site):
    assert site.get("/static/a.js").headers["cache-control"] == "public"


@pytest.mark.parametrize(("secure", "promised"), [(True, "max-age=31536000"), (False, None)])
def test_a_clinic_reached_by_https_says_so_for_a_year(site, monkeypatch, secure, promised):
    monkeypatch.setattr(headers, "settings", lambda: Settings(QURE_SECURE_COOKIES=secure))

    assert site.get("/").headers.get("strict-transport-security") == promised


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        *(("127.0.0.1:8501", True), ("[::1]:8501", True), ("localhost", True), ("front-desk:8501", True)),
        *(("qure.local", True), ("LOTUS.example", True), ("lotus.example.:443", True), ("", True)),
        *(("rebound.example", False), ("lotus.example.evil.example", False), ("127.0.0.1.evil.example", False)),
        *(("[::1", False), ("[::::]", False), ("localhost/?", False), ("localhost#", False), ("a@localhost", False)),
    ],
)
def test_a_name_that_a_stranger_can_point_here_is_not_answered(monkeypatch, name, ours):
    monkeypatch.setattr(origin, "settings", lambda: Settings(QURE_PUBLIC_ADDRESS="https://lotus.example/qure"))

    assert origin.is_ours(name) is ours


@pytest.mark.parametrize(
    "asking", [None, "null", "https://elsewhere.example", "http://testserver.evil.example", "http://[testserver"]
)
def test_pages_of_others_neither_write_nor_listen(site, asking):
    sent = {"origin": asking} if asking else {}

    assert site.post("/body", headers=sent).status_code == 403
    with pytest.raises(WebSocketDenialResponse), site.websocket_connect("/hears", headers=sent):
        pass
    assert site.post("/body", headers=HOME).status_code == 200
    with site.websocket_connect("/hears", headers=HOME):
        pass


def test_the_path_that_is_guarded_is_the_one_that_is_answered(site, monkeypatch):
    """Whatever an address made of it and the name would be; older versions of the web framework take this one apart."""
    monkeypatch.setattr(guard.HTTPConnection, "url", property(lambda _: URL("http://testserver/")))

    assert site.get("/media/abc.png").status_code == 404
    assert site.get("/_stcore/metrics").text == "Not found"
    assert site.get("/static/a.js").headers["cache-control"] == "public"


def test_a_body_is_counted_whatever_its_sender_says_of_it(site):
    def pieces():
        for _ in range(3):
            yield b"x" * (guard.LONGEST_BODY // 2)

    assert site.post("/body", content=pieces(), headers=HOME).status_code == 413


def test_an_error_is_told_by_its_number_and_stands_under_it_in_the_log(site, caplog):
    answer = site.get("/broken?name=Quill")

    number = answer.headers["x-request-id"]
    assert answer.text == f"Something went wrong. Tell your administrator the number {number}."
    assert "ValueError" in caplog.text


def test_the_log_of_a_path_names_no_record_and_holds_no_query(site, caplog):
    caplog.set_level(logging.DEBUG)
    for path in (f"/genuine/{SECRET}", "/paper/document/ABCD1234/print?name=Quill", "/patients?patient=Q-7", "/a%0Ab"):
        site.get(path)

    told = [record.getMessage() for record in caplog.records if record.name == guard.__name__]
    assert [re.sub(r" \d+ ms$", "", line) for line in told] == [
        "GET /genuine/… 404",
        "GET /paper/document/…/print 404",
        "GET /patients 404",
        "GET /… 404",
    ]
