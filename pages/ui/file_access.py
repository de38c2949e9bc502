"""What is clinical is noted in the trail as opened before anything of it is shown."""

from collections.abc import Callable, Hashable
from datetime import date
from typing import TypeVar

import streamlit as st

from core import clock, patients, prescriptions
from core.errors import ClinicError
from core.patients import ONE_OPENING
from core.permissions import Actor, Permission, allowed
from pages.ui.messages import show_refusal
from pages.ui.session import current_actor
from pages.ui.work import Session, act

T = TypeVar("T")
_NOTED = "file_opened"


def opened(patient_id: int) -> None:
    """Call it before showing anything clinical of somebody; where it cannot be noted, the page stops here.

    Drawing the same file again asks nobody. Whoever may not read clinical records sees none, and is not noted.
    """
    if allowed(current_actor(), Permission.READ_CLINICAL):
        _note(("file", patient_id), f"open_file_{patient_id}", patients.open_file, patient_id)


def overrides_opened(month: date) -> None:
    """The same for a month's report of overrides, which names patients."""
    _note(("overrides", month), f"open_overrides_{month}", prescriptions.open_overrides, month)


def _note(what: Hashable, name: str, verb: Callable[[Session, Actor, T], None], of: T) -> None:
    noted, at = st.session_state.get(_NOTED, (None, clock.now()))
    if noted == what and clock.now() - at < ONE_OPENING:
        return
    try:
        act(name, verb, of)
    except ClinicError as refusal:
        show_refusal(refusal)
        st.stop()
    st.session_state[_NOTED] = (what, clock.now())
