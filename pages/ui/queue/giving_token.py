"""A token for a patient who is known: at the desk and on the patient's card."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from core import token_queue
from core.called import called
from core.patients import PatientCard
from core.scheduling import AppointmentRecord, AppointmentState
from core.token_queue import Priority, TokenCard
from core.words import say
from pages.ui.queue.queue_steps import FIRST_FREE
from pages.ui.show import clock_time, plain
from pages.ui.work import act, form_key, refusals_shown


def whom_for(doctors: Mapping[int, str], key: str) -> tuple[int | None, Priority]:
    """The doctor (None: whoever is free first) and the priority."""
    left, right = st.columns(2)
    doctor = left.selectbox(
        say("Doctor"), [None, *doctors], format_func=lambda d: doctors[d] if d else say(FIRST_FREE), key=f"{key}_doctor"
    )
    choices: list[Priority] = list(Priority)
    priority = right.selectbox(say("Priority"), choices, format_func=called, key=f"{key}_priority")
    return doctor, priority


def give_token(
    patient: PatientCard,
    doctors: Mapping[int, str],
    today: Sequence[AppointmentRecord],
    given: Callable[[TokenCard], None],
) -> None:
    """Who is booked `today` is checked in; a token without the appointment is the second choice then."""
    booked = next((b for b in today if b.patient_id == patient.patient_id and b.state is AppointmentState.BOOKED), None)
    if booked:
        _check_in(booked, given)
    doctor_id, priority = whom_for(doctors, "known")
    if st.button(
        say("Give token"), key=form_key("walk_in"), icon=":material/confirmation_number:", width="stretch",
        type="secondary" if booked else "primary", shortcut=None if booked else "Ctrl+Enter",
    ):  # fmt: skip
        with refusals_shown():
            given(act("walk_in", token_queue.walk_in, patient.patient_id, doctor_id, priority))


def _check_in(booked: AppointmentRecord, given: Callable[[TokenCard], None]) -> None:
    name, icon = f"check_in_found_{booked.appointment_id}", ":material/how_to_reg:"
    time, doctor = clock_time(booked.starts_at), plain(booked.doctor_name)
    label = say("Check in for {time}, {doctor}", time=time, doctor=doctor)
    if st.button(label, key=form_key(name), type="primary", shortcut="Ctrl+Enter", width="stretch", icon=icon):
        with refusals_shown():
            given(act(name, token_queue.check_in, booked.appointment_id))
