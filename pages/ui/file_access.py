"""What is clinical is noted in the trail as opened before anything of it is shown."""

from collections.abc import Callable, Hashable
from datetime import date, datetime
from typing import TypeVar

import streamlit as st

from core import audit, clock, patients, prescriptions
from core.errors import ClinicError
from core.patients import ONE_OPENING, ReasonNeeded
from core.permissions import Actor, Permission, allowed
from pages.ui.messages import show_refusal
from pages.ui.outside_work import ask
from pages.ui.session import current_actor
from pages.ui.work import Session, act

T = TypeVar("T")
_NOTED = "opened_lately"


def opened(patient_id: int) -> None:
    """Call it before showing anything clinical of somebody; where it cannot be noted, the page stops here.

    Outside this person's work it stops with what opens the file. Drawing the same file again asks nobody. Whoever may
    not read clinical records sees none, and is not noted.
    """
    if allowed(current_actor(), Permission.READ_CLINICAL) and (closed := _file(patient_id)):
        stop(closed)


def card_opened(patient_id: int) -> ReasonNeeded | None:
    """The same before a patient's card, which shows what the desk keeps; the refusal where the file itself is closed.

    Whoever may not read the file is noted with the card.
    """
    reads = allowed(current_actor(), Permission.READ_CLINICAL)
    closed = _file(patient_id) if reads else None
    if closed or not reads:
        _note(("card", patient_id), f"open_card_{patient_id}", patients.open_card, patient_id)
    return closed


def stop(closed: ReasonNeeded) -> None:
    """In place of the rest of the page."""
    ask(closed)
    st.stop()


def overrides_opened(month: date) -> None:
    """The same for a month's report of overrides, which names patients."""
    _note(("overrides", month), f"open_overrides_{month}", prescriptions.open_overrides, month)


def list_opened(what: str) -> None:
    """The same for any other list that names patients with what they got or have."""
    _note(("list", what), f"open_list_{what}", audit.note_list, what)


def _file(patient_id: int) -> ReasonNeeded | None:
    try:
        _note(("file", patient_id), f"open_file_{patient_id}", patients.open_file, patient_id)
    except ReasonNeeded as closed:
        return closed
    return None


def _note(what: Hashable, name: str, verb: Callable[[Session, Actor, T], None], of: T) -> None:
    noted: dict[Hashable, datetime] = st.session_state.setdefault(_NOTED, {})
    what = (current_actor().user_id, what)
    if what in noted and clock.now() - noted[what] < ONE_OPENING:
        return
    try:
        act(name, verb, of)
    except ReasonNeeded:
        raise
    except ClinicError as refusal:
        show_refusal(refusal)
        st.stop()
    noted[what] = clock.now()
