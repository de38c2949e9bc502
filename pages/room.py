"""The doctor's room: call, examine, prescribe, complete. Alt+1, Ctrl+Enter, the visit, Ctrl+Enter."""

import streamlit as st

from core import patients, prescriptions, token_queue, users, visits
from core.permissions import Permission
from core.token_queue import TokenCard
from core.words import say
from pages import ui
from pages.ui import file_access, keys
from pages.ui.patients import patient
from pages.ui.prescribing import prescription
from pages.ui.queue import calling
from pages.ui.room import boxes, diagnoses, documents, ending, left_behind, notes, past, striking, visit_trail, vitals

# On a phone the columns lie one under the other: the patient comes before those who wait.
PATIENT_FIRST = """<style>@media (max-width: 640px) {
.st-key-room_columns > div > [data-testid=stHorizontalBlock] { flex-wrap: wrap-reverse }
}</style>"""

actor = ui.page(say("Room"), Permission.CONSULT)
with ui.reading() as session:
    treats = any(doctor.doctor_id == actor.user_id for doctor in users.list_doctors(session, actor))
    called = calling.called_by(actor, token_queue.board(session, actor, actor.user_id))
    open_visits = {visit.visit_id: visit for visit in visits.current(session, actor, actor.user_id)}
if not treats:
    ui.empty(
        say("Only doctors treat patients here. An administrator makes someone a doctor under Users."), "stethoscope"
    )
    st.stop()


def chosen_visit() -> int | None:
    """The visit on the screen: the one picked, else the called patient's, else, if nobody is called, the newest.

    Once shown it stays picked, whatever happens to its token meanwhile: nobody's text is taken from under the fingers.
    """
    if asked := ui.id_of(st.query_params.pop("visit", "")):
        st.session_state["room_visit"] = asked
    picked = st.session_state.get("room_visit")
    if picked:
        return int(picked)
    if called:
        return next((visit.visit_id for visit in open_visits.values() if visit.token_id == called.token_id), None)
    return next(iter(open_visits), None)


def other_visits(shown: int | None) -> None:
    """Who was called to another visit than the one shown; visits that were left open: each can be gone on with."""
    if called and shown and (shown not in open_visits or open_visits[shown].token_id != called.token_id):
        st.markdown(f"**{called.number}** {ui.plain(called.patient_name)} {ui.badge(called.state)}")
        if st.button(say("Show"), key=f"show_{called.token_id}", type="tertiary", icon=":material/arrow_forward:"):
            st.session_state["room_visit"] = None
            st.rerun()
    for visit in open_visits.values():
        if visit.visit_id != shown and not (called and visit.token_id == called.token_id):
            st.markdown(f"**{visit.token_number}** {ui.plain(visit.patient_name)} {ui.badge(visits.VisitState.OPEN)}")
            if st.button(say("Go on"), key=f"go_on_{visit.visit_id}", type="tertiary", icon=":material/arrow_forward:"):
                st.session_state["room_visit"] = visit.visit_id
                st.rerun()


def on_the_way(card: TokenCard) -> list[visits.PastVisit]:
    """The called patient, known before coming in; one key starts the visit."""
    file_access.opened(card.patient_id)
    with ui.reading() as session:
        who = patients.get(session, actor, card.patient_id)
        known = patient.background(session, actor, card.patient_id)
    calling.called_large(card)
    patient.banner(who, known)
    name = f"start_{card.token_id}"
    key, icon, shortcut = ui.form_key(name), ":material/login:", keys.ROOM["primary"].keys
    if st.button(say("Start visit"), key=key, type="primary", shortcut=shortcut, width="stretch", icon=icon):
        with ui.refusals_shown():
            ui.act(name, visits.start, card.token_id)
            st.rerun()
    return known.earlier


def visiting(visit_id: int) -> list[visits.PastVisit]:
    """One open visit from vitals to signature."""
    file_access.opened(open_visits[visit_id].patient_id)
    st.session_state["room_visit"] = visit_id
    with ui.reading() as session:
        visit = visits.get(session, actor, visit_id)
        known = patient.background(session, actor, visit.patient.patient_id)
        templates = visits.note_templates(session, actor)
        standing = prescriptions.for_visit(session, actor, visit_id)
    patient.banner(visit.patient, known, mark=f":green-badge[{visit.token_number}]")
    if not called or called.token_id != visit.token_id:
        st.caption(
            say(
                "Token {token_number} has left the queue. The visit is open until you complete it.",
                token_number=visit.token_number,
            )
        )
    visit_trail.reopened(visit)
    vitals.section(visit, known.courses)
    striking.measured_in_error(visit)
    diagnoses.section(visit)
    notes.section(visit, templates)
    prescription.section(visit_id, standing)
    ending.section(visit)
    box = st.session_state.get("room_focus", "")
    ui.keyboard(search=diagnoses.search_box(visit_id), focus=box, focus_id=box)
    jumps = {
        keys.ROOM["to_vitals"].keys: vitals.first_box(visit_id),
        keys.ROOM["to_notes"].keys: notes.note_box(visit_id),
        keys.ROOM["to_medicine"].keys: prescription.medicine_box(visit_id),
    }
    boxes.boxes(jumps)
    return known.earlier


st.html(PATIENT_FIRST)
with st.container(key="room_columns"):
    rail, room = st.columns([4, 11], gap="large")
visit_id = chosen_visit()
earlier: list[visits.PastVisit] | None = None
with room:
    if visit_id and visit_id in open_visits:
        earlier = visiting(visit_id)
    elif visit_id:
        left_behind.section(actor, visit_id)
    elif called:
        earlier = on_the_way(called)
    else:
        ui.empty(say("Nobody is with you. Alt+1 calls the next patient."), "stethoscope")
    documents.just_completed(shown=not visit_id and not called)
with rail:
    calling.strip(called.token_id if called else None)
    other_visits(visit_id)
    if earlier is not None:
        past.timeline(earlier)
