"""Whom a dialog is about: found by typing, which chooses the first hit; while the box is empty, whoever is clicked."""

import streamlit as st

from core import patients
from core.patients import PatientCard
from core.words import say
from pages.ui.session import current_actor
from pages.ui.show import empty, patient_line
from pages.ui.work import reading

MOST_HITS = 4


def chosen_patient(form: str) -> PatientCard | None:
    term = st.text_input(
        say("Patient"), key=f"{form}_patient", live=True, icon=":material/search:",
        placeholder=say("Name, phone or MRN"),
    )  # fmt: skip
    with reading() as session:
        cards = {card.patient_id: card for card in patients.search(session, current_actor(), term, limit=MOST_HITS)}
    if not cards:
        empty(say("Nobody found. Register the patient at the desk first.") if term else say("No patients yet."))
        return None
    hit = st.radio(
        say("Patients"),
        list(cards),
        index=0 if term else None,
        format_func=lambda patient_id: patient_line(cards[patient_id]),
        label_visibility="collapsed",
        key=f"{form}_hit:{term}",
    )
    return cards.get(hit) if hit else None


def choose(form: str, patient_id: int) -> None:
    """Somebody found already."""
    st.session_state.setdefault(f"{form}_patient", patients.mrn(patient_id))
