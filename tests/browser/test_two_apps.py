"""Two processes of the app on the same stores, behind a sticky proxy: people at either one see one clinic."""

import json
import logging
import shutil
import signal
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import prepared
from tests.browser import backstage
from tests.browser.people import click_until, go, session_cookie, sign_in, visitor
from tests.browser.test_clinic_day import register_with_token
from tests.running import App
from tests.sticky import COOKIE, Proxy

SHOWN, BACK = 5, 10  # seconds: until a screen shows what was done at the other app; until its people are at work again
log = logging.getLogger(__name__)


@pytest.fixture
def apps():
    """{port: app}, started at the same moment."""
    folder = Path(tempfile.mkdtemp(prefix="qure-two-"))
    prepared.lay_schema(folder)
    both = [App(folder, name, forked=True) for name in ("a", "b")]
    backstage.at(both[0], backstage.set_up)
    with ThreadPoolExecutor() as pool:
        list(pool.map(App.start, both))
    yield {app.port: app for app in both}
    for app in both:
        app.end()
    errors = [error for app in both for error in app.errors()]
    shutil.rmtree(folder, ignore_errors=True)
    assert errors == []


@pytest.fixture
def proxy(apps):
    proxy = Proxy(list(apps))
    yield proxy
    proxy.close()


def at(chromium, proxy, username, app):
    """Somebody's tab at one of the apps."""
    context = visitor(chromium)
    context.add_cookies([{"name": COOKIE, "value": str(app.port), "url": proxy.url}])
    return sign_in(context, proxy, username, "queue")


def app_of(tab):
    return int(session_cookie(tab.context, COOKIE)["value"])


def calling(app):
    with urllib.request.urlopen(f"{app.url}/live/board") as answer:
        return [call["number"] for call in json.load(answer)["calling"]]


def test_two_apps_are_one_clinic_and_one_goes_on_without_the_other(chromium, apps, proxy, record_property):
    first, second = apps.values()
    ravi, mira = at(chromium, proxy, "user1", first), at(chromium, proxy, "user2", second)
    assert (app_of(ravi), app_of(mira)) == (first.port, second.port)
    also_mira = visitor(chromium)  # the same session, brought to the other app
    also_mira.add_cookies([session_cookie(mira.context)])
    also_mira = also_mira.new_page()
    also_mira.goto(f"{first.url}/queue")
    expect(also_mira.get_by_role("button", name="Sign out")).to_be_visible()

    register_with_token(ravi, "Asha Rao", phone="9876543210", age="34")
    expect(mira.get_by_text("Asha Rao").first).to_be_visible(timeout=SHOWN * 1000)
    call_next = mira.get_by_role("button", name="Call next").first
    click_until(call_next, expect(mira.get_by_text("With doctor").first).to_be_visible)
    assert calling(first) == calling(second) == [1]
    go(ravi, "Queue")
    expect(ravi.get_by_text("With doctor").first).to_be_visible()

    mira.get_by_role("button", name="Sign out").click()
    expect(also_mira.get_by_role("button", name="Sign in")).to_be_visible(timeout=2 * SHOWN * 1000)

    began = time.monotonic()
    first.stop(signal.SIGKILL)
    go(ravi, "Desk")
    back = time.monotonic() - began
    register_with_token(ravi, "Vikram Nair", phone="9876543211", age="50")
    record_property("at work at the other app after", round(back, 1))
    log.info("At work at the other app after %.1f s", back)
    assert back < BACK
    assert app_of(ravi) == second.port

    backstage.at(second, backstage.disable, "user1")
    expect(ravi.get_by_role("button", name="Sign in")).to_be_visible(timeout=2 * SHOWN * 1000)
    backstage.at(second, backstage.proven)
    for tab in (ravi, mira, also_mira):
        tab.context.close()
