"""The doctor's room: call, examine, prescribe, complete. Alt+1, Ctrl+Enter, the visit, Ctrl+Enter."""

import streamlit as st

from core import patients, prescriptions, token_queue, users, visits
from core.permissions import Permission
from core.token_queue import TokenCard
from pages import ui
from pages.ui import (
    calling,
    diagnoses,
    ending,
    notes,
    past,
    patient,
    prescription,
    striking,
    visit_trail,
    vitals,
)

actor = ui.page("Room", Permission.CONSULT)
with ui.reading() as session:
    treats = any(doctor.doctor_id == actor.user_id for doctor in users.list_doctors(session, actor))
    called = calling.called_by(actor, token_queue.board(session, actor, actor.user_id))
    open_visits = {visit.visit_id: visit for visit in visits.current(session, actor, actor.user_id)}
if not treats:
    ui.empty("Only doctors treat patients here. An administrator makes someone a doctor under Users.", "stethoscope")
    st.stop()


def chosen_visit() -> int | None:
    """The visit on the screen: the one picked, else the called patient's, else, if nobody is called, the newest."""
    asked = st.query_params.pop("visit", "")
    if asked.isdecimal():
        st.session_state["room_visit"] = int(asked)
    picked = st.session_state.get("room_visit")
    if picked in open_visits:
        return int(picked)
    if called:
        return next((visit.visit_id for visit in open_visits.values() if visit.token_id == called.token_id), None)
    return next(iter(open_visits), None)


def other_visits(shown: int | None) -> None:
    """Visits that were left open: each can be gone on with."""
    for visit in open_visits.values():
        if visit.visit_id != shown:
            st.markdown(f"**{visit.token_number}** {ui.plain(visit.patient_name)} {ui.badge(visits.VisitState.OPEN)}")
            if st.button("Go on", key=f"go_on_{visit.visit_id}", type="tertiary", icon=":material/arrow_forward:"):
                st.session_state["room_visit"] = visit.visit_id
                st.rerun()


def on_the_way(card: TokenCard) -> list[visits.PastVisit]:
    """The called patient, known before coming in; one key starts the visit."""
    with ui.reading() as session:
        who = patients.get(session, actor, card.patient_id)
        known = patients.details(session, actor, card.patient_id)
        earlier = visits.history(session, actor, card.patient_id)
    calling.called_large(card)
    patient.banner(who, known.allergies, known.chronic_conditions, earlier[0].visit_on if earlier else None)
    name = f"start_{card.token_id}"
    key, icon = ui.form_key(name), ":material/login:"
    if st.button("Start visit", key=key, type="primary", shortcut="Ctrl+Enter", width="stretch", icon=icon):
        with ui.refusals_shown():
            ui.act(name, visits.start, card.token_id)
            st.rerun()
    return earlier


def visiting(visit_id: int) -> list[visits.PastVisit]:
    """One open visit from vitals to signature."""
    with ui.reading() as session:
        visit = visits.get(session, actor, visit_id)
        earlier = visits.history(session, actor, visit.patient.patient_id)
        standing = prescriptions.for_visit(session, actor, visit_id)
        before = next((past_visit for past_visit in earlier if past_visit.prescribed), None)
        last = prescriptions.for_visit(session, actor, before.visit_id) if before else None
    patient.banner(
        visit.patient, visit.allergies, visit.chronic_conditions, earlier[0].visit_on if earlier else None,
        mark=f":green-badge[{visit.token_number}]",
    )  # fmt: skip
    measured = next((past_visit.vitals.measured for past_visit in earlier if past_visit.vitals), None)
    visit_trail.reopened(visit)
    vitals.section(visit, measured)
    striking.measured_in_error(visit)
    diagnoses.section(visit)
    notes.section(visit)
    prescription.section(visit_id, standing, last)
    ending.section(visit)
    box = st.session_state.get("room_focus", "")
    ui.keyboard(search=box or diagnoses.search_box(visit_id), focus_id=box)
    return earlier


rail, room = st.columns([4, 11], gap="large")
visit_id = chosen_visit()
earlier: list[visits.PastVisit] | None = None
with room:
    if visit_id:
        earlier = visiting(visit_id)
    elif called:
        earlier = on_the_way(called)
    else:
        ui.empty("Nobody is with you. Alt+1 calls the next patient.", "stethoscope")
with rail:
    calling.strip(called.token_id if called else None)
    other_visits(visit_id)
    if earlier is not None:
        past.timeline(earlier)
