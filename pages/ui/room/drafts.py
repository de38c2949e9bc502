"""What the doctor types, kept with the open visit at each step, so that a reload brings it back.

A tab reads the draft once and then only writes it: nothing here changes a box in which someone types.
"""

import streamlit as st

from core import db, fields, visits
from core.errors import Conflict, listed
from core.words import later, say
from pages.ui.session import current_actor
from pages.ui.work import refusals_shown

_PARTS = {
    "note": later("the note"),
    "vitals": later("the vitals"),
    "items": later("the prescription"),
    "follow_up": later("the follow-up"),
}


class ChangedElsewhere(Conflict):
    """Signing would throw away what the same doctor typed in another tab, or write down twice what was saved there."""

    def __init__(self, parts: list[str]) -> None:
        what = listed(sorted({say(_PARTS.get(part, _PARTS["items"])) for part in parts}))
        super().__init__(
            say("In another tab {what} of this visit was changed. Finish it there, or reload this page.", what=what)
        )


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


def check_nothing_elsewhere(visit_id: int) -> None:
    """Raises ChangedElsewhere where the draft that is kept is not what this tab holds."""
    actor = current_actor()
    with db.reading() as session:
        kept = visits.draft(session, actor, visit_id)
    here = {part: fields.storable(typed) for part, typed in _draft(visit_id).items()}
    if changed := [part for part in kept | here if kept.get(part, "") != here.get(part, "")]:
        raise ChangedElsewhere(changed)


def typed_here(visit_id: int) -> dict[str, str]:
    """What this tab holds, although the visit may have ended and its draft with it."""
    return dict(st.session_state.get(f"draft:{visit_id}", {}))


def forget(visit_id: int) -> None:
    """This tab is done with the visit."""
    st.session_state.pop(f"draft:{visit_id}", None)


def has_done_with(visit_id: int) -> bool:
    """A box that is going may still tell what stood in it: that was saved, and no visit is there to keep it."""
    return f"draft:{visit_id}" not in st.session_state


def _draft(visit_id: int) -> dict[str, str]:
    key = f"draft:{visit_id}"
    if key not in st.session_state:
        actor = current_actor()
        with db.reading() as session:
            st.session_state[key] = visits.draft(session, actor, visit_id)
    draft: dict[str, str] = st.session_state[key]
    return draft
