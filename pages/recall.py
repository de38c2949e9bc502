"""Recall: a batch is found, blocked, and everybody who got of it is reached."""

import streamlit as st

from core import recall
from core.errors import ClinicError
from core.permissions import Permission
from core.words import say
from pages import ui
from pages.ui import file_access
from pages.ui.stock import recalling

actor = ui.page(say("Recall"), Permission.RECALL)
search_key = f"find_batch_{st.session_state.get('recall_round', 0)}"
ui.found_by_address(search_key)
if sent := st.session_state.pop("recall_scan", ""):
    st.session_state[search_key] = sent

term = st.text_input(
    say("Find a batch"), key=search_key, live=True, icon=":material/search:",
    placeholder=say("Batch number, medicine or supplier, or a scan"),
)  # fmt: skip
found, refusal = [], None
try:
    with ui.reading() as session:
        found = recall.find(session, actor, term)
except ClinicError as refused:  # a code that was read wrong
    refusal = refused
left, right = st.columns(2, gap="medium")
with left:
    if refusal:
        st.warning(ui.plain(str(refusal)), icon=":material/barcode_scanner:")
    else:
        recalling.batches_found(found, term)
traced, got = [], []
only = [found[0].batch.batch_id] if term and len(found) == 1 else []
if chosen := recalling.chosen() or only:
    file_access.list_opened(f"who got of batches {', '.join(map(str, sorted(chosen)))}")
    with ui.reading() as session:
        traced = recall.traced(session, actor, chosen)
        got = recall.recipients(session, actor, chosen)
with right:
    if traced:
        recalling.batches(traced)
    else:
        ui.empty(say("Open a batch on the left. Who got of it appears here."), "campaign")
if traced:
    recalling.recipients(traced, got)
recalling.dialogs()
if scanned := ui.keyboard(search=search_key, focus_id=search_key):
    st.session_state["recall_scan"] = scanned
    st.session_state["recall_round"] = st.session_state.get("recall_round", 0) + 1
    st.rerun()
