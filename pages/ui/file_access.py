"""A file that is opened is noted in the trail before anything clinical of it is shown."""

import streamlit as st

from core import clock, patients
from core.errors import ClinicError
from core.patients import ONE_OPENING
from core.permissions import Permission, allowed
from pages.ui.messages import show_refusal
from pages.ui.session import current_actor
from pages.ui.work import act

_NOTED = "file_opened"


def opened(patient_id: int) -> None:
    """Call it before reading anything clinical of somebody; where it cannot be noted, the page stops here.

    Drawing the same file again asks nobody. Whoever may not read clinical records sees none, and is not noted.
    """
    if not allowed(current_actor(), Permission.READ_CLINICAL) or _noted_lately(patient_id):
        return
    try:
        act(f"open_file_{patient_id}", patients.open_file, patient_id)
    except ClinicError as refusal:
        show_refusal(refusal)
        st.stop()
    st.session_state[_NOTED] = (patient_id, clock.now())


def _noted_lately(patient_id: int) -> bool:
    noted_id, at = st.session_state.get(_NOTED, (None, clock.now()))
    return bool(noted_id == patient_id and clock.now() - at < ONE_OPENING)
