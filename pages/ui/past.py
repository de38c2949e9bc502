"""A patient's past visits as a timeline, newest first."""

import streamlit as st

from core.visits import PastVisit
from pages.ui import vitals
from pages.ui.show import clinic_day, empty, plain


def timeline(past: list[PastVisit]) -> None:
    st.subheader("Past visits", anchor=False)
    if not past:
        empty("No past visits here.", "history")
    for place, visit in enumerate(past):
        codes = ", ".join(found.text for found in visit.diagnoses) or "No diagnosis"
        label = f"**{clinic_day(visit.visit_on)}** {plain(codes)}"
        with st.expander(label, type="step", expanded=place == 0, icon=":material/stethoscope:"):
            _visit(visit)


def _visit(visit: PastVisit) -> None:
    st.caption(plain(visit.doctor_name))
    replaced = {note.amends_id for note in visit.notes}
    for found in visit.diagnoses:
        st.markdown(f":blue-badge[{plain(found.code)}] {plain(found.text)}")
    if visit.vitals:
        st.markdown(vitals.in_short(visit.vitals.measured))
    for note in visit.notes:
        if note.note_id not in replaced:
            st.text(note.body)
    if visit.prescribed:
        st.markdown("\n".join(f"- {plain(line)}" for line in visit.prescribed))
    if visit.follow_up_on:
        st.caption(f"Follow-up planned for {clinic_day(visit.follow_up_on)}")
