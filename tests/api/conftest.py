"""The API as somebody signed in asks it, on the test's own rolled-back transaction."""

import uuid

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.testclient import TestClient

from core import auth
from core.api import api
from core.api.alone import SITE
from core.models import User
from core.web.guard import Guard


class Client(TestClient):
    """Every POST gets a key of its own, unless it brings one."""

    def post(self, url, **given):
        headers = {"idempotency-key": uuid.uuid4().hex, **(given.pop("headers", None) or {})}
        return super().post(url, headers=headers, **given)


@pytest.fixture(scope="session")
def web():
    """Without the background work, which has tests of its own."""
    return Starlette(routes=[Mount("/api", api)], middleware=[Middleware(Guard, site=SITE)])


@pytest.fixture
def stranger(web, session):
    return Client(web, raise_server_exceptions=False)


@pytest.fixture
def as_one(web, session):
    """Call with an actor: the API, asked with that person's token. Addresses begin with /api."""

    def sign_in(actor):
        token = auth.open_session(session, session.get_one(User, actor.user_id)).token
        session.flush()
        return Client(web, headers={"authorization": f"Bearer {token}"}, raise_server_exceptions=False)

    return sign_in
