"""Diagnoses by ICD-10."""

import streamlit as st

from core import icd10, visits
from core.visits import VisitRecord
from pages.ui.show import plain
from pages.ui.work import act, form_key, refusals_shown

HITS = 6


def section(visit: VisitRecord) -> None:
    """The codes of this visit, and a search box that adds one with a click or Alt+D."""
    st.subheader("Diagnosis", anchor=False)
    for found in visit.diagnoses:
        name, help_text = f"remove_diagnosis_{found.diagnosis_id}", f"Remove {found.code}"
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            st.markdown(f":blue-badge[{plain(found.code)}] {plain(found.text)}")
            gone = st.button("", key=form_key(name), icon=":material/close:", type="tertiary", help=help_text)
        if gone:
            with refusals_shown():
                act(name, visits.remove_diagnosis, visit.visit_id, found.diagnosis_id)
                st.rerun()
    _find_diagnosis(visit.visit_id)


@st.fragment
def _find_diagnosis(visit_id: int) -> None:
    """Redraws itself while someone types. Only this: Streamlit loses Ctrl+Enter in a box that redraws only itself."""
    name = f"diagnosis_{visit_id}"
    term = st.text_input(
        "Add a diagnosis", key=search_box(visit_id), live=True, icon=":material/search:",
        placeholder="Disease or ICD-10 code", label_visibility="collapsed",
    )  # fmt: skip
    hits = icd10.search(term, HITS)
    if term and not hits:
        st.caption("No code fits. Try fewer or other words: pneumonia, J18, type 2 diabetes.")
    with st.container(gap=None):
        for place, hit in enumerate(hits):
            label, key = f":blue-badge[{plain(hit.code)}] {plain(hit.title)}", f"{form_key(name)}-{hit.code}"
            if st.button(label, key=key, type="tertiary", shortcut="Alt+D" if place == 0 else None):
                with refusals_shown():
                    act(name, visits.add_diagnosis, visit_id, hit.code)
                    st.session_state["room_focus"] = search_box(visit_id)
                    st.rerun()


def search_box(visit_id: int) -> str:
    """The key of the search box: a new one, and so empty, after each diagnosis."""
    return f"find-{form_key(f'diagnosis_{visit_id}')}"
