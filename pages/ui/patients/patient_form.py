"""The boxes of a patient's record, and choosing one of those found."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from core import patients, phones
from core.called import called
from core.models import Sex
from core.patients import BLOOD_GROUPS, PatientCard, PatientDetails
from core.words import say
from pages.ui.session import clinic
from pages.ui.show import day_format, patient_line

EMPTY = PatientDetails("", Sex.UNKNOWN)
FIRST_BOX = "patient_phone"  # where the cursor begins
_EARLY = "fetched_early"


def choose_patient(hits: Sequence[PatientCard], term: str, key: str) -> PatientCard | None:
    """One of the patients found: the first, once something is typed; with an empty box nobody is chosen unasked."""
    cards = {card.patient_id: card for card in hits}
    chosen = st.radio(
        say("Patients"), list(cards), 0 if term else None, label_visibility="collapsed", key=f"{key}:{term}",
        format_func=lambda patient_id: patient_line(cards[patient_id]),
    )  # fmt: skip
    return None if chosen is None else cards[chosen]


def patient_fields(now: PatientDetails) -> PatientDetails:
    """The usual four first, in the order of the tab key; the rest is folded away."""
    left, right = st.columns(2)
    phone = left.container(key=FIRST_BOX).text_input(
        say("Phone"), now.phone, type="phone", placeholder=phones.example(clinic().country)
    )
    name = right.text_input(say("Name"), now.name)
    left, right = st.columns(2)
    age = left.number_input(say("Age in years"), 0, patients.OLDEST_YEARS, value=now.age_years, step=1)
    sex = right.segmented_control(say("Sex"), list(Sex), format_func=called, default=now.sex, required=True)
    with st.expander(say("More"), icon=":material/more_horiz:"):
        # No latest day: Streamlit would drop a later one in silence, where core says what is wrong with it.
        born = st.date_input(
            say("Birth date, if known"), now.birth_date, min_value=date(1900, 1, 1), format=day_format()
        )
        address = st.text_input(say("Address"), now.address)
        allergies = st.text_input(say("Allergies"), now.allergies, placeholder=say("Penicillin, peanuts; or: none"))
        conditions = st.text_input(say("Chronic conditions"), now.chronic_conditions)
        blood = st.selectbox(say("Blood group"), BLOOD_GROUPS, BLOOD_GROUPS.index(now.blood_group))
        kin = st.text_input(say("Next of kin"), now.next_of_kin)
    return PatientDetails(
        name, sex, phone, born, None if age is None else int(age), address, blood, allergies, conditions, kin
    )


def clinical_fields(now: PatientDetails) -> PatientDetails:
    """Those of a record that must not be overlooked."""
    allergies = st.text_input(say("Allergies"), now.allergies, placeholder=say("Penicillin, peanuts"))
    conditions = st.text_input(say("Chronic conditions"), now.chronic_conditions, placeholder=say("Diabetes, asthma"))
    return replace(now, allergies=allergies, chronic_conditions=conditions)


def fetch_early() -> None:
    """What only the form has is fetched with the page, unseen: whoever typed faster than its scripts came, in a browser
    that had not been here before, lost the sex."""
    st.html(f"<style>.st-key-{_EARLY} {{ display: none }}</style>")
    with st.container(key=_EARLY):
        st.number_input(say("Age in years"), key=f"{_EARLY}_age", value=None)
        st.segmented_control(say("Sex"), list(Sex), key=f"{_EARLY}_sex", format_func=called)
        st.selectbox(say("Doctor"), [], key=f"{_EARLY}_doctor")
