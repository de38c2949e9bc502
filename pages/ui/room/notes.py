"""Notes of a visit: added to and amended, never overwritten."""

from collections.abc import Mapping

import streamlit as st

from core import visits
from core.visits import NoteRecord, TemplateRecord, VisitRecord
from core.words import later, say
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.room import note_templates
from pages.ui.room.drafts import has_done_with, recall, remember
from pages.ui.show import clock_time, moment, plain
from pages.ui.work import act, form_key, refusals_shown


def section(visit: VisitRecord, templates: list[TemplateRecord]) -> None:
    """What was written, each with its earlier wordings, and a box for more, which templates fill."""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader(say("Notes"), anchor=False, width="content")
        note_templates.chooser(visit.visit_id, note_box(visit.visit_id), templates)
    written = {note.note_id: note for note in visit.notes}
    for note in visits.standing_notes(visit.notes):
        _note(note, written)
    _new_note(visit.visit_id)
    if amended := written.get(opened("room.note")):
        amend_note(amended)


def earlier_wordings(note: NoteRecord, written: Mapping[int, NoteRecord]) -> list[NoteRecord]:
    """Those that a note replaced, newest first. `written`: all notes of the visit by id."""
    found: list[NoteRecord] = []
    while note.amends_id is not None:
        note = written[note.amends_id]
        found.append(note)
    return found


def save(visit_id: int) -> bool:
    """Add what stands in the box; False if it is empty. Raises what `visits.add_note` refuses."""
    body = str(st.session_state.get(note_box(visit_id)) or "").strip()
    if not body:
        return False
    act(_name(visit_id), visits.add_note, visit_id, body)
    remember(visit_id, "note", "")
    return True


def note_box(visit_id: int) -> str:
    """The key of the box: a new one, and so empty, after each note."""
    return f"text-{form_key(_name(visit_id))}"


def _new_note(visit_id: int) -> None:
    box = note_box(visit_id)
    if box not in st.session_state:
        st.session_state[box] = recall(visit_id, "note")

    def keep() -> None:  # before the page is drawn: a tab that is closed does not wait for it
        if not has_done_with(visit_id):
            remember(visit_id, "note", st.session_state[box] or "")

    st.text_area(
        say("New note"), key=box, height="content", on_change=keep, placeholder=say("Complaint, findings, plan"),
        label_visibility="collapsed",
    )  # fmt: skip
    if st.button(say("Add note"), key=form_key(_name(visit_id)), icon=":material/add_notes:"):
        with refusals_shown():
            save(visit_id)
            st.rerun()


def _note(note: NoteRecord, written: Mapping[int, NoteRecord]) -> None:
    with st.container(border=True, gap="xsmall"):
        st.text(note.body)
        facts = [say("amended")] if note.amends_id else []
        facts += [plain(note.reason)] if note.reason else []
        said = " · ".join([f"{plain(note.author)}, {clock_time(note.written_at)}", *facts])
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(said, width="content")
            st.button(
                say("Amend"), key=f"amend_{note.note_id}", type="tertiary", icon=":material/edit:",
                on_click=open_dialog, args=("room.note", note.note_id),
            )  # fmt: skip
        if earlier := earlier_wordings(note, written):
            with st.expander(say("Earlier wording"), type="compact"):
                for old in earlier:
                    st.text(old.body)
                    st.caption(f"{plain(old.author)}, {moment(old.written_at)}")


@dialog(later("Amend a note"), icon=":material/edit_note:", width="medium", on_dismiss=close_dialog)
def amend_note(note: NoteRecord, *, signed: bool = False) -> None:
    """A note of a signed visit asks for a reason, too."""
    st.caption(say("The earlier wording stays readable."))
    name = f"amend_note_{note.note_id}"
    with st.form(form_key(name), border=False):
        body = st.text_area(say("Note"), note.body, height=160, label_visibility="visible" if signed else "collapsed")
        reason = st.text_input(say("Reason"), placeholder=say("The side was wrong")) if signed else ""
        sent = st.form_submit_button(
            say("Save the new wording"), type="primary", shortcut="Ctrl+Enter", width="stretch"
        )
    if sent:
        with refusals_shown():
            act(name, visits.amend_note, note.note_id, body or "", reason or "")
            close_dialog()
            flash(say("Note amended"), "edit_note")


def _name(visit_id: int) -> str:
    return f"note_{visit_id}"
