"""What a scanner sent, where a medicine or a batch is chosen; a code nobody knows yet is given to its medicine."""

import streamlit as st

from core import inventory
from core.errors import ClinicError
from core.inventory import Scan
from core.words import later, say
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.messages import flash
from pages.ui.session import current_actor
from pages.ui.show import plain
from pages.ui.work import act, form_key, reading, refusals_shown

_GIVEN = "barcode_given"


def was_given() -> bool:
    """Whether the code nobody knew has found its medicine since this was asked last."""
    return bool(st.session_state.pop(_GIVEN, False))


def look_up(code: str) -> Scan | str:
    """What the code means, or why it cannot be read."""
    try:
        with reading() as session:
            return inventory.scanned(session, current_actor(), code)
    except ClinicError as refusal:
        return str(refusal)


def medicines_meant(code: str, *, scanned: bool) -> set[int]:
    """Of what was scanned, or typed; says so where it is a code that nobody knows, or that was read wrong."""
    scan = look_up(code)
    if isinstance(scan, str):
        st.error(scan, icon=":material/error:")
        return set()
    if not scan.is_known and (scan.barcode or scanned):
        unknown(scan)
    return {scan.medicine.medicine_id} if scan.medicine else {batch.medicine_id for batch in scan.batches}


def unknown(scan: Scan) -> None:
    """Says that nobody knows the code, and offers to give it to a medicine if it is one of an article."""
    code = scan.barcode or scan.number
    with st.container(horizontal=True, vertical_alignment="center"):
        told = say("{code} is no medicine or batch we know.", code=plain(code))
        st.markdown(f":orange[:material/barcode: {told}]", width="stretch")
        if scan.barcode:
            about = ["stock.barcode", scan.barcode]
            st.button(say("Give it to a medicine"), icon=":material/link:", on_click=open_dialog, args=about)


@dialog(later("Whose barcode is this?"), icon=":material/barcode:", on_dismiss=close_dialog)
def give(barcode: str) -> None:
    with reading() as session:
        medicines = inventory.list_medicines(session, current_actor())
    names = {medicine.medicine_id: medicine.name for medicine in medicines}
    st.caption(say("From now on a scan of {barcode} means this medicine.", barcode=barcode))
    with st.form(form_key("give_barcode"), border=False):
        chosen = st.selectbox(
            say("Medicine"), list(names), None, names.__getitem__, placeholder=say("Type a part of its name")
        )
        sent = st.form_submit_button(
            say("Give it this barcode"), type="primary", shortcut="Ctrl+Enter", width="stretch"
        )
    if sent and chosen is None:
        st.error(say("Choose the medicine first."), icon=":material/error:")
    elif sent and chosen:
        with refusals_shown():
            act("give_barcode", inventory.give_barcode, chosen, barcode)
            close_dialog()
            st.session_state[_GIVEN] = True
            flash(say("{barcode} is {medicine} from now on", barcode=barcode, medicine=names[chosen]), icon="barcode")


def scanning_dialogs() -> None:
    """The one, if it is open."""
    if barcode := opened("stock.barcode"):
        give(barcode)
