"""The end of a visit: when to come again, complete, or note that the patient left."""

from datetime import date, timedelta

import streamlit as st

from core import clock, visits
from core.errors import ClinicError
from core.visits import VisitRecord
from core.words import later, say
from pages.ui import printing
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.keys import ROOM
from pages.ui.messages import flash, show_refusal
from pages.ui.prescribing import prescription
from pages.ui.room import documents, notes, vitals
from pages.ui.room.drafts import check_nothing_elsewhere, forget, recall, remember
from pages.ui.session import current_actor
from pages.ui.show import day_format, plain
from pages.ui.work import act, form_key, reading, refusals_shown

FOLLOW_UPS = {3: later("3 days"), 7: later("1 week"), 14: later("2 weeks"), 30: later("1 month")}


def section(visit: VisitRecord) -> None:
    """Follow-up, then the one button that saves whatever is still open and signs the visit."""
    _follow_up(visit)
    printing.choice()
    with st.bottom:  # in sight wherever on the page someone presses Ctrl+Enter
        if refusal := st.session_state.pop(_refusal_key(visit.visit_id), None):
            show_refusal(refusal)
        done, left = st.columns([3, 1], wrap=False)
    if done.button(
        say("Complete visit"), key=form_key(_name(visit.visit_id)), type="primary", width="stretch",
        shortcut=ROOM["primary"].keys, icon=":material/task_alt:",
    ):  # fmt: skip
        complete(visit.visit_id)
    signed = say("It was completed before: complete it again.") if visit.reopenings else None
    left.button(
        say("Patient left"), key=f"left_{visit.visit_id}", width="stretch", icon=":material/person_off:",
        on_click=open_dialog, args=("room.left", visit.visit_id), disabled=bool(signed), help=signed,
    )  # fmt: skip
    if opened("room.left") == visit.visit_id:
        patient_left(visit)


def complete(visit_id: int) -> None:
    """Save what is typed, piece by piece, then sign. Vitals and notes saved before a refusal stay saved; a visit that
    cannot be completed gets no prescription."""
    try:
        check_nothing_elsewhere(visit_id)
        vitals.save(visit_id)
        notes.save(visit_id)
        with reading() as session:
            visits.check_completable(session, current_actor(), visit_id, _day(visit_id))
        prescription.save(visit_id)
        act(_name(visit_id), visits.complete, visit_id, _day(visit_id))
    except ClinicError as refusal:
        st.session_state[_refusal_key(visit_id)] = refusal
        st.rerun()
    documents.on_completion(visit_id)
    forget(visit_id)
    st.session_state.pop("room_visit", None)
    flash(say("Visit completed. Alt+1 calls the next patient."), "task_alt")


@dialog(later("The patient left?"), icon=":material/person_off:", on_dismiss=close_dialog)
def patient_left(visit: VisitRecord) -> None:
    st.markdown(
        say(
            "The visit of {name} is cancelled. What was written down stays, and so do the vitals and the "
            "note that are typed. A prescription that is not issued yet is lost.",
            name=plain(visit.patient.name),
        )
    )
    name = f"cancel_visit_{visit.visit_id}"
    with st.form(form_key(name), border=False):
        reason = st.text_input(say("Reason"), placeholder=say("Did not want to wait"))
        sent = st.form_submit_button(say("Cancel the visit"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            check_nothing_elsewhere(visit.visit_id)
            vitals.save(visit.visit_id)
            notes.save(visit.visit_id)
            act(name, visits.cancel, visit.visit_id, reason)
            forget(visit.visit_id)
            close_dialog()
            st.session_state.pop("room_visit", None)
            flash(say("Visit cancelled"), "person_off")


def _follow_up(visit: VisitRecord) -> None:
    visit_id, tomorrow = visit.visit_id, clock.today() + timedelta(days=1)
    key, pick = _day_key(visit_id), f"follow_up_in_{visit_id}"
    if key not in st.session_state:  # a visit that was reopened has one already
        kept = recall(visit_id, "follow_up")
        day = date.fromisoformat(kept) if kept else visit.follow_up_on
        st.session_state[key] = day if day and day >= tomorrow else None

    def set_day() -> None:
        days = st.session_state[pick]
        st.session_state[key] = clock.today() + timedelta(days=days) if days else None

    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(say("Follow-up"), anchor=False, width="content")
        st.pills(
            say("Follow-up in"), list(FOLLOW_UPS), format_func=lambda days: say(FOLLOW_UPS[days]), key=pick,
            on_change=set_day, label_visibility="collapsed",
        )  # fmt: skip
        st.date_input(
            say("Follow-up on"), value=None, min_value=tomorrow, key=key, format=day_format(),
            label_visibility="collapsed", width=150,
        )  # fmt: skip
    day = _day(visit_id)
    remember(visit_id, "follow_up", day.isoformat() if day else "")


def _day(visit_id: int) -> date | None:
    day = st.session_state.get(_day_key(visit_id))
    return day if isinstance(day, date) else None


def _day_key(visit_id: int) -> str:
    return f"follow_up_{visit_id}"


def _refusal_key(visit_id: int) -> str:
    return f"complete_refused_{visit_id}"


def _name(visit_id: int) -> str:
    return f"complete_{visit_id}"
