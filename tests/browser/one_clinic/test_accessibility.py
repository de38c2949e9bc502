"""What people who see little, or use no mouse, need: every screen, light and dark, asked by axe-core.

No serious or critical violation of WCAG 2.1 A and AA is left, but what Streamlit itself draws and nobody can reach.
"""

import re
from itertools import takewhile

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from core.permissions import Actor, Role
from pages.ui.catalogue import SCREENS
from tests.browser import lived_in
from tests.browser.people import box, click_until, first_tab, go, settle, sign_in

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
REPAINTED_MS = 300
PARTS = "{ exclude: ['.js-plotly-plot'] }"  # each figure has its words beside it, and a thousand elements
QUICKLY = {"resultTypes": ["violations"], "preload": False}
GRAVE = ("serious", "critical")
HOME = ""

# What Streamlit draws: the rule, what the element's HTML has, and why it stays.
OF_STREAMLIT = (
    ("list", "stSidebarNavItems", "the navigation wraps its items, so that they are no children of their list"),
    ("listitem", '<li class="st-emotion', "the same, seen from the item"),
    ("scrollable-region-focusable", 'data-test-wrap="false"', "a row that does not wrap, while its buttons rest"),
    ("color-contrast", 'class="token', "the colours in which a program is listed"),
    ("svg-img-alt", "metric_chart_", "the last point of the small line below a number, which stands there as text"),
    ("aria-allowed-attr", 'aria-required="true"', "a date box that must be filled says so on a group"),
)

PEOPLE = {
    Role.RECEPTION: lived_in.RECEPTION,
    Role.DOCTOR: lived_in.DOCTOR,
    Role.PHARMACIST: lived_in.PHARMACIST,
    Role.MANAGER: lived_in.MANAGER,
    Role.ANALYST: lived_in.ANALYST,
    Role.ADMIN: "asha",
}

# What lies over a screen, by the button that opens it; and what only links lead to.
DIALOGS = {
    Role.RECEPTION: (("Desk", "New patient"), ("Calendar", "Block time"), ("Cash", "By hand")),
    Role.PHARMACIST: (("Stock", "New medicine"),),
    Role.ADMIN: (("Users", "New person"),),
}
LINKED = {Role.DOCTOR: ("visit?id=1",), Role.ANALYST: ("account",)}


def violations(tab, options):
    """The grave ones that are ours, as (rule, impact, HTML, what axe says)."""
    if tab.evaluate("typeof axe") == "undefined":
        tab.evaluate(AXE_SCRIPT)
    found = tab.evaluate("options => axe.run(PARTS, options)".replace("PARTS", PARTS), {**options, **QUICKLY})
    return [
        (rule["id"], node["html"], node["any"][0]["message"] if node["any"] else node["failureSummary"])
        for rule in found["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
        if not any(rule["id"] == known and part in node["html"] for known, part, _ in OF_STREAMLIT)
    ]


def in_both(tab, where):
    """As it is by every rule, then in the other colours, which stay for the next screen, by the one they can break."""
    is_dark = tab.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    now, other = ("dark", "light") if is_dark else ("light", "dark")
    found = [(where, now, *one) for one in violations(tab, WCAG)]
    tab.emulate_media(color_scheme=other)
    tab.wait_for_timeout(REPAINTED_MS)
    of_colours = violations(tab, CONTRAST)
    if of_colours:  # or a busy machine has not painted everything anew yet
        tab.wait_for_timeout(10 * REPAINTED_MS)
        of_colours = violations(tab, CONTRAST)
    return found + [(where, other, *one) for one in of_colours]


def listed(found):
    return "\n".join(" · ".join(part[:300] for part in one) for one in found)


def screens_of(role):
    """Each is looked at with the first role that sees it; home tells every role something else."""
    earlier = [Actor(0, "", other) for other in takewhile(lambda other: other is not role, PEOPLE)]
    for screen in SCREENS:
        was_seen = screen.address != HOME and any(map(screen.open_to, earlier))
        if screen.open_to(Actor(0, "", role)) and not screen.reached and not was_seen:
            yield screen


@pytest.mark.parametrize("role", Role)
def test_no_grave_violation_on_any_screen_of_a_role(clinic, context, role):
    tab = sign_in(context, clinic, PEOPLE[role])
    found = []
    for screen in screens_of(role):
        go(tab, screen.title)
        found += in_both(tab, f"{role} {screen.title}")
    for screen, button in DIALOGS.get(role, ()):
        go(tab, screen)
        click_until(tab.get_by_role("button", name=button), expect(tab.get_by_role("dialog")).to_be_visible)
        settle(tab)
        found += in_both(tab, f"{role} {screen}, {button}")
        tab.keyboard.press("Escape")
    for address in LINKED.get(role, ()):
        tab.goto(f"{clinic.url}/{address}")
        settle(tab)
        found += in_both(tab, f"{role} {address}")

    assert not found, listed(found)


def test_no_grave_violation_where_nobody_is_signed_in(clinic, context):
    found, tab = [], first_tab(context)
    for address in ("", "waiting-room"):
        tab.goto(f"{clinic.url}/{address}")
        settle(tab)
        found += in_both(tab, address or "sign in")

    assert not found, listed(found)


def focused(tab):
    """What the box or button with the focus is called."""
    return tab.evaluate(
        "() => { const it = document.activeElement;"
        " return (it.getAttribute('aria-label') || it.labels?.[0]?.innerText ||"
        " it.querySelector('p')?.innerText || it.innerText || it.tagName).trim() }"
    )


def test_the_tab_key_goes_through_the_desk_and_its_form_in_the_order_of_the_eye(clinic, context):
    tab = sign_in(context, clinic, PEOPLE[Role.RECEPTION], "desk")
    expect(box(tab, "Find a patient")).to_be_focused()
    tab.keyboard.type("3217")
    expect(tab.get_by_role("radio")).to_have_count(1)
    assert _by_tab(tab, 5) == ["New patient", "Meena Iyer", "Doctor", "Priority", "Give token"]

    tab.keyboard.press("Alt+n")
    expect(box(tab.get_by_role("dialog"), "Phone")).to_be_focused()
    expect(tab.get_by_role("dialog").get_by_text("Female")).to_be_visible()  # a new browser fetches its script first
    assert _by_tab(tab, 7) == [
        "Name",
        "Age in years",
        "Female",
        "More",
        "Doctor",
        "Priority",
        "Register and give token",
    ]


def _by_tab(tab, times):
    reached = []
    for _ in range(times):
        tab.keyboard.press("Tab")
        reached.append(re.split(r"\n|\. ", focused(tab))[0])
    return reached


def test_a_question_mark_lists_the_keys(clinic, context):
    tab = sign_in(context, clinic, PEOPLE[Role.RECEPTION], "reminders")
    tab.get_by_role("heading", name="Reminders").click()
    tab.keyboard.press("?")
    expect(tab.get_by_text("marks the patient as reminded")).to_be_visible()
