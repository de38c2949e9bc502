"""The way to another screen, by its address in the catalogue."""

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from core.permissions import Actor
from core.words import in_every_language, say
from pages.ui.catalogue import SCREENS, WAITING_ROOM

_LONGEST_ID = 15  # digits; what is longer was never an address of ours
_BY_ADDRESS = {screen.address: screen for screen in (*SCREENS, WAITING_ROOM)}


def link(address: str, label: str | None = None, **query: str) -> None:
    """`query` goes into the address: what the other screen opens with."""
    screen = _BY_ADDRESS[address]
    words = label or say("Open {title}", title=say(screen.title).lower())
    st.page_link(screen.path, label=words, icon=f":material/{screen.icon}:", query_params=query or None)


def go(address: str, **query: str) -> None:
    """To another screen at once."""
    st.switch_page(_BY_ADDRESS[address].path, query_params=query or None)


def open_to(address: str, actor: Actor) -> bool:
    return _BY_ADDRESS[address].open_to(actor)


def id_of(asked: str) -> int | None:
    """The id in a part of the address; None for what is none."""
    return int(asked) if asked.isdecimal() and len(asked) <= _LONGEST_ID else None


def chosen_by_address(key: str, words: Iterable[str] | Mapping[Any, str]) -> None:
    """Call it before a choice that is bound to the address is drawn: an address keeps the words that its reader saw,
    and whoever it was sent to may read another language. `words` are the options, or what they are called, in English.
    """
    told = st.query_params.get(key)
    if told is None or key in st.session_state:
        return
    options = words if isinstance(words, Mapping) else {word: word for word in words}
    for option, text in options.items():
        if told != say(text) and told in in_every_language(text):
            del st.query_params[key]
            st.session_state[key] = option


def found_by_address(search_key: str) -> None:
    """Call it before a search box is drawn: what the address says after `find=` is typed into it, once."""
    if term := st.query_params.get("find"):
        del st.query_params["find"]
        st.session_state[search_key] = term
