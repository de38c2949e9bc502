"""The keys of every screen, once: the buttons take theirs from here, and so do Help, docs/screens.md and the tests.

Ctrl+Enter is the coloured button of every screen and dialog, wherever it is not told otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.words import later

PRIMARY = "Ctrl+Enter"


@dataclass(frozen=True)
class Key:
    """`keys` as Streamlit writes a shortcut; `does` completes "Alt+1 …"."""

    keys: str
    does: str


FIND = Key("Ctrl+K", later("finds anything: a patient, token, bill, prescription or medicine"))
EVERYWHERE = (
    FIND,
    Key(PRIMARY, later("presses the coloured button, in a dialog too")),
    Key("Tab", later("goes to the next box")),
    Key("Esc", later("closes a dialog")),
    Key("?", later("opens this help")),
)
_SEARCH = Key("/", later("goes to the search box"))

DESK = {
    "search": _SEARCH,
    "primary": Key(PRIMARY, later("gives the token and prints the slip")),
    "new": Key("Alt+N", later("registers a new patient")),
}
PATIENTS = {"search": _SEARCH, "primary": Key(PRIMARY, later("gives the patient a token"))}
CALENDAR = {
    "before": Key("Alt+PageUp", later("turns back by a day or a week")),
    "after": Key("Alt+PageDown", later("turns on by a day or a week")),
    "search": _SEARCH,
    "primary": Key(PRIMARY, later("books the open slot, or checks its patient in")),
}
REMINDERS = {"primary": Key(PRIMARY, later("marks the patient as reminded"))}
CASH = {
    "search": _SEARCH,
    "make_bill": Key("Alt+1", later("makes the bill of the first visit")),
    "primary": Key(PRIMARY, later("takes exact cash and prints the receipt")),
    "upi": Key("Alt+2", later("takes UPI")),
    "card": Key("Alt+3", later("takes a card")),
    "advance": Key("Alt+4", later("takes it from the advance")),
    "by_hand": Key("Alt+N", later("makes a bill by hand")),
}
CLOSE_DAY = {"primary": Key(PRIMARY, later("closes the drawer and prints the close"))}
DAY_END = {"primary": Key(PRIMARY, later("ends the day"))}
ROOM = {
    "primary": Key(PRIMARY, later("starts the visit, completes it, saves what a dialog asks")),
    "call_next": Key("Alt+1", later("calls the next patient")),
    "call_again": Key("Alt+2", later("calls again")),
    "skip": Key("Alt+3", later("skips who does not come")),
    "search": Key("/", later("goes to the diagnosis box")),
    "diagnosis": Key("Alt+D", later("takes the first diagnosis found")),
    "medicine": Key("Alt+M", later("takes the first medicine found")),
    "to_vitals": Key("Alt+V", later("goes to the vitals")),
    "to_notes": Key("Alt+N", later("goes to the note")),
    "to_medicine": Key("Alt+P", later("goes to the medicine box")),
}
COUNTER = {
    "search": _SEARCH,
    "primary": Key(PRIMARY, later("hands over what is shown")),
    "labels": Key("Alt+L", later("prints the labels")),
}
STOCK = {
    "search": _SEARCH,
    "primary": Key(PRIMARY, later("takes the line into stock, sends the order, posts the count")),
    "new": Key("Alt+N", later("adds a medicine, or under Suppliers a supplier")),
}
RECALL = {"search": _SEARCH}
BOOKS = {"primary": Key(PRIMARY, later("asks every rule of the books"))}
IMPORT = {"primary": Key(PRIMARY, later("brings the file in"))}
SETTINGS = {"primary": Key(PRIMARY, later("saves"))}

# By the address of the screen.
OF_SCREENS: Mapping[str, Mapping[str, Key]] = {
    **{"desk": DESK, "patients": PATIENTS, "calendar": CALENDAR, "reminders": REMINDERS, "cash": CASH},
    **{"close-day": CLOSE_DAY, "day-end": DAY_END, "room": ROOM, "counter": COUNTER, "stock": STOCK, "recall": RECALL},
    **{"books": BOOKS, "import": IMPORT, "settings": SETTINGS},
}


def of_screen(address: str) -> list[Key]:
    """Its own keys, then those that hold everywhere and are not told already."""
    own = list(OF_SCREENS.get(address, {}).values())
    return [*own, *(key for key in EVERYWHERE if key.keys not in {one.keys for one in own})]
