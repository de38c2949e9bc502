"""Diagnoses by ICD-10: those of a visit, favourites at hand, and a search box."""

from collections.abc import Sequence
from time import monotonic

import streamlit as st

from core import icd10, visits
from core.icd10 import Code
from core.visits import DiagnosisRecord, UsualCodes, VisitRecord
from core.words import later, say
from pages.ui.keys import ROOM
from pages.ui.room.striking import crossed_out, strike_button, strike_if_asked
from pages.ui.session import current_actor
from pages.ui.show import plain
from pages.ui.work import act, form_key, reading, refusals_shown

HITS, AT_HAND = 6, 8
LONGEST_CHIP = 34
_USUAL, _USUAL_SECONDS = "usual_codes", 300.0


def section(visit: VisitRecord) -> None:
    """The codes of this visit, the main one first; usual ones to click; a search box whose first hit Alt+D adds."""
    st.subheader(say("Diagnosis"), anchor=False)
    usual = usual_codes()
    if not visit.diagnoses:
        st.caption(
            say("None yet. Click a usual one or search; Alt+D adds the first hit. The first one is the main one.")
            if usual.ranked
            else say("None yet. Search; Alt+D adds the first hit. The first one is the main one.")
        )
    for place, found in enumerate(visit.diagnoses):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
            text = f"**{plain(found.text)}**" if place == 0 else plain(found.text)
            st.markdown(f":blue-badge[{plain(found.code)}] {text}")
            _pin(found.code, usual)
            _take_back(visit, found)
    for gone in visit.struck_diagnoses:
        crossed_out(gone)
    _at_hand(visit, usual)
    _find_diagnosis(visit.visit_id, usual.ranked)
    strike_if_asked(visit)


def usual_codes() -> UsualCodes:
    """The doctor's favourites and what is given often: a hint for the eye, read again after some minutes."""
    actor = current_actor()
    read_at, of, usual = st.session_state.get(_USUAL, (0.0, None, None))
    if usual is None or of != actor.user_id or monotonic() - read_at > _USUAL_SECONDS:
        with reading() as session:
            usual = visits.usual_codes(session, actor)
        st.session_state[_USUAL] = (monotonic(), actor.user_id, usual)
    found: UsualCodes = usual
    return found


def hits(term: str, before: Sequence[str]) -> list[Code]:
    """What fits the words typed, or a sentence that nothing does."""
    found = icd10.search(term, HITS, before)
    if term.strip() and not found:
        st.caption(say("No code fits. Try fewer or other words: pneumonia, J18, sugar."))
    return found


def code_label(code: Code) -> str:
    return f":blue-badge[{plain(code.code)}] {plain(code.title)}"


def search_box(visit_id: int) -> str:
    """The key of the search box: a new one, and so empty, after each diagnosis."""
    return f"find-{form_key(f'diagnosis_{visit_id}')}"


def _pin(code: str, usual: UsualCodes) -> None:
    pinned, name = code in usual.favourites, f"pin_{code}"
    star = ":orange[:material/star:]" if pinned else ":gray[:material/star:]"
    sentence = later("Take {code} out of my favourites") if pinned else later("Keep {code} among my favourites")
    if st.button(star, key=form_key(name), type="tertiary", help=say(sentence, code=code)):
        with refusals_shown():
            act(name, visits.unpin if pinned else visits.pin, code)
            st.session_state.pop(_USUAL, None)
            st.rerun()


def _take_back(visit: VisitRecord, found: DiagnosisRecord) -> None:
    """Removed while nobody has signed it; struck with a reason once somebody has."""
    if visit.was_signed(found.recorded_at):
        strike_button(found)
        return
    name, tip = f"remove_diagnosis_{found.diagnosis_id}", say("Remove {name}", name=found.code)
    if st.button("", key=form_key(name), icon=":material/close:", type="tertiary", help=tip):
        with refusals_shown():
            act(name, visits.remove_diagnosis, visit.visit_id, found.diagnosis_id)
            st.rerun()


def _at_hand(visit: VisitRecord, usual: UsualCodes) -> None:
    """One click adds a favourite or one of the codes this doctor gives most."""
    there = {found.code for found in visit.diagnoses}
    codes = [code for code in dict.fromkeys([*usual.favourites, *usual.own]) if code not in there][:AT_HAND]
    if not codes:
        return
    with st.container(horizontal=True, gap="xsmall", key="codes_at_hand"):
        for code in codes:
            name, title = f"usual_{visit.visit_id}_{code}", icd10.title(code)
            icon = ":material/star:" if code in usual.favourites else None
            if st.button(_short(title), key=form_key(name), icon=icon, help=plain(f"{code} {title}")):
                _add(name, visit.visit_id, code)


@st.fragment
def _find_diagnosis(visit_id: int, before: Sequence[str]) -> None:
    """Redraws itself while someone types. Only this: Streamlit loses Ctrl+Enter in a box that redraws only itself."""
    name = f"diagnosis_{visit_id}"
    term = st.text_input(
        say("Add a diagnosis"), key=search_box(visit_id), live=True, icon=":material/search:",
        placeholder=say("Disease in any words, or ICD-10 code"), label_visibility="collapsed",
    )  # fmt: skip
    with st.container(gap=None):
        for place, hit in enumerate(hits(term or "", before)):
            key, shortcut = f"{form_key(name)}-{hit.code}", ROOM["diagnosis"].keys if place == 0 else None
            if st.button(code_label(hit), key=key, type="tertiary", shortcut=shortcut):
                _add(name, visit_id, hit.code)


def _add(name: str, visit_id: int, code: str) -> None:
    with refusals_shown():
        act(name, visits.add_diagnosis, visit_id, code)
        st.session_state["room_focus"] = search_box(visit_id)
        st.rerun()


def _short(title: str) -> str:
    """The title up to its first comma or bracket, and no longer than a chip."""
    said = title.split(",")[0].split("[")[0].strip()
    return plain(said if len(said) <= LONGEST_CHIP else f"{said[: LONGEST_CHIP - 1].rstrip()}…")
