"""Why something is done: one of the usual reasons by a click, words of one's own, or both."""

from collections.abc import Sequence

import streamlit as st

from core.words import say


def because(usual: Sequence[str], before: str = "", *, key: str) -> str:
    """In a form or outside of one. What was said `before` stands there already.

    No box in which one either chooses or types: such a box forgets what was typed when it is left with Tab.
    """
    chosen = st.pills(
        say("Why"), usual, default=before if before in usual else None, format_func=say, key=f"{key}_usual"
    )
    typed = st.text_input(
        say("In your own words"), "" if before in usual else before, key=f"{key}_words",
        label_visibility="collapsed", placeholder=say("Or say it in your own words"),
    )  # fmt: skip
    return ": ".join(filter(None, (chosen, typed.strip())))
