"""Sign-in as browsers see it: the cookie, F5, tabs, deep links, logout, and what strangers can fetch."""

import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.people import first_tab, password, session_cookie, settle, sign_in, visitor


def status(url, **headers):
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5).status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_second_set_up_is_not_offered(clinic, context):
    tab = first_tab(context)
    tab.goto(clinic.url)

    expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    expect(tab.get_by_label("Name of the clinic")).to_have_count(0)


def test_a_wrong_password_is_refused_in_words(clinic, context):
    tab = first_tab(context)
    tab.goto(clinic.url)
    tab.get_by_label("User name").fill("asha")
    password(tab).fill("wrong password")
    tab.get_by_role("button", name="Sign in").click()

    expect(tab.get_by_text("The user name or the password is not right.")).to_be_visible()
    assert session_cookie(context) is None


def test_the_token_is_in_a_cookie_that_no_script_can_read(clinic, context):
    tab = sign_in(context, clinic, "asha")
    cookie = session_cookie(context)

    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert "qure_session" not in tab.evaluate("document.cookie")
    assert cookie["value"] not in tab.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")


def test_f5_a_new_tab_and_a_deep_link_stay_signed_in(clinic, context):
    tab = sign_in(context, clinic, "asha")
    session_cookie(context)

    tab.reload()
    expect(tab.get_by_role("heading", name="Today")).to_be_visible()
    second = context.new_page()
    second.goto(f"{clinic.url}/users")
    expect(second.get_by_role("heading", name="Users")).to_be_visible()


def test_a_deep_link_leads_there_after_signing_in(clinic, context):
    tab = sign_in(context, clinic, "asha", address="desk")

    expect(tab.get_by_role("heading", name="Desk")).to_be_visible()


def test_signing_out_ends_every_tab_and_the_cookie_is_worth_nothing(clinic, context, chromium):
    tab = sign_in(context, clinic, "asha")
    cookie = session_cookie(context)
    second = context.new_page()
    second.goto(f"{clinic.url}/queue")
    expect(second.get_by_role("heading", name="Queue")).to_be_visible()

    tab.get_by_role("button", name="Sign out").click()

    expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    expect(second.get_by_role("button", name="Sign in")).to_be_visible()  # its live part noticed by itself
    assert session_cookie(context) is None
    thief = visitor(chromium)
    thief.add_cookies([cookie])
    stolen = thief.new_page()
    stolen.goto(f"{clinic.url}/desk")
    expect(stolen.get_by_role("button", name="Sign in")).to_be_visible()
    thief.close()


def test_another_person_at_the_same_computer_finds_nothing_of_the_first(clinic, context):
    tab = sign_in(context, clinic, "asha")
    with tab.expect_navigation():  # through /auth/logout; the sign-in shows before, and going back then is aborted
        tab.get_by_role("button", name="Sign out").click()
    expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    tab.go_back()
    settle(tab)

    expect(tab.get_by_role("button", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("address", ["desk", "users", "room", "stock", "reports"])
def test_a_stranger_sees_the_sign_in_at_every_address(clinic, context, address):
    tab = first_tab(context)
    tab.goto(f"{clinic.url}/{address}")

    expect(tab.get_by_role("button", name="Sign in")).to_be_visible()


def test_metrics_and_media_are_not_for_strangers(clinic, context):
    assert status(f"{clinic.url}/_stcore/metrics") == 404
    assert status(f"{clinic.url}/media/anything.pdf") == 404
    assert status(f"{clinic.url}/_stcore/health") == 200


def test_a_cookie_is_not_handed_to_another_site_or_for_a_made_up_ticket(clinic):
    def post(origin, body=b'{"ticket": "made up"}'):
        headers = {"Content-Type": "application/json", "Origin": origin}
        try:
            return urllib.request.urlopen(urllib.request.Request(f"{clinic.url}/auth/session", body, headers)).status
        except urllib.error.HTTPError as error:
            return error.code

    assert post("https://elsewhere.example") == 403
    assert post(clinic.url) == 401
    assert post(clinic.url, b"not json") == 400


def test_nobody_signs_out_somebody_else_from_another_site(clinic, context):
    sign_in(context, clinic, "asha")
    value = session_cookie(context)["value"]
    status(f"{clinic.url}/auth/logout", **{"Cookie": f"qure_session={value}", "Sec-Fetch-Site": "cross-site"})

    tab = first_tab(context)
    tab.goto(clinic.url)
    expect(tab.get_by_role("heading", name="Today")).to_be_visible()


def test_an_error_of_a_script_and_another_server_would_be_heard(context):
    tab, before = first_tab(context), len(people.amiss)
    tab.goto("about:blank")
    tab.evaluate("setTimeout(() => { throw new Error('broken') }); fetch('http://elsewhere.invalid/').catch(() => 0)")
    for _ in range(40):
        if len(people.amiss) >= before + 2:
            break
        tab.wait_for_timeout(50)
    heard = people.amiss[before:]
    del people.amiss[before:]

    assert any("broken" in one for one in heard)
    assert "http://elsewhere.invalid/" in heard
