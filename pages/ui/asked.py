"""At the foot of a screen, where QURE_SHOW_QUERIES is on: what this run of it asked of the stores."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core import queries

log = logging.getLogger(__name__)


@contextmanager
def told(*, drawn: bool) -> Iterator[None]:
    """Around a run: log it, and show it where it is `drawn`. A part that redraws itself has no foot of its own.

    However the run ends; strangers are shown nothing.
    """
    with queries.counted() as asked:
        try:
            yield
        finally:
            if asked:
                log.debug("%s; the slowest, %.1f ms: %s", asked.in_words, asked.slowest_ms, asked.slowest)
                if drawn and "user_id" in st.session_state:
                    _show(asked)


def _show(asked: queries.Asked) -> None:
    with st.container(key="asked"), st.expander(asked.in_words, icon=":material/database:"):
        st.markdown(f"The slowest took {asked.slowest_ms:.1f} ms.")
        st.code(asked.slowest, language="sql", wrap_lines=True)
