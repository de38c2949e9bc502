"""News of the queue as server-sent events: a real server, a real Redis, clients that really leave."""

import threading
import time
from contextlib import ExitStack, contextmanager

import fastapi.routing
import httpx
import pytest

from core import auth, db, token_queue
from core.api import events
from core.models import User
from core.permissions import Role
from core.web import hub
from tests import factories
from tests.api.serving import address, running

pytestmark = pytest.mark.usefixtures("committed")
PATIENCE = 10  # seconds


@pytest.fixture
def server(web, monkeypatch):
    """The API behind a real web server, impatient enough for a test."""
    monkeypatch.setattr(events, "TURN_SECONDS", 0.05)
    with running(web) as made:
        monkeypatch.setattr(events.signal, "getsignal", lambda _signal: made.handle_exit)  # no thread can set its own
        yield made
    assert not events._open
    assert hub.tabs() == 0


@pytest.fixture
def news():
    """What listens in every process (core/web/background.py)."""
    stopping = threading.Event()
    listening = threading.Thread(target=token_queue.listen, args=(hub.tell, stopping))
    before = hub.version()
    listening.start()
    until(lambda: hub.version() > before)
    yield
    stopping.set()
    listening.join(PATIENCE)


@pytest.fixture
def enter(server):
    """Call with a role: a client of the server with the token of somebody new, and the Actor."""

    clients = ExitStack()

    def sign_in(role):
        with db.transaction() as session:
            actor = factories.a_user(session, role)
            token = auth.open_session(session, session.get_one(User, actor.user_id)).token
        headers = {"authorization": f"Bearer {token}"}
        client = httpx.Client(base_url=address(server), headers=headers, timeout=PATIENCE)
        return clients.enter_context(client), actor

    with clients:
        yield sign_in


@contextmanager
def listening(client):
    """The lines of the stream, once it stands."""
    with client.stream("GET", "/api/queue/events") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        first = [next(lines) for _ in range(6)]
        retry = f"retry: {events.RETRY_MS}"
        assert first == ["data: queue", retry, "", "data: calendar", retry, ""]
        yield (line for line in lines if line)


def until(true):
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_happens_at_the_desk_is_heard_through_redis_and_nobody_is_named(news, enter):
    desk, _ = enter(Role.RECEPTION)
    room, doctor = enter(Role.DOCTOR)
    with listening(desk) as at_the_desk, listening(room) as in_the_room:
        walk_in = {"patient": {"name": "Asha Rao", "sex": "FEMALE"}, "doctor_id": doctor.user_id}
        assert desk.post("/api/queue/walk-in", json=walk_in, headers={"idempotency-key": "1"}).status_code == 201
        assert next(at_the_desk) == next(in_the_room) == "data: queue"

        morning = {"first_on": "2025-03-03", "last_on": "2025-03-03", "starts": "09:00", "ends": "12:00"}
        plan = {"by": "plan", "doctor_id": doctor.user_id, "slot_minutes": 30, **morning}
        assert desk.post("/api/slots/bulk", json=plan, headers={"idempotency-key": "2"}).status_code == 201
        assert next(at_the_desk) == next(in_the_room) == "data: calendar"


def test_strangers_and_those_who_may_not_see_the_queue_hear_nothing(server, enter):
    pharmacy, _ = enter(Role.PHARMACIST)
    assert httpx.get(f"{address(server)}/api/queue/events").status_code == 401
    refused = pharmacy.get("/api/queue/events")
    assert refused.status_code == 403
    assert refused.json()["detail"].endswith("(pharmacist) may not see the queue.")


def test_the_stream_of_whoever_signs_out_or_is_disabled_ends_and_others_go_on(enter, monkeypatch):
    monkeypatch.setattr(events, "LOOK_AGAIN_SECONDS", 0.1)
    (leaves, _), (disabled, actor), (stays, _) = (enter(Role.RECEPTION) for _ in range(3))
    with listening(leaves) as gone, listening(disabled) as shut_out, listening(stays) as open_still:
        leaves.post("/api/auth/logout")
        with db.transaction() as session:
            factories.users.disable(session, factories.an_admin(session), actor.user_id)
        assert list(gone) == list(shut_out) == []
        hub.tell("queue")
        assert next(open_still) == "data: queue"


def test_too_many_are_turned_away_until_one_has_left(enter, monkeypatch):
    monkeypatch.setattr(events, "MOST_OF_ONE", 1)
    desk, _ = enter(Role.RECEPTION)
    other, _ = enter(Role.RECEPTION)
    with listening(desk):
        refused = desk.get("/api/queue/events")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        assert refused.json()["detail"] == "Too many programs listen already. Try again in 5 s."
        with listening(other):
            assert hub.tabs() == 2
        monkeypatch.setattr(events, "MOST_STREAMS", 1)
        assert other.get("/api/queue/events").status_code == 429
    until(lambda: hub.tabs() == 0)
    with listening(desk):
        pass


def test_a_silent_line_shows_that_it_is_alive(enter, monkeypatch):
    monkeypatch.setattr(fastapi.routing, "_PING_INTERVAL", 0.1)
    desk, _ = enter(Role.RECEPTION)
    with listening(desk) as lines:
        assert next(lines) == ": ping"


def test_a_server_that_stops_ends_its_streams(server, enter):
    desk, _ = enter(Role.RECEPTION)
    with listening(desk) as lines:
        server.handle_exit(15, None)
        assert list(lines) == []
        server._captured_signals.clear()  # they would be raised again at the end, in the process of the tests
