"""The keys of a screen, in one place: buttons, the help on the screen, the docs and the tests read them here."""

from dataclasses import dataclass

import streamlit as st

from pages.ui.show import plain


@dataclass(frozen=True)
class Key:
    """`keys` as Streamlit writes a shortcut; `does` completes "Alt+1 …"."""

    keys: str
    does: str


ROOM = {
    "primary": Key("Ctrl+Enter", "starts the visit, completes it, saves what a dialog asks"),
    "call_next": Key("Alt+1", "calls the next patient"),
    "call_again": Key("Alt+2", "calls again"),
    "skip": Key("Alt+3", "skips who does not come"),
    "search": Key("/", "goes to the diagnosis box"),
    "diagnosis": Key("Alt+D", "takes the first diagnosis found"),
    "medicine": Key("Alt+M", "takes the first medicine found"),
    "to_vitals": Key("Alt+V", "goes to the vitals"),
    "to_notes": Key("Alt+N", "goes to the note"),
    "to_medicine": Key("Alt+P", "goes to the medicine box"),
}


def keys_help(keys: dict[str, Key]) -> None:
    """A small popover that lists them."""
    with st.popover("Keys", icon=":material/keyboard:", type="tertiary"):
        st.markdown("  \n".join(f"`{key.keys}` {plain(key.does)}" for key in keys.values()))
