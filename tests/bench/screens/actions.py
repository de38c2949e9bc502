"""The commonest things that are done on a screen: what comes before, and the one click or key that is measured."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from core.permissions import Actor, Role
from pages.ui.catalogue import SCREENS, Screen


@dataclass(frozen=True)
class Action:
    """`before` is not measured; `act` is one click or key."""

    name: str
    before: Callable[[Page], object]
    act: Callable[[Page], object]


def typed(label: str, letters: str = "shar") -> Action:
    """One more letter in a search box."""
    first, last = letters[:-1], letters[-1]

    def begin(tab: Page) -> None:
        box = tab.get_by_label(label, exact=True).and_(tab.locator("input"))
        box.fill("")
        box.press_sequentially(first)

    return Action("a letter in the search box", begin, lambda tab: tab.keyboard.press(last))


def period(name: str, other: str) -> Action:
    """A click on another period of a dashboard."""

    def choose(tab: Page, label: str) -> None:
        tab.get_by_test_id("stButtonGroup").get_by_text(label, exact=True).first.click()

    return Action(f"period: {name}", lambda tab: choose(tab, other), lambda tab: choose(tab, name))


_LONG = (period("A year", "7 days"), period("Everything", "7 days"))
ACTIONS = {
    "desk": (typed("Find a patient"),),
    "patients": (typed("Find a patient"),),
    "counter": (typed("Find a patient"),),
    "cash": (typed("Find a bill"),),
    "stock": (typed("Find a medicine", "para"),),
    "reports": _LONG,
    "revenue": _LONG,
    "operations": _LONG,
    "stock-report": _LONG,
    "patients-report": _LONG,
    "prescribing": _LONG,
}


def screens_of(role: Role, only: set[str]) -> list[Screen]:
    """Those in the navigation of a role; `only` the addresses named, if any are."""
    actor = Actor(0, "", role)
    return [
        screen
        for screen in SCREENS
        if not screen.reached and screen.open_to(actor) and (not only or (screen.address or "today") in only)
    ]
