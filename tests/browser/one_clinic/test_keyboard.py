"""The keys of the desk in a real browser: what AppTest cannot press."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import box, go, settle, sign_in, visitor

BROUGHT_BACK_MS = 700  # a little longer than a box gets back a focus that was lost by a redraw


@pytest.fixture(scope="module")
def tab(clinic, chromium):
    """The administrator's."""
    tab = sign_in(visitor(chromium), clinic, "asha")
    yield tab
    tab.context.close()


def register(tab, name, phone=""):
    """With the keyboard alone, up to the token."""
    go(tab, "Desk")
    tab.keyboard.press("Alt+n")
    box(tab.get_by_role("dialog"), "Phone").fill(phone)
    box(tab.get_by_role("dialog"), "Name").fill(name)
    tab.keyboard.press("Control+Enter")
    expect(tab.get_by_text(f"Token for {name}")).to_be_visible()
    settle(tab)


def waiting(tab):
    """How many the queue says."""
    go(tab, "Queue")
    return sum(int(told.split()[0]) for told in tab.get_by_text(re.compile(r"^\d+ waiting$")).all_inner_texts())


def test_ctrl_enter_in_a_dialog_does_not_press_the_button_behind_it(tab):
    before = waiting(tab)
    for name in ("Ila Kapoor", "Tarun Bhat"):
        register(tab, name)

    assert waiting(tab) == before + 2


def test_the_cursor_is_not_taken_back_from_whoever_went_on_at_once(tab):
    go(tab, "Desk")
    tab.keyboard.press("Alt+n")
    expect(box(tab.get_by_role("dialog"), "Phone")).to_be_focused()
    for _ in range(3):
        tab.keyboard.press("Tab")
    where = "document.activeElement.closest('[role=radiogroup], [data-testid=stButtonGroup]') !== null"
    gone_on = tab.evaluate(where)
    tab.wait_for_timeout(BROUGHT_BACK_MS)

    assert (gone_on, tab.evaluate(where)) == (True, True)
    tab.keyboard.press("Escape")
    settle(tab)


def test_a_new_patient_gets_a_token_with_six_keys_and_what_is_typed(tab):
    """Four boxes and no mouse."""
    go(tab, "Desk")
    tab.keyboard.press("Alt+n")
    expect(box(tab.get_by_role("dialog"), "Phone")).to_be_focused()
    expect(tab.get_by_role("dialog").get_by_text("Female")).to_be_visible()  # a new browser fetches its script first
    tab.keyboard.type("9876509988")
    tab.keyboard.press("Tab")
    tab.keyboard.type("Omana Kurup")
    tab.keyboard.press("Tab")
    tab.keyboard.type("34")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Space")
    tab.keyboard.press("Control+Enter")

    expect(tab.get_by_text("Token for Omana Kurup")).to_be_visible()
    go(tab, "Patients")
    tab.keyboard.type("omana", delay=60)
    expect(tab.get_by_text("34 y · Female · +919876509988")).to_be_visible()


def test_whoever_is_known_already_is_asked_about_before_registering(tab):
    register(tab, "Lakshmi Bose", phone="9876543288")
    go(tab, "Desk")
    tab.keyboard.press("Alt+n")
    box(tab.get_by_role("dialog"), "Phone").fill("98765 43288")
    box(tab.get_by_role("dialog"), "Name").fill("Laxmi Bose")
    tab.keyboard.press("Control+Enter")
    expect(tab.get_by_text("Has Laxmi Bose a record already?")).to_be_visible()
    tab.get_by_role("button", name="This is the patient").click()

    expect(tab.get_by_text("Lakshmi Bose is already in today's queue")).to_be_visible()
