"""What the Stock page is about stands in its address, beside the part that is seen."""

import streamlit as st

from pages.ui.links import id_of
from pages.ui.parts import show as show


def part_in_address() -> str:
    return st.query_params.get("view", "")


def number_in_address(name: str) -> int:
    return id_of(st.query_params.get(name, "")) or 0


def open_medicine(medicine_id: int) -> None:
    """Over the part it was found in, where the way back leads."""
    show(part_in_address(), medicine=medicine_id)
