"""What a screen says back: that it is done, or why not."""

import streamlit as st

from core.errors import ClinicError, Invalid


def show_refusal(refusal: ClinicError) -> None:
    problems = list(refusal.problems.values()) if isinstance(refusal, Invalid) else [str(refusal)]
    st.error("  \n".join(map(_as_text, problems)), icon=":material/error:")


def flash(message: str, icon: str = "check_circle") -> None:
    """Show a message on the next run, then run again. Call it after the write, never inside a transaction."""
    st.session_state["flash"] = (message, icon)
    st.rerun()


def show_flash() -> None:
    if waiting := st.session_state.pop("flash", None):
        message, icon = waiting
        st.toast(_as_text(message), icon=f":material/{icon}:", duration="long")


def _as_text(sentence: str) -> str:
    """Names are in these sentences: what would be markup, a link or a formula stays what was typed."""
    return "".join(f"\\{char}" if char in "\\`*_[]<~$" else char for char in sentence)
