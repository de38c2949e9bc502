"""The way to another screen, by its address in the catalogue."""

import streamlit as st

from pages.ui.catalogue import SCREENS, WAITING_ROOM

_BY_ADDRESS = {screen.address: screen for screen in (*SCREENS, WAITING_ROOM)}


def link(address: str, label: str | None = None) -> None:
    screen = _BY_ADDRESS[address]
    st.page_link(screen.path, label=label or f"Open {screen.title.lower()}", icon=f":material/{screen.icon}:")
