"""The bench of the screens measures what it says, here on two of them; how long things take is nobody's assertion."""

import pytest

from tests.bench.screens import walls
from tests.bench.screens.__main__ import table
from tests.bench.screens.actions import ACTIONS, screens_of
from tests.bench.screens.clicks import OPENED, Row, once, told_at_the_foot
from tests.bench.screens.stopwatch import SCRIPT, measured
from tests.browser.people import session_cookie, sign_in, visitor


@pytest.fixture(scope="module")
def tab(clinic, chromium):
    tab = sign_in(visitor(chromium), clinic, "asha")
    assert session_cookie(tab.context)  # or the next address would ask to sign in
    tab.context.add_init_script(SCRIPT)
    tab.goto(f"{clinic.url}/users")
    tab.get_by_role("heading", name="Users", exact=True).wait_for()
    yield tab
    tab.context.close()


def test_a_click_and_a_key_are_measured_until_the_screen_is_still(tab):
    queue, desk = (next(one for one in screens_of("ADMIN", {name})) for name in ("queue", "desk"))
    (search,) = ACTIONS["desk"]
    took = {name: once(tab, *what) for name, what in {"Q": (queue,), "D": (desk,), "key": (desk, search)}.items()}

    assert all(0 < milliseconds < 60_000 for milliseconds in took.values())
    assert tab.get_by_role("textbox", name="Find a patient").input_value() == "shar"
    assert told_at_the_foot(tab) == ""  # the switch is off


def test_what_changes_late_is_waited_for(tab):
    tab.evaluate("window.addEventListener('keydown', () => setTimeout(() => document.body.append('late'), 300))")

    took = measured(tab, lambda: tab.keyboard.press("Shift"))

    assert took >= 300


def test_rows_are_told_beside_their_floor():
    row = Row("one", "ADMIN", "Desk", OPENED, [120.0, 100.0, 140.0], [10.0, 12.0, 11.0], "3 statements, 1.0 ms")

    told = row.figures()
    assert (told["p50_ms"], told["floor_p50_ms"], told["times"]) == (120.0, 11.0, 3)
    assert told["ratio_p50"] == pytest.approx(120 / 11)
    assert "Desk: 3 statements" in table([told])


def test_sessions_without_a_browser_are_real_ones(clinic, tab):
    watched = walls.apart(walls.watched(clinic, viewers=2, seconds=0.5, every=0.5))
    assert watched["viewers"] == 2
    assert watched["core_percent"] >= 0

    weighed = walls.apart(walls.weighed(clinic, 2, "waiting-room", walls.WALL, None, [0.0]))
    assert weighed["before_mb"] > 10
