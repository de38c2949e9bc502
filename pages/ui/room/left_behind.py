"""A visit that cannot be gone on with: another doctor's, or ended in another tab. What was typed stays in sight."""

import json

import streamlit as st

from core import visits
from core.errors import NotFound
from core.permissions import Actor
from core.visits import NotYourVisit, VisitRecord, VisitState
from core.words import say
from pages.ui.links import link
from pages.ui.messages import flash, show_refusal
from pages.ui.room import vitals
from pages.ui.room.drafts import forget, typed_here
from pages.ui.show import moment, plain
from pages.ui.work import act, form_key, reading, refusals_shown


def section(actor: Actor, visit_id: int) -> None:
    """Who has the visit or how it ended, and what was typed here and not saved."""
    visit = _found(actor, visit_id)
    if visit is not None:
        st.warning(_how_it_ended(visit), icon=":material/lock:")
        _unsaved(visit)
        link("visit", say("Read the visit"), id=str(visit_id))
    if st.button(say("Go on"), type="primary", icon=":material/arrow_forward:", shortcut="Ctrl+Enter"):
        st.session_state.pop("room_visit", None)
        st.rerun()


def _found(actor: Actor, visit_id: int) -> VisitRecord | None:
    try:
        with reading() as session:
            visits.check_own(session, actor, visit_id)
            return visits.get(session, actor, visit_id)
    except (NotFound, NotYourVisit) as refusal:
        show_refusal(refusal)
        return None


def _how_it_ended(visit: VisitRecord) -> str:
    name, number = plain(visit.patient.name), visit.token_number
    if visit.state is VisitState.COMPLETED:
        when = moment(visit.completed_at)
        return say("The visit of {name} (token {number}) was completed: {time}.", name=name, number=number, time=when)
    return say("The visit of {name} (token {number}) was cancelled.", name=name, number=number)


def _unsaved(visit: VisitRecord) -> None:
    typed = typed_here(visit.visit_id)
    note = typed.get("note", "").strip()
    if measured := typed.get("vitals"):
        in_short = plain(vitals.in_short(vitals.exactly(json.loads(measured))))
        st.markdown(say("Vitals typed here and not saved: {vitals}", vitals=in_short))
    if typed.get("items"):
        st.markdown(say("A prescription was begun here and not issued."))
    if not note:
        return
    st.markdown(say("Typed here and not saved:"))
    st.code(note, language=None, wrap_lines=True)
    if visit.state is VisitState.COMPLETED:
        _late_note(visit.visit_id, note)


def _late_note(visit_id: int, note: str) -> None:
    name = f"late_{visit_id}"
    with st.form(form_key(name), border=False):
        reason = st.text_input(say("Why it is added late"), placeholder=say("Written in another tab"))
        sent = st.form_submit_button(say("Add it to the completed visit"), icon=":material/add_notes:")
    if sent:
        with refusals_shown():
            act(name, visits.add_note, visit_id, note, reason or "")
            st.session_state.pop("room_visit", None)
            forget(visit_id)
            flash(say("Note added to the completed visit"))
