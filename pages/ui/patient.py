"""Who sits there: the banner over a visit, with what must not be overlooked in red."""

from dataclasses import replace
from datetime import date

import streamlit as st

from core import patients
from core.patients import PatientCard
from pages.ui.session import current_actor
from pages.ui.show import clinic_day, plain
from pages.ui.work import act, flash, form_key, reading, refusals_shown

SEX = {"FEMALE": "Female", "MALE": "Male", "OTHER": "Other"}


def banner(card: PatientCard, allergies: str, conditions: str, last_visit_on: date | None, mark: str = "") -> None:
    """Name, age and sex, then allergies and conditions. `mark` is markdown that stands before the name."""
    with st.container(border=True, key="patient_banner", gap="xsmall"):
        name, more = st.columns([12, 1], vertical_alignment="center", wrap=False)
        name.markdown(f"### {mark} {plain(card.name)}".replace("###  ", "### "), anchors=False)
        if more.button("", key="edit_clinical", icon=":material/edit:", type="tertiary", help="Allergies and conditions"):
            edit_clinical(card.patient_id)
        last = f"last visit {clinic_day(last_visit_on)}" if last_visit_on else "first visit"
        facts = [card.age, SEX.get(card.sex, ""), card.mrn, card.phone, last]
        st.markdown(f":gray[{plain(' · '.join(fact for fact in facts if fact))}]")
        allergy = f":red-badge[:material/warning: Allergic: {plain(allergies)}]" if allergies else ""
        chronic = f":orange-badge[:material/vital_signs: {plain(conditions)}]" if conditions else ""
        none = "" if allergies else ":gray-badge[:material/check: No known allergies]"
        st.markdown(" ".join(filter(None, [allergy or none, chronic])))


@st.dialog("Allergies and conditions", icon=":material/warning:")
def edit_clinical(patient_id: int) -> None:
    actor = current_actor()
    with reading() as session:
        details = patients.details(session, actor, patient_id)
    name = f"clinical_{patient_id}"
    with st.form(form_key(name), border=False):
        allergies = st.text_input("Allergies", details.allergies, placeholder="Penicillin, peanuts")
        conditions = st.text_input("Chronic conditions", details.chronic_conditions, placeholder="Diabetes, asthma")
        sent = st.form_submit_button("Save", type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            changed = replace(details, allergies=allergies, chronic_conditions=conditions)
            act(name, patients.amend, patient_id, changed)
            flash("Allergies and conditions saved")
