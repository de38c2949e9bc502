"""Every address beside the screens: what strangers and others get there. One that is not listed fails."""

import pytest

from core import auth
from core.models import User
from core.permissions import Role
from core.web.cookies import COOKIE
from pages.ui.server import ROUTES
from tests.factories import a_token, a_user

pytestmark = pytest.mark.usefixtures("without_redis", "session")
# What somebody who is not signed in gets for a GET; a socket of another site is turned away in test_server.py.
OF_STRANGERS = {
    "/auth/session": 405,
    "/auth/logout": 303,
    "/paper/token/{token_id}": 404,
    "/paper/document/{code}": 404,
    "/paper/document/{code}/print": 404,
    "/genuine/{code}": 200,
    "/live/board": 200,
    "/health": 200,
}
ANSWERS_BY_THE_STORES = {"/ready"}  # tested with them


def test_strangers_get_what_is_listed_and_nothing_else_is_there(server):
    paths = {route.path.replace(":int", "") for route in ROUTES if hasattr(route, "methods")}
    found = {}
    for path in sorted(paths - ANSWERS_BY_THE_STORES):
        address = path.replace("{token_id}", "1").replace("{code}", "x")
        found[path] = server.get(address, follow_redirects=False).status_code
    assert found == OF_STRANGERS


@pytest.mark.parametrize("address", ["/media/abc.pdf", "/_stcore/metrics"])
def test_files_and_metrics_of_the_screens_are_closed_to_strangers(server, address):
    answer = server.get(address)

    assert (answer.status_code, answer.text) == (404, "Not found")


def test_a_cookie_that_is_replayed_after_signing_out_opens_nothing(session, server, doctor):
    receptionist = a_user(session, Role.RECEPTION)
    address = f"/paper/token/{a_token(session, 'Asha', doctor).token_id}"
    token = auth.open_session(session, session.get_one(User, receptionist.user_id)).token
    session.flush()
    server.cookies.set(COOKIE, token)
    assert server.get(address).status_code == 200

    auth.sign_out(session, token)
    session.flush()

    assert server.get(address).status_code == 404
