"""One visit, whole: what was found, written and prescribed, and what was amended since. Reached by links."""

import streamlit as st

from core import prescriptions, visits
from core.errors import NotFound
from core.patients import ReasonNeeded
from core.permissions import Permission
from core.prescriptions import PrescriptionRecord
from core.visits import NoteRecord, VisitRecord
from core.words import say
from pages import ui
from pages.ui import file_access
from pages.ui.patients import patient
from pages.ui.prescribing import prescription as prescribing
from pages.ui.room import amending, documents, visit_trail, vitals
from pages.ui.room.notes import earlier_wordings
from pages.ui.room.striking import crossed_out, strike_button

actor = ui.page(say("Visit"), Permission.READ_CLINICAL)


def small(*parts: str) -> str:
    """In grey, what there is of it; the first part is markdown already."""
    first, *others = parts
    return f":small[:gray[{' · '.join([first, *(ui.plain(part) for part in others if part)])}]]"


def head(visit: VisitRecord) -> None:
    """Whose visit, with whom, when, and what became of it."""
    card = visit.patient
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"### {ui.plain(card.name)}", anchors=False)
        facts = [card.age, patient.sex(card), card.mrn, card.phone]
        st.markdown(f":gray[{ui.plain(' · '.join(fact for fact in facts if fact))}]")
        with st.container(horizontal=True, gap="xsmall"):
            patient.marks(visit.allergies, visit.chronic_conditions)
    when = ui.moment(visit.started_at)
    if visit.completed_at and not visit.reopenings:
        when = say("{start} to {end}", start=when, end=ui.clock_time(visit.completed_at))
    with_whom = say("{when} with **{doctor}**", when=when, doctor=ui.plain(visit.doctor_name))
    facts = [say("token {number}", number=visit.token_number)]
    if visit.follow_up_on:
        facts.append(say("follow-up on {day}", day=ui.clinic_day(visit.follow_up_on)))
    st.markdown(f"{ui.badge(visit.state)} {with_whom} :gray[· {' · '.join(facts)}]")


def measured(visit: VisitRecord, mine: bool) -> None:
    st.subheader(say("Vitals"), anchor=False)
    for taken in visit.vitals:
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            at = ui.moment if taken.reason else ui.clock_time
            by = f"{ui.plain(taken.recorded_by)}, {at(taken.recorded_at)}"
            st.markdown(f"{vitals.in_short(taken.measured)}  \n{small(by, taken.reason)}")
            if mine:
                strike_button(taken)
    for gone in visit.struck_vitals:
        crossed_out(gone)
    if not (visit.vitals or visit.struck_vitals):
        st.caption(say("Nothing was measured."))


def diagnosed(visit: VisitRecord, mine: bool) -> None:
    """The main one first, in bold."""
    st.subheader(say("Diagnosis"), anchor=False)
    for place, found in enumerate(visit.diagnoses):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            text = f"**{ui.plain(found.text)}**" if place == 0 else ui.plain(found.text)
            late = f"  \n{small(ui.plain(found.reason))}" if found.reason else ""
            st.markdown(f":blue-badge[{ui.plain(found.code)}] {text}{late}")
            if mine:
                strike_button(found)
    for gone in visit.struck_diagnoses:
        crossed_out(gone)
    if not (visit.diagnoses or visit.struck_diagnoses):
        st.caption(say("No diagnosis was given."))


def notes(visit: VisitRecord, mine: bool) -> None:
    """What holds, each with its earlier wordings."""
    st.subheader(say("Notes"), anchor=False)
    written = {note.note_id: note for note in visit.notes}
    for note in visits.standing_notes(visit.notes):
        _note(note, written, mine)
    if not visit.notes:
        st.caption(say("Nothing was written."))


def _note(note: NoteRecord, written: dict[int, NoteRecord], mine: bool) -> None:
    with st.container(border=True, gap="xsmall"):
        st.text(note.body)
        why = f" · {ui.plain(note.reason)}" if note.reason else ""
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(f"{ui.plain(note.author)}, {ui.moment(note.written_at)}{why}", width="content")
            if mine:
                st.button(
                    say("Amend"), key=f"reword_{note.note_id}", type="tertiary", icon=":material/edit:",
                    on_click=ui.open_dialog, args=("visit.reword", note.note_id),
                )  # fmt: skip
        for earlier in earlier_wordings(note, written):
            st.markdown(small(say("Before, {when}", when=ui.moment(earlier.written_at)), earlier.author))
            lines = filter(None, earlier.body.splitlines())
            st.markdown("  \n".join(f":small[:gray[~~{ui.plain(line)}~~]]" for line in lines))


def prescribed(visit: VisitRecord, prescription: PrescriptionRecord | None, mine: bool) -> None:
    """Its own doctor changes it until something was handed over."""
    if mine:
        prescribing.section(visit.visit_id, prescription, signed=True)
        return
    st.subheader(say("Prescription"), anchor=False)
    if prescription is None:
        st.caption(say("Nothing was prescribed."))
        return
    for item in prescription.items:
        st.markdown(f"- **{ui.plain(item.medicine)}**: {ui.plain(item.in_words)}")
    st.caption(f"{ui.plain(prescription.number)}, {ui.moment(prescription.issued_at)}")


asked = ui.id_of(st.query_params.get("id", ""))
if asked is None:
    ui.empty(say("Which visit? Open one from a patient's past visits."), "clinical_notes")
    st.stop()
try:
    with ui.reading() as session:
        visit = visits.get(session, actor, asked)
        prescription = prescriptions.for_visit(session, actor, visit.visit_id)
except ReasonNeeded as closed:
    file_access.stop(closed)
except NotFound:
    ui.empty(say("There is no visit {number}. The address may have been cut off.", number=asked), "search_off")
    st.stop()
file_access.opened(visit.patient.patient_id)
mine = amending.may_amend(actor, visit)
head(visit)
whole, side = st.columns([11, 5], gap="large")
with whole:
    measured(visit, mine)
    diagnosed(visit, mine)
    notes(visit, mine)
    prescribed(visit, prescription, mine)
    st.subheader(say("Papers"), anchor=False)
    documents.section(visit)
with side:
    amending.steps(actor, visit)
    visit_trail.trail(visit)
amending.dialogs(actor, visit)
