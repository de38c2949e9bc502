"""The keys of the desk in a real browser: what AppTest cannot press."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import box, go, set_up, settle


@pytest.fixture(scope="module")
def tab(app, chromium):
    """The administrator's tab at the desk of a new clinic."""
    tab = set_up(chromium, app)
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


def test_ctrl_enter_in_a_dialog_does_not_press_the_button_behind_it(tab):
    for name in ("Asha Rao", "Vikram Sen"):
        register(tab, name)

    go(tab, "Queue")
    expect(tab.get_by_text("2 waiting", exact=True)).to_be_visible()


def test_a_new_patient_gets_a_token_with_six_keys_and_what_is_typed(tab):
    """Four boxes and no mouse."""
    go(tab, "Desk")
    tab.keyboard.press("Alt+n")
    expect(box(tab.get_by_role("dialog"), "Phone")).to_be_focused()
    expect(tab.get_by_role("dialog").get_by_text("Female")).to_be_visible()  # a new browser fetches its script first
    tab.keyboard.type("9876501234")
    tab.keyboard.press("Tab")
    tab.keyboard.type("Zeenat Aman")
    tab.keyboard.press("Tab")
    tab.keyboard.type("34")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Space")
    tab.keyboard.press("Control+Enter")

    expect(tab.get_by_text("Token for Zeenat Aman")).to_be_visible()
    go(tab, "Patients")
    tab.keyboard.type("zeenat", delay=60)
    expect(tab.get_by_text("34 y · Female · +919876501234")).to_be_visible()


def test_a_known_patient_gets_a_token_with_five_keys(tab):
    register(tab, "Meena Iyer", phone="9876543217")
    go(tab, "Queue")
    row = tab.get_by_text("Meena Iyer").locator("xpath=ancestor::*[@data-testid='stHorizontalBlock'][1]")
    row.get_by_role("button").click()
    tab.get_by_role("button", name="Left").click()
    expect(tab.get_by_text("Meena Iyer")).to_have_count(0)

    go(tab, "Desk")
    expect(box(tab, "Find a patient")).to_be_focused()
    tab.keyboard.type("3217", delay=60)
    expect(tab.get_by_text("Meena Iyer").first).to_be_visible()
    settle(tab)
    tab.keyboard.press("Control+Enter")

    expect(tab.get_by_text("Token for Meena Iyer")).to_be_visible()


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
