"""The prescription of a visit: rows while it is written, words once it is issued."""

import streamlit as st

from core import clock, prescriptions
from core.errors import Conflict
from core.prescriptions import PrescriptionRecord
from core.words import say
from pages.ui.messages import flash
from pages.ui.prescribing import prescription_sets as sets
from pages.ui.prescribing.prescription_draft import (
    Items,
    add,
    again,
    amended,
    begin,
    keep,
    keep_part,
    part,
    said,
    stop_writing,
    written,
)
from pages.ui.prescribing.prescription_draft import medicine_box as medicine_box
from pages.ui.prescribing.prescription_issued import issued
from pages.ui.prescribing.prescription_line import entered, line_box
from pages.ui.prescribing.prescription_rows import rows
from pages.ui.session import current_actor
from pages.ui.show import clinic_day, plain
from pages.ui.work import act, form_key, reading, refusals_shown


class LineNotAdded(Conflict):
    """Signing would lose it."""

    def __init__(self, line: str) -> None:
        super().__init__(
            say(
                "“{line}” stands in the medicine box and is not prescribed. Press Enter there, or empty it.",
                line=line[:60],
            )
        )


def section(visit_id: int, standing: PrescriptionRecord | None, *, signed: bool = False) -> None:
    """What is being written, or the prescription that stands. A signed visit takes no first one."""
    st.subheader(say("Prescription"), anchor=False)
    begin(visit_id, signed=signed)
    if standing and amended(visit_id) != standing.prescription_id:
        issued(visit_id, standing)
        return
    if signed and not standing:
        st.caption(say("Nothing was prescribed."))
        return
    entered(visit_id)
    known, items = sets.known(), written(visit_id)
    edited = rows(visit_id, items, known)
    if edited != items:  # and go on: a new run would lose the click that made this one
        keep(visit_id, edited)
        items = edited
    if sentence := said(visit_id):
        st.info(plain(sentence), icon=":material/info:")
    line_box(visit_id, items)
    sets.chips(visit_id, known)
    with st.container(horizontal=True, vertical_alignment="center"):
        _former(visit_id, items)
        sets.keeping(visit_id, items, known)
    _buttons(visit_id, items, standing, signed)


def save(visit_id: int) -> bool:
    """Issue what is written; False if nothing is. Raises LineNotAdded or what `prescribe` and `amend` refuse."""
    if line := part(visit_id, "line"):
        raise LineNotAdded(line)
    items, amends, name = written(visit_id), amended(visit_id), f"prescribe_{visit_id}"
    if amends:
        act(name, prescriptions.amend, amends, items, part(visit_id, "amend_reason"))
    elif items:
        act(name, prescriptions.prescribe, visit_id, items)
    else:
        return False
    stop_writing(visit_id)
    return True


def _former(visit_id: int, items: Items) -> None:
    """Any former prescription of the patient with one click; the last one at hand while nothing is written."""
    actor = current_actor()
    with reading() as session:
        former = prescriptions.former(session, actor, visit_id)
    repeat = f"repeat_{visit_id}"
    if former and not items and st.button(say("Repeat last prescription"), key=repeat, icon=":material/history:"):
        _repeat(visit_id, former[0])
    if len(former) < (1 if items else 2):
        return
    with st.popover(say("Former prescriptions"), icon=":material/history:", type="tertiary"):
        for one in former:
            day = clinic_day(clock.local(one.issued_at).date())
            names = ", ".join(item.medicine for item in one.items)
            label = f"**{plain(day)}** {plain(names)} :gray[{plain(one.doctor_name)}]"
            if st.button(label, key=f"repeat_{visit_id}_{one.prescription_id}", type="tertiary"):
                _repeat(visit_id, one)


def _repeat(visit_id: int, one: PrescriptionRecord) -> None:
    """What is repeated is checked anew: reasons are not taken along."""
    add(visit_id, *again(one.items))
    st.rerun()


def _buttons(visit_id: int, items: Items, standing: PrescriptionRecord | None, signed: bool) -> None:
    if not items and not standing:
        return
    if standing:
        label = say("Reason for the change") if signed else say("Reason for the change (may be left out)")
        reason = st.text_input(label, part(visit_id, "amend_reason"), key=f"amend_reason_{visit_id}")
        keep_part(visit_id, "amend_reason", (reason or "").strip())
    with st.container(horizontal=True):
        label = say("Issue the new version") if standing else say("Issue prescription")
        help_text = None if signed else say("Completing the visit issues it, too.")
        if st.button(label, key=form_key(f"prescribe_{visit_id}"), icon=":material/prescriptions:", help=help_text):
            with refusals_shown():
                save(visit_id)
                flash(say("Prescription issued"))
        kept = say("Keep {number}", number=standing.number) if standing else ""
        if kept and st.button(kept, key=f"keep_{visit_id}", type="tertiary"):
            stop_writing(visit_id)
            st.rerun()
