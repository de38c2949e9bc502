"""The records behind a check, each with what mends it here or the way to where it is mended."""

from collections.abc import Callable, Sequence

import streamlit as st

from core import patients, scheduling, token_queue, visits
from core.permissions import Actor, Permission, allowed
from core.quality import Check, Finding
from core.words import later, say
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.links import link, open_to
from pages.ui.messages import flash
from pages.ui.patients.change_patient import ask_to_change, change_patient_if_asked
from pages.ui.room.diagnoses import code_label, hits, usual_codes
from pages.ui.show import clinic_day, plain
from pages.ui.work import act, form_key, refusals_shown


def records(actor: Actor, check: Check, found: Sequence[Finding]) -> None:
    mend = _MENDING[check.name]
    for place, finding in enumerate(found):
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            on = f" · {clinic_day(finding.on)}" if finding.on else ""
            st.markdown(f"**{plain(finding.title)}**  \n:small[:gray[{plain(finding.detail)}{on}]]", width="stretch")
            mend(actor, finding, f"{check.name}_{place}")


def dialogs() -> None:
    """Whichever of them is open."""
    if visit := opened("quality.code"):
        _late_code(visit)
    change_patient_if_asked()


def _code(actor: Actor, finding: Finding, key: str) -> None:
    if finding.staff_id == actor.user_id:
        icon = ":material/add:"
        st.button(say("Add the code"), key=key, icon=icon, on_click=open_dialog, args=["quality.code", finding])


def _room(actor: Actor, finding: Finding, key: str) -> None:
    if finding.staff_id == actor.user_id:
        link("room", say("Go on"), visit=str(finding.record_id))


def _visit(actor: Actor, finding: Finding, key: str) -> None:
    if open_to("visit", actor):
        link("visit", id=str(finding.record_id))


def _merging(actor: Actor, finding: Finding, key: str) -> None:
    """The older record of a pair stays, unless who merges them chooses otherwise."""
    older, other = (patients.mrn(number or 0) for number in (finding.patient_id, finding.other_id))
    if allowed(actor, Permission.MERGE_PATIENTS):
        link("patients", say("Compare and merge"), patient=older, merge=other)
    elif open_to("patients", actor):
        for number in (older, other):
            link("patients", number, patient=number)


def _cash(actor: Actor, finding: Finding, key: str) -> None:
    _search("cash", actor, finding.patient_id)


def _counter(actor: Actor, finding: Finding, key: str) -> None:
    _search("counter", actor, finding.patient_id)


def _search(address: str, actor: Actor, patient_id: int | None, label: str | None = None) -> None:
    if patient_id and open_to(address, actor):
        link(address, label, find=patients.mrn(patient_id))


def _stock(actor: Actor, finding: Finding, key: str) -> None:
    if open_to("stock", actor):
        link("stock", medicine=str(finding.record_id))


def _record(actor: Actor, finding: Finding, key: str) -> None:
    if allowed(actor, Permission.EDIT_PATIENTS):
        st.button(say("Complete"), key=key, icon=":material/edit:", on_click=ask_to_change, args=[finding.record_id])


def _token(actor: Actor, finding: Finding, key: str) -> None:
    name = f"left_{finding.record_id}"
    may = allowed(actor, Permission.CALL_PATIENTS)
    if may and st.button(say("Left unseen"), key=form_key(name), icon=":material/person_off:"):
        with refusals_shown():
            card = act(name, token_queue.mark_no_show, finding.record_id)
            flash(
                say("Token {number} of {patient_name} closed", number=card.number, patient_name=card.patient_name),
                icon="person_off",
            )


def _booking(actor: Actor, finding: Finding, key: str) -> None:
    name = f"missed_{finding.record_id}"
    if allowed(actor, Permission.BOOK) and st.button(
        say("Did not come"), key=form_key(name), icon=":material/person_off:"
    ):
        with refusals_shown():
            missed = act(name, scheduling.mark_no_show, finding.record_id)
            flash(say("{patient_name} did not come", patient_name=missed.patient_name), icon="person_off")


def _calendar(actor: Actor, finding: Finding, key: str) -> None:
    if finding.on and open_to("calendar", actor):
        link("calendar", say("Move"), day=finding.on.isoformat())


def _wish(actor: Actor, finding: Finding, key: str) -> None:
    name = f"off_{finding.record_id}"
    may = allowed(actor, Permission.BOOK)
    if may and st.button(say("Take off the list"), key=form_key(name), icon=":material/playlist_remove:"):
        with refusals_shown():
            gone = act(name, scheduling.take_off_list, finding.record_id)
            flash(
                say("{patient_name} taken off the waiting list", patient_name=gone.patient_name), icon="playlist_remove"
            )


@dialog(later("Add the code"), icon=":material/add:", on_dismiss=close_dialog)
def _late_code(finding: Finding) -> None:
    """A search over ICD-10; the code clicked is written."""
    name = f"code_{finding.record_id}"
    st.markdown(say("**{title}**, seen on {on}", title=plain(finding.title), on=clinic_day(finding.on)))
    term = st.text_input(
        say("Disease or ICD-10 code"),
        key=f"find_{name}",
        live=True,
        icon=":material/search:",
        placeholder=say("J06.9, sore throat"),
    )
    for hit in hits(term or "", usual_codes().ranked):
        if st.button(code_label(hit), key=f"{form_key(name)}-{hit.code}", type="tertiary"):
            with refusals_shown():
                added = act(name, visits.add_diagnosis, finding.record_id, hit.code, reason="Completed without a code")
                close_dialog()
                flash(say("{code} added", code=added.code))


_MENDING: dict[str, Callable[[Actor, Finding, str], None]] = {
    "uncoded": _code,
    "left-open": _room,
    "unbilled": _cash,
    "vitals": _visit,
    "tokens": _token,
    "bookings": _booking,
    "away": _calendar,
    "wishes": _wish,
    "duplicates": _merging,
    "incomplete": _record,
    "unpaid-medicines": _cash,
    "owed-medicines": _counter,
    "medicines": _stock,
    "expired": _stock,
    "costless": _stock,
}
