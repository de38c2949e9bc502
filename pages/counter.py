"""The pharmacy's counter: who paid and waits, what to take from which batch, handed over by one key."""

import streamlit as st

from core import dispensing
from core.dispensing import Waiting
from core.permissions import Permission
from pages import ui
from pages.ui import handing_over

actor = ui.page("Counter", Permission.DISPENSE)
search_key = f"find_waiting_{st.session_state.get('counter_round', 0)}"
ui.found_by_address(search_key)


def choose(invoice_id: int | None) -> None:
    """Open a bill, or none, with an empty search box."""
    st.session_state["waiting"] = invoice_id
    st.session_state["counter_round"] = st.session_state.get("counter_round", 0) + 1


def hand_over(bill: Waiting, *, partly: bool) -> None:
    """Leaves this run when it succeeds; comes back when it is refused."""
    with ui.refusals_shown():
        handed = ui.act(f"dispense_{bill.invoice_id}_{partly}", dispensing.dispense, bill.invoice_id, partly=partly)
        st.session_state["handed"] = handed
        choose(None)
        ui.flash(f"Handed over to {handed.patient}", icon="medication")


def chosen(bill: Waiting) -> None:
    """What one patient gets, and the keys that hand it over."""
    if bill.taken_back:
        handing_over.taken_back(bill, bill.taken_back)
        return
    with ui.reading() as session:
        planned = dispensing.planned(session, actor, bill.medicines)
    handing_over.to_hand_over(bill, planned)
    key, partly_key = (ui.form_key(f"dispense_{bill.invoice_id}_{partly}") for partly in (False, True))
    refused = False
    icon = ":material/medication:"
    if st.button("Dispense", key=key, type="primary", shortcut="Ctrl+Enter", width="stretch", icon=icon):
        hand_over(bill, partly=False)
        refused = True
    if planned and (refused or any(line.is_short for line in bill.medicines)):
        st.caption("The rest stays owed and in the list, until it is there.")
        if st.button("Hand over what is there", key=partly_key, width="stretch", icon=":material/call_split:"):
            hand_over(bill, partly=True)


with ui.reading() as session:
    waiting = dispensing.list_waiting(session, actor)
left, right = st.columns([5, 6], gap="medium")
with left:
    term = st.text_input(
        "Find a patient",
        key=search_key,
        live=True,
        icon=":material/search:",
        placeholder="Name, MRN or bill  —  press /",
    )
    handing_over.waiting_list(actor, term, choose)
open_id = st.session_state.get("waiting")
hits = handing_over.matching(waiting, term) if term else [bill for bill in waiting if bill.invoice_id == open_id]
with right:
    if hits:
        chosen(hits[0])
    elif handed := st.session_state.get("handed"):
        handing_over.handed_over(handed)
    else:
        ui.empty("Choose who is served. What to take from the shelf appears here.", "medication")
if scanned := ui.keyboard(search=search_key, focus_id=search_key):
    choose(next((bill.invoice_id for bill in handing_over.matching(waiting, scanned)), None))
    st.rerun()
