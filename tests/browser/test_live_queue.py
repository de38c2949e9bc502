"""The queue on several screens at once: what one changes the others show, and the wall goes on after a restart."""

import pytest
from playwright.sync_api import expect

from tests.browser import backstage
from tests.browser.conftest import an_app
from tests.browser.people import settle, sign_in, visitor
from tests.browser.test_clinic_day import register_with_token


@pytest.fixture(scope="module")
def clinic():
    """An app of its own, since its queue begins empty, and it is killed and started again."""
    with an_app() as running:
        backstage.at(running, backstage.set_up)
        yield running


KEPT_AWAKE = """
window.__asked = []
Object.defineProperty(navigator, "wakeLock", { value: { request: async (what) => { window.__asked.push(what) } } })
"""


@pytest.fixture
def wall(chromium, clinic):
    """The display, started by one touch; it keeps what it rang in `window.__qureWall.rung`."""
    context = visitor(chromium)
    tab = context.new_page()
    tab.add_init_script(KEPT_AWAKE)
    tab.goto(f"{clinic.url}/waiting-room")
    tab.get_by_role("button", name="Start display").click()
    expect(tab.get_by_role("button", name="Start display")).to_be_hidden()
    yield tab
    context.close()


def rung(wall):
    return [call.split()[0] for call in wall.evaluate("window.__qureWall.rung || []")]


def wait_until(tab, true, seconds=20):
    for _ in range(seconds * 20):
        if true():
            return
        tab.wait_for_timeout(50)
    pytest.fail("it did not come true")


def test_what_one_screen_changes_the_others_show(chromium, clinic, wall):
    desk = sign_in(visitor(chromium), clinic, "user1")
    queue = desk.context.new_page()
    queue.goto(f"{clinic.url}/queue")
    expect(queue.get_by_text("Nobody in the queue.").first).to_be_visible()

    register_with_token(desk, "Asha Rao", phone="9876543210", age="34")
    expect(queue.get_by_text("Asha Rao").first).to_be_visible()
    expect(wall.get_by_role("heading", name="1", exact=True)).to_be_visible()
    assert "Asha" not in wall.content()

    settle(queue)
    call_next = queue.get_by_role("button", name="Call next").first
    call_next.click()
    expect(queue.get_by_text("With doctor").first).to_be_visible()
    expect(wall.locator(".call .number", has_text="1")).to_be_visible()
    expect(wall.get_by_text("Room 3")).to_be_visible()
    wall.wait_for_timeout(4000)  # several rounds of asking: one call rings once
    assert rung(wall) == ["1"]

    queue.locator("[class*=st-key-menu_] button").first.click()
    settle(queue)
    queue.get_by_role("button", name="Call again").click()
    wait_until(wall, lambda: rung(wall) == ["1", "1"])
    desk.context.close()


def test_the_wall_goes_on_by_itself_after_a_restart(chromium, clinic, wall):
    expect(wall.locator(".call .number", has_text="1")).to_be_visible()

    clinic.stop()
    expect(wall.get_by_text("No connection.")).to_be_visible(timeout=60_000)
    clinic.start()

    expect(wall.get_by_text("No connection.")).to_be_hidden(timeout=60_000)
    desk = sign_in(visitor(chromium), clinic, "user1")
    register_with_token(desk, "Vikram Nair", phone="9876543211", age="50")
    expect(wall.get_by_role("heading", name="2", exact=True)).to_be_visible()
    assert wall.evaluate("window.__qureWall.started && window.__qureWall.audio.state") == "running"
    assert rung(wall) == []  # nobody was called since the display was started: the call before it is not rung again
    desk.context.close()


def test_the_display_stays_awake_when_the_page_is_loaded_again(wall):
    assert wall.evaluate("window.__asked") == ["screen"]

    wall.reload()

    wait_until(wall, lambda: wall.evaluate("window.__asked") == ["screen"])
