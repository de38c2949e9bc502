"""The jobs of the doctor's room: called, examined, prescribed, signed."""

import re

from playwright.sync_api import expect

from tests.browser.at_work import papers, printed, said
from tests.browser.hand import Hand
from tests.browser.people import box, go, settle


def call_next(people):
    tab, wall = people.doctor, people.wall
    go(tab, "Room")
    hand = Hand(tab)
    hand.press("Alt+1")
    wall.locator(".call .number").first.wait_for()
    hand.done()
    assert len(wall.evaluate("window.__qureWall.rung")) == 1  # and the voice has the number
    tab.get_by_role("button", name="Start visit").wait_for()
    settle(tab)
    tab.keyboard.press("Control+Enter")
    box(tab, "Add a medicine").wait_for()
    settle(tab)
    return hand


def repeat_last(people):
    hand = Hand(people.doctor)
    hand.click(people.doctor.get_by_role("button", name="Repeat last prescription"))
    said(people.doctor, "3 tablets")
    return hand.done()


def _line(tab, text, shown):
    settle(tab)
    expect(box(tab, "Add a medicine")).to_have_value("")
    hand = Hand(tab)
    hand.press("Alt+p")
    hand.type(text)
    hand.press("Enter")
    said(tab, shown)
    return hand.done()


def typed_line(people):
    return _line(people.doctor, "para 500 1-0-1 5d pc", "10 tablets")


def a_set(people):
    hand = _line(people.doctor, "urti", "14 tablets")
    _complete(people.doctor)
    return hand


def _complete(tab):
    settle(tab)
    tab.get_by_label("New note").fill("Comes again")
    tab.keyboard.press("Control+Enter")
    said(tab, "Nobody is with you.")
    settle(tab)


def _listening(tab):
    """The page has its keys: on a busy machine a moment after its boxes."""
    for _ in range(100):
        if tab.evaluate("window.__qureKeyboard?.searchKey"):
            return
        tab.wait_for_timeout(50)


def _examine(hand, tab):
    """Diagnosis, temperature, note and a line of the prescription."""
    _listening(tab)
    hand.press("/")
    expect(box(tab, "Add a diagnosis")).to_be_focused()
    hand.type("J06.9")
    tab.get_by_role("button", name=re.compile("^J06.9")).wait_for()
    hand.look()
    hand.press("Alt+d")
    said(tab, "Acute upper respiratory infection, unspecified")
    hand.look()
    hand.press("Alt+v")
    hand.type("38.2")
    hand.press("Alt+n")
    hand.type("Cough for 3 days")
    hand.press("Alt+p")
    hand.type("para 500 1-0-1 5d pc")
    hand.press("Enter")
    said(tab, "10 tablets")


def consultation(people):
    """Called, examined, diagnosed, prescribed, signed and printed, and the address never changes."""
    tab = people.doctor
    went, before, hand = [], papers(tab), Hand(tab)
    tab.on("framenavigated", lambda frame: went.append(frame.url) if frame == tab.main_frame else None)
    hand.press("Alt+1")
    tab.get_by_role("button", name="Start visit").wait_for()
    hand.look()
    hand.press("Control+Enter")
    box(tab, "Add a diagnosis").wait_for()
    hand.look()
    _examine(hand, tab)
    hand.look()
    hand.press("Control+Enter")
    said(tab, "Nobody is with you.")
    printed(tab, before)
    assert went == []
    return hand.done()
