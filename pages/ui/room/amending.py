"""A completed visit is amended by its own doctor and reopened by an administrator: each time a dialog with a reason."""

from datetime import date, timedelta

import streamlit as st

from core import clock, visits
from core.permissions import Actor, Permission, allowed
from core.visits import VisitRecord, VisitState
from core.words import later, say
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.links import link
from pages.ui.messages import flash
from pages.ui.room import vitals
from pages.ui.room.diagnoses import code_label, hits, usual_codes
from pages.ui.room.notes import amend_note
from pages.ui.room.striking import strike_if_asked
from pages.ui.room.vital_marks import sign
from pages.ui.show import clinic_day, day_format, plain
from pages.ui.work import act, form_key, refusals_shown

_STEPS = (
    ("note", later("Add a note"), "add_notes"),
    ("diagnosis", later("Add a diagnosis"), "add"),
    ("vitals", later("Add vitals"), "monitor_heart"),
    ("follow_up", later("Change the follow-up"), "event"),
)


def may_amend(actor: Actor, visit: VisitRecord) -> bool:
    return actor.user_id == visit.doctor_id and visit.state is VisitState.COMPLETED


def steps(actor: Actor, visit: VisitRecord) -> None:
    """What this person may do with the visit, or who may."""
    if may_amend(actor, visit):
        for kind, label, icon in _STEPS:
            st.button(
                say(label), key=f"amend_{kind}", icon=f":material/{icon}:", width="stretch",
                on_click=open_dialog, args=(f"visit.{kind}", visit.visit_id),
            )  # fmt: skip
    elif visit.state is VisitState.OPEN and actor.user_id == visit.doctor_id:
        link("room", say("Go on in the room"), visit=str(visit.visit_id))
    elif visit.state is not VisitState.CANCELLED:
        st.caption(say("Only {doctor_name} can change this visit.", doctor_name=plain(visit.doctor_name)))
    link("patients", say("Open the patient's file"), patient=visit.patient.mrn)
    if visit.state is VisitState.COMPLETED and allowed(actor, Permission.REOPEN_VISITS):
        st.button(
            say("Reopen the visit"), key="reopen", icon=":material/lock_open:", width="stretch",
            on_click=open_dialog, args=("visit.reopen", visit.visit_id),
        )  # fmt: skip


def dialogs(actor: Actor, visit: VisitRecord) -> None:
    """Whichever of them is open for this visit."""
    draw = {
        "visit.note": _late_note, "visit.diagnosis": _late_diagnosis, "visit.vitals": _late_vitals,
        "visit.follow_up": _follow_up, "visit.reopen": _reopen,
    }  # fmt: skip
    for name, amend in draw.items():
        if opened(name) == visit.visit_id:
            amend(visit)
    if note := next((note for note in visit.notes if note.note_id == opened("visit.reword")), None):
        amend_note(note, signed=True)
    if may_amend(actor, visit):
        strike_if_asked(visit)


@dialog(later("Add a note"), icon=":material/add_notes:", width="medium", on_dismiss=close_dialog)
def _late_note(visit: VisitRecord) -> None:
    name = f"late_note_{visit.visit_id}"
    with st.form(form_key(name), border=False):
        body = st.text_area(say("Note"), height=140, placeholder=say("What is to be added"))
        reason = _reason(say("X-ray came later"))
        sent = st.form_submit_button(say("Add the note"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, visits.add_note, visit.visit_id, body or "", reason)
            _done(say("Note added"))


@dialog(later("Add a diagnosis"), icon=":material/add:", width="medium", on_dismiss=close_dialog)
def _late_diagnosis(visit: VisitRecord) -> None:
    name = f"late_diagnosis_{visit.visit_id}"
    reason = _reason(say("The laboratory's result came later"), key=f"reason-{form_key(name)}")
    term = st.text_input(
        say("Disease in any words, or ICD-10 code"), key=f"find-{form_key(name)}", live=True, icon=":material/search:",
    )  # fmt: skip
    for place, hit in enumerate(hits(term or "", usual_codes().ranked)):
        shortcut = "Ctrl+Enter" if place == 0 else None
        if st.button(code_label(hit), key=f"{form_key(name)}-{hit.code}", type="tertiary", shortcut=shortcut):
            with refusals_shown():
                act(name, visits.add_diagnosis, visit.visit_id, hit.code, reason=reason)
                _done(say("{code} added", code=hit.code))


@dialog(later("Add vitals"), icon=":material/monitor_heart:", width="medium", on_dismiss=close_dialog)
def _late_vitals(visit: VisitRecord) -> None:
    name = f"late_vitals_{visit.visit_id}"
    doubt = f"doubt-{form_key(name)}"
    with st.form(form_key(name), border=False):
        with st.grid(4, min_column_width=120, gap="small", vertical_alignment="bottom"):
            typed = {
                column: st.number_input(sign(column), value=None, step=step, format=written)
                for column, (step, written) in vitals.BOXES.items()
            }
        if question := st.session_state.get(doubt):
            st.warning(plain(question), icon=":material/help:")
        sure = bool(question) and st.checkbox(say("It is right as it stands"))
        reason = _reason(say("Written on paper, copied later"))
        sent = st.form_submit_button(say("Add the vitals"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        measured = vitals.exactly({column: value for column, value in typed.items() if value is not None})
        with refusals_shown():
            try:
                act(name, visits.record_vitals, visit.visit_id, measured, reason=reason, sure=sure)
            except visits.Doubtful as asks:
                st.session_state[doubt] = str(asks)
                st.rerun()
            _done(say("Vitals added"))


@dialog(later("Change the follow-up"), icon=":material/event:", on_dismiss=close_dialog)
def _follow_up(visit: VisitRecord) -> None:
    day = visit.follow_up_on
    now = say("It is on {day}.", day=clinic_day(day)) if day else say("There is none.")
    none = say("Leave the day empty for none.")
    st.markdown(f"{now} :gray[{none}]")
    name, tomorrow = f"follow_up_late_{visit.visit_id}", clock.today() + timedelta(days=1)
    with st.form(form_key(name), border=False):
        new = st.date_input(say("New day"), value=None, min_value=tomorrow, format=day_format())
        reason = _reason(say("Travels that week"))
        sent = st.form_submit_button(say("Change"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, visits.move_follow_up, visit.visit_id, new if isinstance(new, date) else None, reason)
            _done(say("Follow-up changed"))


@dialog(later("Reopen this visit?"), icon=":material/lock_open:", on_dismiss=close_dialog)
def _reopen(visit: VisitRecord) -> None:
    st.markdown(
        say(
            "It goes back to {doctor_name}, who completes it again. What was signed can be struck but not "
            "removed; a bill stays as it is. Until then the visit is in no history and no report.",
            doctor_name=plain(visit.doctor_name),
        )
    )
    name = f"reopen_{visit.visit_id}"
    with st.form(form_key(name), border=False):
        reason = _reason(say("Recorded for the wrong patient"))
        sent = st.form_submit_button(say("Reopen"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, visits.reopen, visit.visit_id, reason)
            _done(say("Visit reopened"), "lock_open")


def _reason(example: str, key: str | None = None) -> str:
    return st.text_input(say("Reason"), placeholder=example, key=key) or ""


def _done(sentence: str, icon: str = "task_alt") -> None:
    close_dialog()
    flash(sentence, icon)
