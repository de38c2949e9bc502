"""What the web server hands out beside the screens: a token's slip, the wall's board, news of changes."""

import logging
import subprocess
import sys
import time
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress

import pytest
from starlette.websockets import WebSocketDisconnect

from core import token_queue
from core.permissions import Role
from core.web import hub
from tests.factories import a_token, a_user
from tests.running import ROOT

pytestmark = pytest.mark.usefixtures("without_redis")
HOME = {"origin": "http://testserver"}


def test_a_slip_is_a_pdf_for_whoever_may_see_the_queue(session, as_one, doctor, receptionist):
    token = a_token(session, "Asha", doctor)

    answer = as_one(receptionist).get(f"/paper/token/{token.token_id}")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["cache-control"] == "no-store"


def test_the_api_is_made_when_it_is_first_asked_and_then_its_addresses_are_told(server, caplog):
    caplog.set_level(logging.INFO, "core.web.guard")

    assert server.get("/api/patients/17").status_code == 401

    assert "GET /api/patients/… 401" in caplog.text


def test_whoever_opens_the_first_screen_does_not_wait_for_the_api():
    loaded = "import sys, pages.ui.server; print('pages.ui.rest' in sys.modules, 'fastapi' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)

    assert told.stdout == "True False\n"


@pytest.mark.parametrize("number", ["999999", "99999999999999999999"])
def test_a_slip_of_no_token_is_not_found(as_one, receptionist, number):
    assert as_one(receptionist).get(f"/paper/token/{number}").status_code == 404


def test_strangers_and_others_get_no_slip(session, server, as_one, doctor):
    token = a_token(session, "Asha", doctor)

    assert server.get(f"/paper/token/{token.token_id}").status_code == 404
    refused = as_one(a_user(session, Role.ANALYST)).get(f"/paper/token/{token.token_id}")
    assert refused.status_code == 403
    assert refused.text.endswith("(analyst) may not see the queue.")


def test_the_board_of_the_wall_has_numbers_and_rooms_and_no_name(session, server, doctor):
    a_token(session, "Asha Rao", doctor)
    a_token(session, "Vikram Das", doctor)
    token_queue.call_next(session, doctor, doctor.user_id)
    session.flush()

    answer = server.get("/live/board")

    board = answer.json()
    assert [call["number"] for call in board["calling"]] == [1]
    assert [row["number"] for row in board["next"]] == [2]
    assert not any(name in answer.text for name in ("Asha", "Rao", "Vikram", "Das"))


def test_each_wall_is_told_in_the_language_of_its_browser(session, server):
    liked = ("de, en;q=0.8", "hi-IN, en;q=0.5", "en-IN", "en; q=0.3, hi ; Q = 0.9", "hi;q=0, en;q=0.1")
    german, hindi, english, *others = (
        server.get("/live/board", headers={"accept-language": languages}).json() for languages in liked
    )

    assert [board["language"] for board in (german, hindi, english, *others)] == ["en", "hi", "en", "hi", "en"]
    assert german["words"] == english["words"]
    assert hindi["words"].keys() == english["words"].keys()


@contextmanager
def a_tab(server):
    """One that leaves by itself; what is left to do then, the test client cancels."""
    with suppress(CancelledError), server.websocket_connect("/live/changes", headers=HOME) as tab:
        yield tab
        others = hub.tabs() - 1
        tab.close()
        deadline = time.monotonic() + 10
        while hub.tabs() > others:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_open_tabs_hear_the_topic_and_closed_ones_are_forgotten(server):
    with a_tab(server) as one, a_tab(server) as other:
        assert hub.tabs() == 2
        hub.tell("queue")
        assert (one.receive_text(), other.receive_text()) == ("queue", "queue")

    assert hub.tabs() == 0


def test_other_sites_and_too_many_tabs_are_turned_away(server, monkeypatch):
    monkeypatch.setattr(hub, "MOST_TABS", 1)
    for headers in ({}, {"origin": "https://elsewhere.example"}):
        with pytest.raises(WebSocketDisconnect), server.websocket_connect("/live/changes", headers=headers):
            pass
    with a_tab(server):
        with pytest.raises(WebSocketDisconnect) as refusal, server.websocket_connect("/live/changes", headers=HOME):
            pass
        assert refusal.value.status_code == 503
