"""Which dialog is open. Kept in the session, not in the click that opened it: a dialog stays until its work is done.

A page calls its dialog function whenever `opened(name)` answers; the function is an `st.dialog` with
`on_dismiss=close_dialog`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import streamlit as st

from core.words import say

P = ParamSpec("P")

_OPEN = "dialog"


def open_dialog(name: str, of: object = True) -> None:
    """`of` is what the dialog is about, kept for `opened`. It shows when the page next draws its dialogs."""
    st.session_state[_OPEN] = (name, of)


def close_dialog() -> None:
    """Whatever is open is not drawn in the next run."""
    st.session_state.pop(_OPEN, None)


def opened(name: str) -> Any:
    """What the dialog of this name is about; None while it is closed."""
    open_name, of = st.session_state.get(_OPEN, ("", None))
    return of if open_name == name else None


def dialog(title: str, **options: Any) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """As `st.dialog`, for modules that are read before it is known who will read the title (core/words.py)."""

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        @wraps(draw)
        def opens(*args: P.args, **kwargs: P.kwargs) -> None:
            st.dialog(say(title), **options)(draw)(*args, **kwargs)

        return opens

    return decorate
