"""A note that is being written, in a real browser: its box is never left, and nothing of it is lost."""

from playwright.sync_api import expect

from tests.browser import backstage, lived_in
from tests.browser.notes import PAUSE_MS, the_room, to_the_note
from tests.browser.people import session_cookie, settle, sign_in, visitor


def test_a_note_survives_a_killed_tab(clinic, chromium):
    backstage.at(clinic, backstage.begin_visit, lived_in.DOCTOR)
    context = visitor(chromium)
    tab = sign_in(context, clinic, lived_in.DOCTOR, "room")
    assert session_cookie(context)
    to_the_note(tab)

    tab.keyboard.type("Cough for 5 days")
    tab.wait_for_timeout(PAUSE_MS)
    for _ in range(len(" days")):
        tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("Backspace")
    tab.wait_for_timeout(PAUSE_MS)
    tab.keyboard.type("3")  # after a pause the cursor is where it was
    expect(tab.get_by_label("New note")).to_have_value("Cough for 3 days")
    tab.wait_for_timeout(PAUSE_MS)
    settle(tab)
    tab.close()  # without a word to the page: as a crash

    tab = the_room(context, clinic)
    expect(tab.get_by_label("New note")).to_have_value("Cough for 3 days")
    to_the_note(tab)
    tab.keyboard.press("Control+End")
    tab.keyboard.type(", no fever")
    tab.wait_for_timeout(PAUSE_MS)
    tab.reload()
    expect(tab.get_by_label("New note")).to_have_value("Cough for 3 days, no fever")
    context.close()
