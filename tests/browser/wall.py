"""The display of the waiting room in a browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import visitor

_KEPT_AWAKE = """
window.__asked = []
Object.defineProperty(navigator, "wakeLock", { value: { request: async (what) => { window.__asked.push(what) } } })
"""


def a_wall(chromium, clinic):
    """Its tab, started by one touch; it keeps what it rang in `window.__qureWall.rung`, and what it asked of the
    machine in `window.__asked`."""
    tab = visitor(chromium).new_page()
    tab.add_init_script(_KEPT_AWAKE)
    tab.goto(f"{clinic.url}/waiting-room")
    tab.get_by_role("button", name="Start display").click()
    expect(tab.get_by_role("button", name="Start display")).to_be_hidden()
    return tab


def shown(wall, number):
    """The number, among those who are called or come next."""
    return wall.get_by_role("heading", name=str(number), exact=True)


def rung(wall):
    return [call.split()[0] for call in wall.evaluate("window.__qureWall.rung || []")]


def wait_until(tab, true, seconds=20):
    for _ in range(seconds * 20):
        if true():
            return
        tab.wait_for_timeout(50)
    pytest.fail("it did not come true")
