"""A patient's past visits as a timeline, newest first."""

import streamlit as st

from core.visits import PastVisit, standing_notes
from core.words import say
from pages.ui.links import link
from pages.ui.room import vitals
from pages.ui.show import clinic_day, empty, plain


def timeline(past: list[PastVisit]) -> None:
    st.subheader(say("Past visits"), anchor=False)
    if not past:
        empty(say("No past visits here."), "history")
    for place, visit in enumerate(past):
        codes = ", ".join(found.text for found in visit.diagnoses) or say("No diagnosis")
        label = f"**{clinic_day(visit.visit_on)}** {plain(codes)}"
        if _late(visit):
            amended = say("Amended")
            label += f" :violet-badge[:material/edit_note: {amended}]"
        with st.expander(label, type="step", expanded=place == 0, icon=":material/stethoscope:"):
            _visit(visit)


def _visit(visit: PastVisit) -> None:
    codes = ", ".join(found.code for found in visit.diagnoses)
    st.caption(plain(" · ".join(filter(None, [visit.doctor_name, codes]))))
    if visit.vitals:
        st.markdown(f":small[{vitals.in_short(visit.vitals.measured)}]")
    for note in standing_notes(visit.notes):
        st.markdown("  \n".join(f":small[{plain(line)}]" for line in note.body.splitlines()))
    if visit.prescribed:
        st.markdown("\n".join(f"- :small[{plain(line)}]" for line in visit.prescribed))
    if visit.follow_up_on:
        st.caption(say("Follow-up on {day}", day=clinic_day(visit.follow_up_on)))
    link("visit", say("Open the visit"), id=str(visit.visit_id))


def _late(visit: PastVisit) -> bool:
    """Whether something was added after the signature."""
    return any(found.reason for found in (visit.vitals, *visit.diagnoses, *visit.notes) if found)
