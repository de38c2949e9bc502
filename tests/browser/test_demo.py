"""From the empty set-up page to a manager's dashboards, with the power cut in between."""

import signal

from playwright.sync_api import expect

from tests.browser.people import downloaded, go, visitor

BUTTON = "Explore a demo clinic"


def test_a_demo_clinic_from_the_first_screen(app, chromium):
    tab = visitor(chromium).new_page()
    tab.goto(app.url)
    tab.get_by_role("button", name=BUTTON).dblclick()
    expect(tab.get_by_text("Living through")).to_be_visible(timeout=120_000)
    app.stop(signal.SIGKILL)
    app.start()

    tab.goto(app.url)
    tab.get_by_role("button", name=BUTTON).click()
    expect(tab.get_by_role("heading", name="A demo clinic is being made")).to_be_visible()
    other = visitor(chromium).new_page()
    other.goto(app.url)
    expect(other.get_by_text("Someone asked for it in another window.")).to_be_visible()
    ready = tab.get_by_role("heading", name="Your demo clinic is ready")
    expect(ready).to_be_visible(timeout=240_000)
    expect(other.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    assert "Sign in as manager" not in other.content()

    tab.reload()
    expect(ready).to_be_visible()
    expect(tab.get_by_text("The dashboards are full.")).to_be_visible(timeout=240_000)
    tab.get_by_text("All of them as text").click()
    assert "manager" in downloaded(tab, tab.get_by_role("link", name="Download as text"))

    tab.get_by_role("button", name="Sign in as manager").click()
    expect(tab.get_by_role("button", name="Sign out")).to_be_visible()
    go(tab, "Revenue")
    tab.context.close()
    other.context.close()
