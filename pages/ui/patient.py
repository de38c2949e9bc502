"""Who sits there: the banner over a visit, with what must not be overlooked in red."""

from dataclasses import replace
from datetime import date

import streamlit as st

from core import patients
from core.patients import PatientCard
from pages.ui.dialog import close_dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.session import current_actor
from pages.ui.show import clinic_day, plain
from pages.ui.work import act, form_key, reading, refusals_shown

LONGEST_BADGE = 36
SEX = {"FEMALE": "Female", "MALE": "Male", "OTHER": "Other"}
# What people write down who asked and heard of none.
NO_ALLERGIES = frozenset({"none", "no", "nil", "none known", "no known allergies", "nka", "nkda", "-"})


def banner(card: PatientCard, allergies: str, conditions: str, last_visit_on: date | None, mark: str = "") -> None:
    """Name, age and sex, then allergies and conditions. `mark` is markdown that stands before the name."""
    with st.container(border=True, key="patient_banner", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="bottom", wrap=False):
            st.markdown(f"### {mark} {plain(card.name)}".replace("###  ", "### "), anchors=False)
            st.button(
                "", key="edit_clinical", icon=":material/edit:", type="tertiary", help="Allergies and conditions",
                on_click=open_dialog, args=("room.clinical", card.patient_id),
            )  # fmt: skip
        last = f"last visit {clinic_day(last_visit_on)}" if last_visit_on else "first visit"
        facts = [card.age, SEX.get(card.sex, ""), card.mrn, card.phone, last]
        st.markdown(f":gray[{plain(' · '.join(fact for fact in facts if fact))}]")
        marks(allergies, conditions)
    if opened("room.clinical") == card.patient_id:
        edit_clinical(card.patient_id)


def marks(allergies: str, conditions: str) -> None:
    if allergies.casefold().strip(" .") in NO_ALLERGIES:
        st.markdown(":gray-badge[:material/check: No known allergies]")
    elif allergies:
        _mark("red", "warning", f"Allergic to {allergies}")
    else:  # nobody has asked yet: that is not the same
        st.markdown(":gray-badge[:material/help: Allergies not recorded]")
    if conditions:
        _mark("orange", "vital_signs", conditions)


def _mark(colour: str, icon: str, text: str) -> None:
    """A badge while it fits on a line; a badge cuts off what does not, and nothing of this may be cut off."""
    kind = "badge" if len(text) <= LONGEST_BADGE else "background"
    st.markdown(f":{colour}-{kind}[:material/{icon}: {plain(text)}]")


@st.dialog("Allergies and conditions", icon=":material/warning:", on_dismiss=close_dialog)
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
            close_dialog()
            flash("Allergies and conditions saved")
