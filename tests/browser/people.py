"""People at their browsers. Each has a context of their own: cookies and tabs apart from the others'."""

from contextlib import suppress
from urllib.parse import urlsplit

from playwright.sync_api import TimeoutError as NeverThere
from playwright.sync_api import expect

PASSWORD = "correct horse battery"
OWN_PASSWORD = "known to me and nobody else"
_chosen = set()  # who has an own password by now, and where
amiss = []  # what pages wanted and their own rules forbade them, errors of scripts, and other servers that were asked


def settle(tab):
    """Wait until Streamlit has finished what it was doing; a moment first, for it to have begun."""
    tab.wait_for_timeout(250)
    tab.locator('[data-test-script-state="notRunning"]').first.wait_for()


def visitor(chromium, **options):
    """Someone who is not signed in, in Kolkata."""
    context = chromium.new_context(timezone_id="Asia/Kolkata", viewport={"width": 1280, "height": 900}, **options)
    context.set_default_timeout(20_000)
    context.on("console", lambda said: amiss.append(said.text) if "Content Security Policy" in said.text else None)
    context.on("weberror", lambda error: amiss.append(str(error.error)))
    context.on("request", lambda asked: amiss.append(asked.url) if _is_elsewhere(asked) else None)
    return context


def _is_elsewhere(asked):
    """Whether a page asks another server than its own, or leads to one that is none of ours."""
    where = urlsplit(asked.url)
    if not asked.url.startswith("http"):
        return False
    if asked.is_navigation_request():
        return where.hostname != "127.0.0.1"
    return where.netloc != urlsplit(asked.frame.page.url).netloc


def first_tab(context):
    """What it loads once more takes half the time: the browser has compiled the scripts."""
    return context.pages[0] if context.pages else context.new_page()


def set_up(chromium, app):
    """The first visitor makes the clinic and is its administrator: returns the signed-in tab."""
    tab = visitor(chromium).new_page()
    tab.goto(app.url)
    tab.get_by_label("Name of the clinic").fill("Lotus Clinic")
    tab.get_by_label("Your name").fill("Asha Admin")
    tab.get_by_label("User name").fill("asha")
    password(tab).fill(PASSWORD)
    tab.get_by_role("button", name="Create the clinic").click()
    expect(tab.get_by_role("heading", name="Today")).to_be_visible()
    return tab


def sign_in(context, app, username, address=""):
    """Whoever was added by the administrator chooses an own password the first time."""
    tab = first_tab(context)
    tab.goto(f"{app.url}/{address}")
    tab.get_by_label("User name").fill(username)
    password(tab).fill(OWN_PASSWORD if (app.url, username) in _chosen else PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("button", name="Sign out")).to_be_visible()
    settle(tab)
    if tab.get_by_role("heading", name="Choose your own password").count():
        tab.get_by_role("textbox", name="New password").fill(OWN_PASSWORD)
        tab.get_by_role("button", name="Use it from now on").click()
        expect(tab.get_by_test_id("stSidebar")).to_be_visible()
        _chosen.add((app.url, username))
        settle(tab)
    return tab


def password(tab):
    return tab.get_by_role("textbox", name="Password")


def box(scope, label):
    """The input with a label, not the question mark beside it. `scope` is a tab or a part of one."""
    tab = getattr(scope, "page", scope)
    return scope.get_by_label(label, exact=isinstance(label, str)).and_(tab.locator("input"))


def click_until(target, seen, tries=3):
    """Click, and again, as a person does when nothing came of it: Streamlit can lose a click that falls together with
    a redraw of the part it is in. What a second click does to what the first one did is held by other tests.
    """
    for left in reversed(range(tries)):
        if target.count():
            with suppress(NeverThere):  # an earlier click took effect late, and took the target away meanwhile
                target.first.click(timeout=5_000)
        try:
            seen(timeout=20_000 if left == 0 else 5_000)
            return
        except AssertionError:
            if left == 0:
                raise


def downloaded(tab, link, tries=3):
    """The text behind a link, clicked again where the click fell together with a redraw."""
    for left in reversed(range(tries)):
        try:
            with tab.expect_download(timeout=20_000 if left == 0 else 5_000) as saved:
                link.click()
            return saved.value.path().read_text()
        except NeverThere:
            if left == 0:
                raise


def go(tab, screen):
    """To a screen by the navigation, as a person would."""
    link = tab.get_by_test_id("stSidebarNav").get_by_role("link", name=screen, exact=True)
    link.wait_for()
    click_until(link, expect(tab.get_by_role("heading", name=screen, exact=True)).to_be_visible)
    settle(tab)


def session_cookie(context, name="qure_session"):
    """The cookie once it has arrived; None if it has not within two seconds."""
    for _ in range(40):
        for cookie in context.cookies():
            if cookie["name"] == name:
                return cookie
        context.pages[0].wait_for_timeout(50)
    return None
