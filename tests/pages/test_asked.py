"""QURE_SHOW_QUERIES: what a screen asked of the stores stands at its foot, and nothing of whom it was about."""

import logging

import pytest
from streamlit.testing.v1 import AppTest

from core import auth, db, patients, queries
from core.analytics import store
from core.config import settings
from core.models import User
from core.token_queue import is_up
from core.web import background
from pages.ui.catalogue import FOLDER
from tests.factories import a_patient


@pytest.fixture
def switched_on(session, monkeypatch):
    wanted = settings().model_copy(update={"show_queries": True})
    for module in (queries, store):
        monkeypatch.setattr(module, "settings", lambda: wanted)
    store.close()  # whoever connects from now on tells
    db.tell_queries(session.get_bind())


@pytest.fixture
def today(session, receptionist, monkeypatch):
    """Call to open the frame with the home screen as a receptionist, or as a stranger."""
    monkeypatch.setattr(background, "start", lambda: None)

    def open_it(*, signed_in=True):
        frame = AppTest.from_file(str(FOLDER / "ui" / "main.py"), default_timeout=30)
        if signed_in:
            token = auth.open_session(session, session.get_one(User, receptionist.user_id)).token
            session.flush()
            frame.session_state["token"] = token
        frame.run()
        assert not frame.exception, frame.exception
        return frame

    return open_it


def test_each_screen_tells_at_its_foot_what_it_asked(switched_on, today, caplog):
    caplog.set_level(logging.DEBUG, logger="pages.ui.asked")

    (foot,) = today().expander
    assert foot.label.split(" statements, ")[0].isdigit()
    assert foot.label.split(", ")[1].endswith(" ms") or " ms · " in foot.label
    assert foot.code[0].value.split()[0] in ("SELECT", "SET", "INSERT", "UPDATE", "SAVEPOINT", "ROLLBACK", "RELEASE")
    assert foot.label in caplog.text


def test_a_stranger_is_shown_nothing(switched_on, today):
    assert not today(signed_in=False).expander


def test_off_nothing_is_drawn_counted_or_listened_to(engine, today):
    assert not today().expander
    with queries.counted() as asked, db.reading() as session:
        assert not db.engine_at(engine.url).dispatch.before_cursor_execute
        assert asked is None
        session.connection()


def test_no_value_that_was_asked_for_is_told(switched_on, session, receptionist):
    a_patient(session, "Asha Canary")

    with queries.counted() as asked:
        assert patients.search(session, receptionist, "Canary")
        list(store.find("visit_history", {"patient.name": "Canary"}))
        list(store.find("visit_history", {"patient.name": "Canary"}))
        is_up()

    assert asked.counts[queries.STATEMENT]
    assert "MongoDB command" in asked.in_words
    assert "1 Redis call, " in asked.in_words
    assert asked.slowest
    assert "canary" not in repr(asked).casefold()


def test_what_was_slowest_is_named_without_its_lines():
    asked = queries.Asked()
    before = queries._now.set(asked)
    queries.note(queries.STATEMENT, "SELECT 1\n  FROM fast", 0.001)
    queries.note(queries.STATEMENT, "SELECT 2\n  FROM slow", 0.002)
    queries._now.reset(before)

    assert (asked.slowest, asked.slowest_ms) == ("SELECT 2 FROM slow", 2.0)
    assert asked.in_words == "2 statements, 3.0 ms"
