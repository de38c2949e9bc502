"""What stands in place of a file that is outside one's own work: whose it is, and a reason to open it."""

import streamlit as st

from core import patients
from core.patients import REASONS, ReasonNeeded
from core.words import say
from pages.ui.show import plain
from pages.ui.work import act, form_key, refusals_shown


def ask(refusal: ReasonNeeded) -> None:
    """The page goes on as usual once the file is open."""
    name = f"open_file_{refusal.patient_id}"
    with st.container(border=True, key="outside_work"):
        st.markdown(f"#### :material/lock: {plain(refusal.name)} :gray[{plain(refusal.mrn)}]", anchors=False)
        st.markdown(
            say(
                "This file is outside your work: no visit, appointment or place in the queue with you."
                " You can open it. That you did is kept with your reason, and the administrator sees it."
            )
        )
        with st.form(form_key(name), border=False):
            chosen = st.pills(say("Why do you open it?"), REASONS, format_func=say, wrap=True)
            own = st.text_input(say("In your own words"), max_chars=150, placeholder=say("If none of these says it"))
            icon, key = ":material/lock_open:", "Ctrl+Enter"
            sent = st.form_submit_button(say("Open the file"), type="primary", shortcut=key, icon=icon)
        if sent:
            with refusals_shown():
                act(name, patients.open_file, refusal.patient_id, ": ".join(filter(None, (chosen, own))) or " ")
                st.rerun()
