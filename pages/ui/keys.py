"""The keys of a screen, in one place: buttons, the help on the screen, the docs and the tests read them here."""

from dataclasses import dataclass

import streamlit as st

from core.words import later, say
from pages.ui.show import plain


@dataclass(frozen=True)
class Key:
    """`keys` as Streamlit writes a shortcut; `does` completes "Alt+1 …"."""

    keys: str
    does: str


ROOM = {
    "primary": Key("Ctrl+Enter", later("starts the visit, completes it, saves what a dialog asks")),
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


def of_screen(address: str) -> list[Key]:
    return list(ROOM.values()) if address == "room" else []


def keys_help(keys: dict[str, Key]) -> None:
    """A small popover that lists them."""
    with st.popover(say("Keys"), icon=":material/keyboard:", type="tertiary"):
        st.markdown("  \n".join(f"`{key.keys}` {plain(key.does)}" for key in keys.values()))
