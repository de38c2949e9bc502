"""What the doctor types, kept with the open visit at each step, so that a reload brings it back.

A tab reads the draft once and then only writes it: nothing here changes a box in which someone types.
"""

import streamlit as st

from core import db, visits
from pages.ui.session import current_actor
from pages.ui.work import refusals_shown


def recall(visit_id: int, part: str) -> str:
    """What was typed into one part of the screen; "" for nothing."""
    return _draft(visit_id).get(part, "")


def remember(visit_id: int, part: str, typed: str) -> None:
    """Keep what is typed now. Writes only what has changed."""
    draft = _draft(visit_id)
    if draft.get(part, "") == typed:
        return
    actor = current_actor()
    with refusals_shown():
        with db.transaction() as session:
            visits.keep_draft(session, actor, visit_id, part, typed)
        draft[part] = typed


def _draft(visit_id: int) -> dict[str, str]:
    key = f"draft:{visit_id}"
    if key not in st.session_state:
        actor = current_actor()
        with db.reading() as session:
            st.session_state[key] = visits.draft(session, actor, visit_id)
    draft: dict[str, str] = st.session_state[key]
    return draft
