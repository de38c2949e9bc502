"""A note that is being written, in a real browser: its box is never left, and nothing of it is lost."""

from playwright.sync_api import expect

from tests.browser import backstage, lived_in
from tests.browser.people import session_cookie, settle, sign_in, visitor

PAUSE_MS = 1000  # a little longer than the pause after which a text is kept


def test_a_note_survives_a_killed_tab_and_a_restart_of_the_server(clinic, chromium):
    backstage.at(clinic, backstage.begin_visit, lived_in.DOCTOR)
    context = visitor(chromium)
    tab = sign_in(context, clinic, lived_in.DOCTOR, "room")
    assert session_cookie(context)
    _to_the_note(tab)

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

    tab = _the_room(context, clinic)
    expect(tab.get_by_label("New note")).to_have_value("Cough for 3 days")
    _to_the_note(tab)
    tab.keyboard.press("Control+End")
    tab.keyboard.type(", no fever")
    tab.wait_for_timeout(PAUSE_MS)
    tab.reload()
    expect(tab.get_by_label("New note")).to_have_value("Cough for 3 days, no fever")

    clinic.stop()
    clinic.start()
    expect(_the_room(context, clinic).get_by_label("New note")).to_have_value("Cough for 3 days, no fever")
    context.close()


def _the_room(context, clinic):
    tab = context.new_page()
    tab.goto(f"{clinic.url}/room")
    tab.get_by_label("New note").wait_for()
    settle(tab)
    return tab


def _to_the_note(tab):
    """By its key: pressed again, as a person would, where the page was not listening yet."""
    note = tab.get_by_label("New note")
    note.wait_for()
    for _ in range(20):
        tab.keyboard.press("Alt+n")
        if note.evaluate("box => box === document.activeElement"):
            return
        tab.wait_for_timeout(250)
    expect(note).to_be_focused()
