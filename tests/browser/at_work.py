"""Each job of a clinic done once, by a hand that counts.

A job begins at the screen of whoever does it, as it stands after the one before, and ends when the screen says that it
is done.
"""

import re
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.browser.hand import Hand
from tests.browser.lived_in import BARCODE
from tests.browser.people import box, go, settle

PACK = f"010{BARCODE}1735123110AB12"  # as the pack says it: article, expiry, batch


@dataclass
class People:
    """Their tabs, and the numbers of the bills that wait for them."""

    reception: object
    doctor: object
    pharmacist: object
    wall: object
    to_hand_over: str
    to_give_back: str


def one_hit(hand, scope):
    """The search has come down to one: whoever looks sees it, and goes on."""
    expect(scope.get_by_role("radio")).to_have_count(1)
    hand.look()


def said(tab, sentence):
    expect(tab.get_by_text(sentence).first).to_be_visible()


def printed(tab, before):
    for _ in range(100):
        if (tab.evaluate("window.printed") or 0) > before:
            return
        tab.wait_for_timeout(50)
    raise AssertionError("nothing was printed")


def papers(tab):
    return tab.evaluate("window.printed") or 0


def _token_for(people, name, digits):
    tab = people.reception
    go(tab, "Today")  # and back: who comes to the desk begins in its box
    go(tab, "Desk")
    expect(box(tab, "Find a patient")).to_be_focused()
    before, hand = papers(tab), Hand(tab)
    hand.type(digits)
    one_hit(hand, tab)
    hand.press("Control+Enter")
    said(tab, f"Token for {name}")
    printed(tab, before)
    return hand.done()


def known_patient(people):
    return _token_for(people, "Meena Iyer", "3217")


def check_in_by_keys(people):
    return _token_for(people, "Usha Pillai", "6677")


def new_patient(people):
    tab = people.reception
    go(tab, "Desk")
    dialog, hand = tab.get_by_role("dialog"), Hand(tab)
    hand.press("Alt+n")
    expect(box(dialog, "Phone")).to_be_focused()
    expect(dialog.get_by_text("Female")).to_be_visible()
    for text in ("9876501234", "Zara Sheikh", "34"):
        hand.type(text)
        hand.press("Tab")
    hand.press("Space", "Control+Enter")
    said(tab, "Token for Zara Sheikh")
    return hand.done()


def check_in(people):
    tab = people.reception
    go(tab, "Desk")
    hand = Hand(tab)
    hand.click(tab.get_by_role("button", name="Check in", exact=True).first)
    said(tab, "Token for Vikram Nair")
    return hand.done()


def book(people):
    tab = people.reception
    go(tab, "Calendar")
    hand = Hand(tab)
    hand.click(tab.get_by_role("button", name=re.compile("Free$")))
    dialog = tab.get_by_role("dialog")
    expect(box(dialog, "Find a patient")).to_be_focused()
    hand.type("8899")
    one_hit(hand, dialog)
    hand.press("Control+Enter")
    said(tab, re.compile("Leela Das booked for"))
    return hand.done()


def _bill(people, key):
    tab = people.reception
    go(tab, "Cash")
    hand = Hand(tab)
    hand.press("Alt+1")
    said(tab, re.compile("^Bill .* for "))
    tab.get_by_role("button", name=re.compile("Ctrl \\+ Enter")).wait_for()
    hand.look()
    hand.press(key)
    said(tab, re.compile("^Bill .* is paid"))
    return hand.done()


def exact_cash(people):
    before = papers(people.reception)
    hand = _bill(people, "Control+Enter")
    printed(people.reception, before)
    return hand


def upi(people):
    return _bill(people, "Alt+2")


def card(people):
    return _bill(people, "Alt+3")


def refund(people):
    tab = people.reception
    go(tab, "Cash")
    box(tab, "Find a bill").fill(people.to_give_back)
    said(tab, "Gopal Rao")
    hand = Hand(tab)
    hand.click(tab.get_by_role("button", name=re.compile("Give back")))
    dialog = tab.get_by_role("dialog")
    expect(box(dialog, "Reason")).to_be_focused()
    hand.type("Not done")
    hand.press("Control+Enter")
    said(tab, re.compile("given back: credit note"))
    return hand.done()


def dispense(people):
    tab = people.pharmacist
    go(tab, "Counter")
    expect(box(tab, "Find a patient")).to_be_focused()
    hand = Hand(tab)
    hand.scan(people.to_hand_over)
    tab.get_by_role("button", name=re.compile("^Hand over Shortcut|Hand over .*Ctrl")).wait_for()
    hand.look()
    hand.press("Control+Enter")
    said(tab, "Handed over to Farah Ali")
    return hand.done()


def receive(people):
    tab = people.pharmacist
    go(tab, "Stock")
    tab.get_by_role("radio", name="Receive").or_(tab.get_by_role("button", name="Receive", exact=True)).click()
    box(tab, "Batch number").wait_for()
    settle(tab)
    hand = Hand(tab)
    hand.scan(PACK)
    expect(box(tab, "Quantity, tablets")).to_be_focused()
    hand.type("100")
    hand.press("Tab")
    hand.type("2")
    hand.press("Enter")
    said(tab, "100 tablets of Paracetamol 500 mg taken into stock")
    return hand.done()


def close_day(people):
    """One note of 100 and one of 50 too little is there, and it is said why."""
    tab = people.reception
    go(tab, "My drawer")
    before, hand = papers(tab), Hand(tab)
    expect(box(tab, "How many of 500")).to_be_focused()
    hand.press("Tab", "Tab")
    hand.type("1")
    hand.press("Tab")
    said(tab, "Why the difference?")
    while not tab.evaluate("document.activeElement.closest('[class*=_why]') !== null"):
        hand.press("Tab")
        assert hand.keys < 40
    hand.type("Change given wrong")
    hand.press("Control+Enter")
    said(tab, re.compile("^The drawer of Ravi Menon is closed"))
    printed(tab, before)
    return hand.done()


def find_anything(people):
    """By the end of a phone, from a screen that has nothing to do with it."""
    tab = people.reception
    go(tab, "Reminders")
    hand = Hand(tab)
    hand.press("Control+k")
    dialog = tab.get_by_role("dialog")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    hand.type("3217")
    dialog.get_by_role("button", name=re.compile("Meena Iyer")).wait_for()
    hand.look()
    hand.press("Control+Enter")
    expect(tab.get_by_role("heading", name="Patients", exact=True)).to_be_visible()
    said(tab, "Meena Iyer")
    return hand.done()
