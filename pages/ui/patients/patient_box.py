"""Whom a dialog is about: found by typing, which chooses the first hit; while the box is empty, whoever is clicked."""

import streamlit as st

from core import patients
from core.patients import PatientCard
from core.words import say
from pages.ui.patients.patient_form import choose_patient
from pages.ui.session import current_actor
from pages.ui.show import empty
from pages.ui.work import reading

MOST_HITS = 4


def chosen(form: str) -> PatientCard | None:
    term = st.text_input(
        say("Patient"), key=_box(form), live=True, icon=":material/search:", placeholder=say("Name, phone or MRN")
    )
    with reading() as session:
        hits = patients.search(session, current_actor(), term, limit=MOST_HITS)
    if hits:
        return choose_patient(hits, term, f"{form}_hit")
    nobody = say("Nobody found. The desk registers new patients.")
    empty(nobody if term else say("No patients yet. The desk registers them."), "person_search")
    return None


def begin_with(form: str, patient_id: int) -> None:
    """Somebody found already."""
    st.session_state.setdefault(_box(form), patients.mrn(patient_id))


def _box(form: str) -> str:
    return f"{form}_patient"
