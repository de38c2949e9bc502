"""The queue on several screens at once: what one changes the others show."""

import pytest
from playwright.sync_api import expect

from tests.browser import backstage, lived_in
from tests.browser.people import settle, sign_in, visitor
from tests.browser.test_clinic_day import register_with_token
from tests.browser.wall import a_wall, rung, shown, wait_until


@pytest.fixture
def number(clinic):
    """Which the next token has; nobody is in the queue."""
    backstage.at(clinic, backstage.see_everybody, lived_in.DOCTOR)
    return str(backstage.at(clinic, backstage.last_number) + 1)


@pytest.fixture(scope="module")
def wall(chromium, clinic):
    tab = a_wall(chromium, clinic)
    yield tab
    tab.context.close()


def test_what_one_screen_changes_the_others_show(chromium, clinic, number, wall):
    desk = sign_in(visitor(chromium), clinic, lived_in.RECEPTION)
    queue = desk.context.new_page()
    queue.goto(f"{clinic.url}/queue")
    expect(queue.get_by_text("Nobody in the queue.").first).to_be_visible()

    register_with_token(desk, "Anand Rao", phone="9876543210", age="34")
    expect(queue.get_by_text("Anand Rao").first).to_be_visible()
    expect(shown(wall, number)).to_be_visible()
    assert "Anand" not in wall.content()

    settle(queue)
    call_next = queue.get_by_role("button", name="Call next").first
    call_next.click()
    expect(queue.get_by_text("With doctor").first).to_be_visible()
    expect(wall.locator(".call .number", has_text=number)).to_be_visible()
    expect(wall.get_by_text(lived_in.ROOM)).to_be_visible()
    wall.wait_for_timeout(4000)  # several rounds of asking: one call rings once
    assert rung(wall) == [number]

    queue.locator("[class*=st-key-menu_] button").first.click()
    settle(queue)
    queue.get_by_role("button", name="Call again").click()
    wait_until(wall, lambda: rung(wall) == [number, number])
    desk.context.close()


def test_the_display_stays_awake_when_the_page_is_loaded_again(wall):
    assert wall.evaluate("window.__asked") == ["screen"]

    wall.reload()

    wait_until(wall, lambda: wall.evaluate("window.__asked") == ["screen"])
