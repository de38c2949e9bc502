"""Two records of one person: side by side, then one; and two again."""

from collections.abc import Sequence

import streamlit as st

from core import patients
from core.patients import Difference, Keep, MergePreview, MergeRecord, PatientCard
from core.words import later, say
from pages.ui import file_access
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.patients.patient_card import MERGE
from pages.ui.patients.patient_form import choose_patient
from pages.ui.session import current_actor
from pages.ui.show import empty, moment, patient_line, plain
from pages.ui.work import act, form_key, reading, refusals_shown

HITS = 5


def merge_if_asked() -> None:
    """Call it where the page draws its dialogs."""
    if opened(MERGE):
        _merge()


@dialog(later("Merge two records"), width="medium", icon=":material/merge:", on_dismiss=close_dialog)
def _merge() -> None:
    """Without the other one it is looked for first. A dialog redraws itself alone: it asks anew which pair it is."""
    one_id, other_id = opened(MERGE)
    if other_id is None:
        _find_other(one_id)
        return
    actor = current_actor()
    with refusals_shown():
        with reading() as session:
            preview = patients.preview_merge(session, actor, one_id, other_id)
        _compare(preview)


def _find_other(patient_id: int) -> None:
    """Who is likely the same is offered; anybody can be typed."""
    actor = current_actor()
    term = st.text_input(
        say("The other record"), key=f"other_{patient_id}", live=True, icon=":material/search:",
        placeholder=say("Name, phone or MRN"),
    )  # fmt: skip
    with reading() as session:
        card = patients.get(session, actor, patient_id)
        if term:
            hits = patients.search(session, actor, term, HITS + 1)
        else:
            details = patients.details(session, actor, patient_id)
            hits = [one.card for one in patients.find_likely_duplicates(session, actor, details, HITS + 1)]
    hits = [hit for hit in hits if hit.patient_id != patient_id][:HITS]
    st.markdown(say("Which record is **{name}** ({mrn}) too?", name=plain(card.name), mrn=card.mrn))
    if not hits:
        empty(say("Nobody found.") if term else say("No record looks like the same person. Type a name, phone or MRN."))
        return
    other = choose_patient(hits, term or "likely", f"other_hit_{patient_id}")
    if other:
        pair = [MERGE, (patient_id, other.patient_id)]
        st.button(
            say("Compare"), type="primary", shortcut="Ctrl+Enter", width="stretch", on_click=open_dialog, args=pair
        )


def _compare(preview: MergePreview) -> None:
    stays, goes = preview.stays, preview.goes
    for card in (stays, goes):
        file_access.card_opened(card.patient_id)
    left, right = st.columns(2)
    _side(left, stays, say("Stays"), "green", say("All of it is in this record afterwards."))
    moves = ", ".join(preview.moves)
    moves = say("Moves over: {moves}.", moves=moves) if moves else say("Nothing hangs on it.")
    ends = say("The record is archived; its number leads to the one that stays.")
    _side(right, goes, say("Goes"), "gray", f"{moves} {ends}")
    st.button(
        say("Keep the other one instead"), icon=":material/swap_horiz:", type="tertiary",
        on_click=open_dialog, args=[MERGE, (goes.patient_id, stays.patient_id)],
    )  # fmt: skip
    if preview.problem:
        st.error(plain(preview.problem), icon=":material/error:")
        return
    name = f"merge_{stays.patient_id}_{goes.patient_id}"
    choices = {difference.field: _choice(difference, name) for difference in preview.differences}
    if not choices:
        st.caption(say("Both say the same."))
    key, icon = form_key(name), ":material/merge:"
    if st.button(say("Merge into one"), key=key, type="primary", shortcut="Ctrl+Enter", width="stretch", icon=icon):
        with refusals_shown():
            done = act(name, patients.merge, stays.patient_id, goes.patient_id, choices)
            close_dialog()
            st.query_params["patient"] = done.stays.mrn
            name, number = done.stays.name, done.stays.mrn
            flash(say("{mrn} is part of {name}, {number}", mrn=goes.mrn, name=name, number=number), icon="merge")


def _side(column: st.delta_generator.DeltaGenerator, card: PatientCard, word: str, colour: str, what: str) -> None:
    with column.container(border=True, height="stretch"):
        st.markdown(f":{colour}-badge[{word}]  \n{patient_line(card)}  \n:small[{what}]")


def _choice(difference: Difference, name: str) -> Keep:
    """Which text is kept; of clinical text both may be."""
    texts = {Keep.STAYS: difference.stays, Keep.GOES: difference.goes}
    if difference.keep is Keep.BOTH:
        texts[Keep.BOTH] = say("Both: {stays}, {goes}", stays=difference.stays, goes=difference.goes)
    chosen: Keep = st.radio(
        difference.label,
        list(texts),
        list(texts).index(difference.keep),
        format_func=lambda keep: plain(texts[keep]) or f":gray[{say('empty')}]",
        key=f"{name}_{difference.field}",
        horizontal=True,
    )
    return chosen


def merges(done: Sequence[MergeRecord]) -> None:
    """Newest first, each with its undoing."""
    with st.expander(say("Merged records: {count}", count=len(done)), icon=":material/merge:"):
        if not done:
            st.caption(say("No records have been merged."))
        for one in done:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(_in_words(one), width="stretch")
                if one.undone_at:
                    st.markdown(f":gray-badge[:material/undo: {say('Undone')}]")
                else:
                    _undo(one)


def _in_words(one: MergeRecord) -> str:
    goes, stays = (f"**{plain(card.name)}** {card.mrn}" for card in (one.goes, one.stays))
    pair = say("{goes} into {stays}", goes=goes, stays=stays)
    when = say("{time} by {name}", time=moment(one.merged_at), name=plain(one.merged_by))
    return f"{pair}  \n:small[:gray[{' · '.join([when, *filter(None, [', '.join(one.moved)])])}]]"


def _undo(one: MergeRecord) -> None:
    name = f"undo_merge_{one.merge_id}"
    if st.button(say("Undo"), key=form_key(name), icon=":material/undo:"):
        with refusals_shown():
            act(name, patients.undo_merge, one.merge_id)
            flash(say("{name}, {mrn}, is a record of its own again", name=one.goes.name, mrn=one.goes.mrn), icon="undo")
