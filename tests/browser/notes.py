"""The note that a doctor writes in the room."""

from playwright.sync_api import expect

from tests.browser.people import settle

PAUSE_MS = 1000  # a little longer than the pause after which a text is kept


def the_room(context, clinic):
    """Opened in a new tab, with the box of the note."""
    tab = context.new_page()
    tab.goto(f"{clinic.url}/room")
    tab.get_by_label("New note").wait_for()
    settle(tab)
    return tab


def to_the_note(tab):
    """By its key: pressed again, as a person would, where the page was not listening yet."""
    note = tab.get_by_label("New note")
    note.wait_for()
    for _ in range(20):
        tab.keyboard.press("Alt+n")
        if note.evaluate("box => box === document.activeElement"):
            return
        tab.wait_for_timeout(250)
    expect(note).to_be_focused()
