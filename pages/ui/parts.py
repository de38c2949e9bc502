"""Which part of a page is seen stands in its address, so that a link or F5 leads back to it."""

from collections.abc import Sequence

import streamlit as st

from core.words import say


def chosen(parts: Sequence[str]) -> str:
    """Draw the choice; the first is seen where the address names none. Addresses name parts in English."""
    asked = st.query_params.get("view", "")
    part = asked if asked in parts else parts[0]
    key = f"view:{part}"
    st.segmented_control(
        say("View"), parts, default=part, format_func=say, required=True, key=key, label_visibility="collapsed",
        on_change=lambda: show(st.session_state[key]),
    )  # fmt: skip
    return part


def show(part: str, **more: int) -> None:
    """Before the page runs again: this part, and what it is about."""
    st.query_params.from_dict({"view": part, **{name: str(value) for name, value in more.items()}})
