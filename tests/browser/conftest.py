"""A running app and a real Chromium to look at it."""

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import forks, prepared
from tests.browser import people
from tests.running import App

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Without these Chromium asks its maker's servers for things nobody needs here.
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="session", autouse=True)
def apps_come():
    forks.preload(*forks.OF_AN_APP)


@contextmanager
def an_app():
    """A running app on an empty database; at the end neither its log nor a page that was open told of an error."""
    folder = Path(tempfile.mkdtemp(prefix="qure-app-"))
    prepared.lay_schema(folder)
    running = App(folder, forked=True)
    running.start()
    yield running
    running.stop()
    errors = running.errors()
    shutil.rmtree(folder, ignore_errors=True)
    assert errors == []
    assert people.amiss == []


@pytest.fixture(scope="module")
def app():
    with an_app() as running:
        yield running


@pytest.fixture(scope="session")
def chromium():
    if CHROMIUM is None:
        reason = "needs a browser: install Chromium (apt-get install chromium)"
        if os.environ.get("QURE_BROWSER_TESTS") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()
