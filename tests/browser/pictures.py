"""Pictures of the screens for docs/pictures: `python -m tests.browser.pictures FOLDER [ADDRESS …]`.

FOLDER holds a simulated clinic, which is made if there is none. Each screen is taken as the role sees it whose screen
it is, in light and dark, and those of PHONE on a phone as well.
"""

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from core.permissions import Role
from core.web.cookies import COOKIE
from pages.ui.catalogue import SCREENS, Screen
from tests.bench.screens.__main__ import chromium
from tests.bench.screens.serving import Clinic, running
from tests.browser.people import box, click_until, settle
from tests.running import ROOT, App

TO = ROOT / "docs" / "pictures"
DAYS, PATIENTS_PER_DAY = 90, 25
WIDE, TALL, PHONE_SIZE = (1280, 860), (1280, 1700), (390, 844)
PHONE = {"desk", "room", "revenue"}
DASHBOARDS = {"revenue", "operations", "stock-report", "patients-report", "prescribing", "quality", "books"}
# Whose screen it is, where several may open it; the others are taken as the administrator.
OF = {
    Role.RECEPTION: {"desk", "patients", "calendar", "hours", "reminders", "cash", "close-day", "queue", "day-end"},
    Role.DOCTOR: {"room", "overrides", "visit"},
    Role.PHARMACIST: {"counter", "stock", "recall"},
    Role.MANAGER: {"", "reports", "revenue", "operations", "stock-report", "patients-report", "quality", "drawers"},
    Role.ANALYST: {"lab", "prescribing"},
}
NAMES = {"": "today", "exports": "export", "imports": "import"}
DEMO = "demo"  # not the address of a screen: the first one of an empty folder leads there
OPENED_WITH = {"visit": "?id=1000"}  # of the screens that are only reached from others


def type_a_name(tab: Page) -> None:
    box(tab, "Find a patient").press_sequentially("ra", delay=60)


def show_the_week(tab: Page) -> None:
    tab.get_by_text("Week", exact=True).first.click()


# What is done on a screen before its picture is taken: (name of the picture, step).
STEPS: dict[str, list[tuple[str, Callable[[Page], None]]]] = {
    "desk": [("desk", type_a_name)],
    "patients": [("patients", type_a_name)],
    "calendar": [("calendar", lambda tab: None), ("calendar-week", show_the_week)],
}


def whose(screen: Screen) -> Role:
    return next((role for role, addresses in OF.items() if screen.address in addresses), Role.ADMIN)


def take(browser: Browser, clinic: Clinic, only: set[str]) -> None:
    tokens = clinic.tokens()
    for theme in ("light", "dark"):
        for screen in SCREENS:
            if (screen.reached and screen.address not in OPENED_WITH) or (only and screen.address not in only):
                continue
            sizes = {"": TALL if screen.address in DASHBOARDS else WIDE}
            sizes |= {"-phone": PHONE_SIZE} if screen.address in PHONE and theme == "light" else {}
            for suffix, size in sizes.items():
                _take(browser, clinic, screen, tokens[whose(screen)], theme, suffix, size)
        if not only:
            _take_public(browser, clinic, theme)


def _take(
    browser: Browser, clinic: Clinic, screen: Screen, token: str, theme: str, suffix: str, size: tuple[int, int]
) -> None:
    tab = _tab(browser, theme, size)
    tab.context.add_cookies([{"name": COOKIE, "value": token, "url": clinic.url}])
    tab.goto(f"{clinic.url}/{screen.address}{OPENED_WITH.get(screen.address, '')}")
    tab.get_by_test_id("stAppViewContainer").locator("h1").first.wait_for()
    usual = NAMES.get(screen.address, screen.address)
    for name, step in STEPS.get(screen.address, [(usual, lambda tab: None)]):
        settle(tab)
        step(tab)
        settle(tab)
        tab.wait_for_timeout(1_500)  # charts draw themselves after the run
        tab.screenshot(path=TO / f"{name}{suffix}{'-dark' if theme == 'dark' else ''}.png")
    tab.context.close()


def _take_public(browser: Browser, clinic: Clinic, theme: str) -> None:
    """What strangers see."""
    for address, name in (("desk", "sign-in"), ("waiting-room", "waiting-room")):
        tab = _tab(browser, theme, WIDE)
        tab.goto(f"{clinic.url}/{address}")
        settle(tab)
        if address == "waiting-room":
            tab.get_by_role("button", name="Start display").click()
            settle(tab)
        tab.wait_for_timeout(1_500)
        tab.screenshot(path=TO / f"{name}{'-dark' if theme == 'dark' else ''}.png")
        tab.context.close()


def take_demo(browser: Browser, folder: Path) -> None:
    """What whoever looks around first is given, in a new folder; the passwords are not in the picture."""
    folder.mkdir()
    app = App(folder)
    with running(app):
        tab = _tab(browser, "light", WIDE)
        tab.goto(app.url)
        begun = tab.get_by_role("heading", name=re.compile("demo clinic is"))
        click_until(tab.get_by_role("button", name="Explore a demo clinic"), expect(begun).to_be_visible)
        tab.get_by_text("The dashboards are full.").wait_for(timeout=300_000)
        tab.add_style_tag(content="p > code:first-child ~ code { -webkit-text-security: disc }")
        for theme in ("light", "dark"):
            tab.emulate_media(color_scheme=theme)
            tab.wait_for_timeout(1_500)
            tab.screenshot(path=TO / f"demo{'-dark' if theme == 'dark' else ''}.png")
        tab.context.close()


def _tab(browser: Browser, theme: str, size: tuple[int, int]) -> Page:
    width, height = size
    context = browser.new_context(
        color_scheme=theme,
        viewport={"width": width, "height": height},
        has_touch=size == PHONE_SIZE,
        is_mobile=size == PHONE_SIZE,
        timezone_id="Asia/Kolkata",
        locale="en-IN",
    )
    return context.new_page()


def main(folder: Path, only: set[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="qure-pictures-") as logs, chromium() as browser:
        clinic = Clinic(folder, Path(logs))
        clinic.prepare(DAYS, PATIENTS_PER_DAY)
        with running(clinic):
            take(browser, clinic, only)
        if not only or DEMO in only:
            take_demo(browser, Path(logs, DEMO))


if __name__ == "__main__":
    main(Path(sys.argv[1]), set(sys.argv[2:]))
