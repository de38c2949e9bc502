"""Pages as someone signed in sees them, run without a browser on the test's own rolled-back transaction."""

from functools import cache

import pytest
import streamlit as st
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner

from core import auth, clinic
from core.models import AuditEvent, User
from core.web.cookies import COOKIE
from pages.ui.catalogue import FOLDER
from pages.ui.queue import wall_board
from pages.ui.server import GUARDED, ROUTES
from tests.pages import framed

SLOWEST_RUN = 30  # seconds; a page takes milliseconds, a machine under load much more


@pytest.fixture(scope="session", autouse=True)
def components_are_looked_for_once():
    """Among all packages, which takes longer than a page; an app does so when it starts, AppTest each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def pages_are_compiled_once():
    """AppTest does so for each run; and a thousand times in a second it looks whether a page still runs."""
    look = local_script_runner.require_widgets_deltas

    def wait_first(runner, timeout):
        runner._script_thread.join(timeout)
        look(runner, timeout)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "ScriptCache", lambda: framed.SCRIPTS)
        patch.setattr(local_script_runner, "require_widgets_deltas", wait_first)
        yield


@pytest.fixture(autouse=True)
def nothing_kept():
    """Frames are kept for some seconds for everybody; not from one test to the next."""
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def links(monkeypatch):
    """The links drawn, as (page, query); a page without its frame knows no other page to link to."""
    drawn = []
    monkeypatch.setattr(
        st, "page_link", lambda path, *, query_params=None, **_: drawn.append((path.stem, query_params))
    )
    return drawn


@pytest.fixture
def open_page(session):
    """Call with a page's file name and the actor at the tab; `query` fills the address. The page has run once."""

    def open_it(name, actor, query=None):
        token = auth.open_session(session, session.get_one(User, actor.user_id)).token
        session.flush()
        page = AppTest.from_file(str(FOLDER / f"{name}.py"), default_timeout=SLOWEST_RUN)
        page.session_state["token"] = token
        page.session_state["clinic"] = clinic.profile(session)
        for key, value in (query or {}).items():
            page.query_params[key] = value
        page.run()
        assert not page.exception, page.exception
        session.expire_all()
        return page

    return open_it


@pytest.fixture
def lists_read(session):
    """Call for the lists naming patients that were noted as read, in their order."""

    def read():
        noted = select(AuditEvent.changes).where(AuditEvent.event == "list.read").order_by(AuditEvent.id)
        return [changes["list"][1] for changes in session.scalars(noted)]

    return read


@pytest.fixture
def click_twice():
    """Call with a page, the name of a form and its button: both clicks of a double click carry the form's first key."""

    def click(page, form, button):
        key = page.session_state[f"form:{form}"]
        button.click()
        clicked = page._tree.get_widget_states()
        for _ in range(2):
            page.session_state[f"form:{form}"] = key
            page._run(clicked)
            assert not page.exception, page.exception
        return page

    return click


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(wall_board, "_kept", {})
    with TestClient(Starlette(routes=ROUTES, middleware=GUARDED)) as client:
        yield client


@pytest.fixture
def as_one(server, session):
    """Call with an actor: the server, with that person's cookie."""

    def sign_in(actor):
        server.cookies.set(COOKIE, auth.open_session(session, session.get_one(User, actor.user_id)).token)
        session.flush()
        return server

    return sign_in
