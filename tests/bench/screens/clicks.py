"""Every screen and its commonest actions, clicked in turns with the floor and, where there are two, in both clinics."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Browser, Page

from core.permissions import Role
from core.web.cookies import COOKIE
from pages.ui.catalogue import Screen
from tests.bench.screens.actions import ACTIONS, Action, screens_of
from tests.bench.screens.serving import Bare, Clinic
from tests.bench.screens.stopwatch import SCRIPT, measured

OPENED = "opened"


@dataclass
class Row:
    """`ms` and `floor_ms` were taken one after the other, pair by pair. `asked` is what the screen told of its queries,
    where it was made to."""

    clinic: str
    role: str
    screen: str
    action: str
    ms: list[float] = field(default_factory=list)
    floor_ms: list[float] = field(default_factory=list)
    asked: str = ""

    def figures(self) -> dict[str, Any]:
        p50, p95, floor = median(self.ms), upper(self.ms), median(self.floor_ms)
        return {
            **{name: getattr(self, name) for name in ("clinic", "role", "screen", "action")},
            **{"times": len(self.ms), "p50_ms": p50, "p95_ms": p95, "floor_p50_ms": floor},
            **{"ratio_p50": p50 / floor, "ratio_p95": p95 / upper(self.floor_ms), "asked": self.asked},
        }


def upper(values: Sequence[float]) -> float:
    """The 95th percentile; of few values the largest."""
    return quantiles(values, n=20, method="inclusive")[18] if len(values) > 1 else values[0]


def clicked(
    browser: Browser, bare: Bare, clinics: Sequence[Clinic], repeats: int, roles: Sequence[Role], only: set[str]
) -> Iterator[list[Row]]:
    """The rows of one role after the other. The first round warms up and does not count."""
    floor = opened(browser, bare.url)
    tokens = [clinic.tokens() for clinic in clinics]
    for role in roles:
        tabs = [opened(browser, clinic.url, one[role]) for clinic, one in zip(clinics, tokens, strict=True)]
        rows: dict[tuple[str, str, str], Row] = {}
        for round_ in range(repeats + 1):
            for clinic, tab, screen, action in _turns(clinics, tabs, role, only):
                row = Row(clinic.folder.name, role, screen.title, action.name if action else OPENED)
                row = rows.setdefault((row.clinic, row.screen, row.action), row)
                took, beside = once(tab, screen, action), trivial(floor)
                if round_:
                    row.ms.append(took)
                    row.floor_ms.append(beside)
                row.asked = row.asked or told_at_the_foot(tab)
        yield [row for row in rows.values() if row.ms]
        for tab in tabs:
            tab.context.close()
    floor.context.close()


def _turns(
    clinics: Sequence[Clinic], tabs: Sequence[Page], role: Role, only: set[str]
) -> Iterator[tuple[Clinic, Page, Screen, Action | None]]:
    for screen in screens_of(role, only):
        for action in (None, *ACTIONS.get(screen.address, ())):
            for clinic, tab in zip(clinics, tabs, strict=True):
                yield clinic, tab, screen, action


def opened(browser: Browser, url: str, token: str | None = None) -> Page:
    """A tab with the stopwatch in it; with a token, of somebody who is signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(SCRIPT)
    if token:
        context.add_cookies([{"name": COOKIE, "value": token, "url": url}])
    tab = context.new_page()
    tab.goto(url + ("/account" if token else ""))
    tab.get_by_role("button", name="Sign out" if token else "Again").first.wait_for()
    tab.wait_for_timeout(500)
    return tab


def once(tab: Page, screen: Screen, action: Action | None = None) -> float:
    """Milliseconds of one click; that it led to the screen is looked at afterwards."""
    if action is None:
        link = tab.get_by_test_id("stSidebarNav").get_by_role("link", name=screen.title, exact=True)
        took = measured(tab, link.click)
    else:
        measured(tab, lambda: action.before(tab))
        took = measured(tab, lambda: action.act(tab))
    tab.get_by_role("heading", name=screen.title, exact=True).first.wait_for()
    assert not tab.get_by_test_id("stException").count(), screen.title
    return took


def trivial(tab: Page) -> float:
    return measured(tab, tab.get_by_role("button", name="Again").click)


def told_at_the_foot(tab: Page) -> str:
    """ "7 statements, 4.1 ms SELECT …"; "" where the switch is off."""
    foot = tab.locator(".st-key-asked")
    return " ".join(foot.first.inner_text().split()) if foot.count() else ""
