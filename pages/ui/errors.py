"""What the person sees of an error that nobody expected: a number. What went wrong stands in the log, under it."""

import streamlit as st

from core import logs
from core.words import say


def show_number(_error: Exception) -> bool:
    """Streamlit has logged it, with that number on the line (core/logs.py), and shows nothing itself."""
    st.error(
        say(
            "Something went wrong, and it is no fault of yours. Before you do it again, look whether it is "
            "done already. Tell your administrator the number **{number}**.",
            number=logs.number(),
        ),
        icon=":material/error:",
    )
    return True
