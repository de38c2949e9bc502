"""Which part of the Stock page is seen stands in its address, so that a link or F5 leads back to it."""

import streamlit as st


def show(part: str, **more: int) -> None:
    """Before the page runs again: this part, and what it is about."""
    st.query_params.from_dict({"view": part, **{name: str(value) for name, value in more.items()}})


def part_in_address() -> str:
    return st.query_params.get("view", "")


def number_in_address(name: str) -> int:
    text = st.query_params.get(name, "")
    return int(text) if text.isdecimal() else 0


def open_medicine(medicine_id: int) -> None:
    """Over the part it was found in, where the way back leads."""
    show(part_in_address(), medicine=medicine_id)
