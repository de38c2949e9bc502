"""The sign-in cookie, by http and by https."""

import pytest

from core import auth
from core.config import Settings
from core.models import User
from core.web import cookies, guard
from core.web.cookies import COOKIE, SECURE_COOKIE


@pytest.fixture
def ticket(session, admin):
    made = auth.open_session(session, session.get_one(User, admin.user_id)).ticket
    session.flush()
    return made


def handed_out(server, ticket, origin):
    headers = {"origin": origin, "host": origin.partition("//")[2]}
    answer = server.post("/auth/session", json={"ticket": ticket}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.headers["set-cookie"]


def test_by_https_it_is_a_host_cookie_also_behind_a_proxy_that_ends_tls(server, ticket):
    cookie = handed_out(server, ticket, "https://qure.local")

    assert cookie.startswith(f"{SECURE_COOKIE}=")
    assert {"HttpOnly", "SameSite=strict", "Secure", "Path=/"} <= set(cookie.split("; "))
    assert "domain" not in cookie.lower()


def test_by_http_it_is_no_secure_one_which_a_browser_would_not_take(server, ticket):
    cookie = handed_out(server, ticket, "http://qure.local")

    assert cookie.startswith(f"{COOKIE}=")
    assert "Secure" not in cookie.split("; ")


def test_a_clinic_by_https_only_takes_no_cookie_that_a_neighbour_could_have_set(monkeypatch):
    both, plain = {COOKIE: "planted", SECURE_COOKIE: "ours"}, {COOKIE: "planted"}
    assert (cookies.token_in(both), cookies.token_in(plain)) == ("ours", "planted")

    monkeypatch.setattr(cookies, "settings", lambda: Settings(QURE_SECURE_COOKIES=True))
    assert (cookies.token_in(both), cookies.token_in(plain)) == ("ours", None)


def test_signing_out_takes_both_away_from_whoever_brought_one(server):
    """Who is sent here by a page of another site brings none: not every browser says who sent it."""
    assert "set-cookie" not in server.get("/auth/logout", follow_redirects=False).headers
    server.cookies.set(COOKIE, "ended long ago")
    gone = server.get("/auth/logout", follow_redirects=False).headers.get_list("set-cookie")

    assert [cookie.partition("=")[0] for cookie in gone] == [COOKIE, SECURE_COOKIE]
    assert all("Max-Age=0" in cookie for cookie in gone)


def test_a_first_password_fetches_no_file(session, admin):
    token = auth.open_session(session, session.get_one(User, admin.user_id)).token
    session.flush()
    assert guard._signed_in(token)
    session.get_one(User, admin.user_id).must_change_password = True
    session.flush()

    assert not guard._signed_in(token)
