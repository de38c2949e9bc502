"""The papers of a visit: make one, print it, open it again, take it back."""

from datetime import timedelta

import streamlit as st

from core import clock, documents, prescriptions, visits
from core.documents import DocumentKind, DocumentRecord
from core.errors import ClinicError
from core.permissions import Actor, Permission, allowed
from core.visits import VisitRecord, VisitState
from core.words import later, say
from pages.ui import printing
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.session import current_actor
from pages.ui.show import day_format, moment, plain
from pages.ui.work import act, form_key, reading, refusals_shown

KINDS = {
    DocumentKind.PRESCRIPTION: (later("Prescription"), "prescriptions"),
    DocumentKind.VISIT_SUMMARY: (later("Visit summary"), "summarize"),
    DocumentKind.SICK_NOTE: (later("Sick note"), "sick"),
}
_COMPLETED = "completed_visit"
_ANY_DAYS = 999  # wider than what is allowed, so that the workflow says what is wrong with it


def section(visit: VisitRecord) -> None:
    """What can be printed of a visit, and what has been. On a page that shows one."""
    _papers(visit)
    printing.waiting()


def on_completion(visit_id: int) -> None:
    """The visit is signed: its prescription goes to the printer, if that is wanted."""
    st.session_state[_COMPLETED] = visit_id
    if not printing.wanted():
        return
    try:
        with reading() as session:
            ordered = prescriptions.for_visit(session, current_actor(), visit_id)
        if ordered:
            _print_prescription(visit_id, ordered.prescription_id)
    except ClinicError:
        return  # the visit is signed all the same, and its papers can be printed by hand


def just_completed(*, shown: bool) -> None:
    """In the room: the papers of the visit that was signed last, until the next one begins."""
    visit_id = st.session_state.get(_COMPLETED)
    if shown and visit_id:
        with reading() as session:
            visit = visits.get(session, current_actor(), visit_id)
        with st.container(border=True):
            completed = say("Visit completed")
            st.markdown(f"**{plain(visit.patient.name)}** :small[:gray[{completed}]]")
            _papers(visit)
    printing.waiting()


def title(document: DocumentRecord) -> str:
    return f"{say(KINDS[document.kind][0])} {document.prescription}".strip()


def _papers(visit: VisitRecord) -> None:
    actor = current_actor()
    with reading() as session:
        ordered = prescriptions.for_visit(session, actor, visit.visit_id)
        made = documents.list_of_visit(session, actor, visit.visit_id)
    own = visit.doctor_id == actor.user_id
    writes = own and visit.state is VisitState.COMPLETED
    with st.container(horizontal=True):
        if ordered and _button(visit, "prescription", say("Print prescription"), "print"):
            with refusals_shown():
                _print_prescription(visit.visit_id, ordered.prescription_id)
                st.rerun()
        if writes and _button(visit, "summary", say("Visit summary"), "summarize"):
            with refusals_shown():
                printing.send(act(_name(visit.visit_id, "summary"), documents.visit_summary, visit.visit_id).address)
                st.rerun()
        if writes:
            st.button(
                say("Sick note"), key=f"sick_note_{visit.visit_id}", icon=":material/sick:",
                on_click=open_dialog, args=("documents.sick", visit.visit_id),
            )  # fmt: skip
    if not (ordered or writes or made):
        st.caption(say("Nothing to print."))
    for document in made:
        _line(document, may_take_back=_may_take_back(actor, own, document))
    _dialogs(visit, made)


def _button(visit: VisitRecord, paper: str, label: str, icon: str) -> bool:
    return st.button(label, key=form_key(_name(visit.visit_id, paper)), icon=f":material/{icon}:")


def _print_prescription(visit_id: int, prescription_id: int) -> None:
    name = _name(visit_id, "prescription")
    printing.send(act(name, documents.prescription_paper, prescription_id).address)


def _line(document: DocumentRecord, *, may_take_back: bool) -> None:
    icon = KINDS[document.kind][1]
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        not_valid = say("Not valid")
        fallen = "" if document.stands else f":red-badge[:material/block: {not_valid}]"
        facts = " · ".join(filter(None, (moment(document.issued_at), document.issued_by, document.cancel_reason)))
        name = f":material/{icon}: {plain(title(document))} {fallen}"
        st.markdown(f"{name.strip()}  \n:small[:gray[{plain(facts)}]]", width="stretch")
        st.link_button(say("Open"), document.address, icon=":material/open_in_new:", type="tertiary")
        if may_take_back:
            st.button(
                say("Take back"), key=f"take_back_{document.document_id}", type="tertiary", icon=":material/block:",
                on_click=open_dialog, args=("documents.cancel", document.document_id),
            )  # fmt: skip


def _may_take_back(actor: Actor, own: bool, document: DocumentRecord) -> bool:
    return document.stands and not document.prescription_id and (own or allowed(actor, Permission.REOPEN_VISITS))


def _dialogs(visit: VisitRecord, made: list[DocumentRecord]) -> None:
    if opened("documents.sick") == visit.visit_id:
        _sick_note(visit)
    for document in made:
        if opened("documents.cancel") == document.document_id:
            _take_back(document)


@dialog(later("Sick note"), icon=":material/sick:", on_dismiss=close_dialog)
def _sick_note(visit: VisitRecord) -> None:
    name = _name(visit.visit_id, "sick")
    st.markdown(say("**{name}** is unfit for work or school", name=plain(visit.patient.name)))
    with st.form(form_key(name), border=False):
        left, right = st.columns(2)
        first_on = left.date_input(say("From"), clock.day_of(visit.started_at), format=day_format())
        days = right.number_input(say("Days"), 0, _ANY_DAYS, 3, help=say("The first and the last day included."))
        remark = st.text_area(say("Remark"), placeholder=say("Light duties in the week after"), height=80)
        told = st.toggle(say("Write the diagnosis on it"), help=say("Employers and schools need not know it."))
        sent = st.form_submit_button(say("Make and print"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            last_on = first_on + timedelta(days=int(days) - 1)
            note = act(name, documents.sick_note, visit.visit_id, first_on, last_on, remark, with_diagnosis=told)
            printing.send(note.address)
            close_dialog()
            flash(say("Sick note made"), "sick")


@dialog(later("Take this paper back?"), icon=":material/block:", on_dismiss=close_dialog)
def _take_back(document: DocumentRecord) -> None:
    st.markdown(say("{title}: its code says “Not genuine” from now on.", title=plain(title(document))))
    name = f"take_back_{document.document_id}"
    with st.form(form_key(name), border=False):
        reason = st.text_input(say("Reason"), placeholder=say("Wrong days"))
        sent = st.form_submit_button(say("Take back"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, documents.cancel, document.document_id, reason)
            close_dialog()
            flash(say("Taken back"), "block")


def _name(visit_id: int, paper: str) -> str:
    return f"paper_{paper}_{visit_id}"
