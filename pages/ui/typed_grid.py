"""A grid keeps the rows it had when somebody began to type in it.

Streamlit knows what was typed by the place of its row, and drops it all where their number or contents change: what is
counted, sold or delivered meanwhile would put it on another row, or lose it.
"""

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

T = TypeVar("T")


def held(key: str, now: Sequence[T]) -> Sequence[T]:
    """The rows for the grid of this key: those of `now`, until something is typed. Call it before the grid is drawn."""
    kept = f"{key}_held"
    if kept not in st.session_state or not any(st.session_state.get(key, {}).values()):
        st.session_state[kept] = now
    rows: Sequence[T] = st.session_state[kept]
    return rows
