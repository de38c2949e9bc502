"""What patients bring back, found by bill, prescription or patient; and labels once more."""

import streamlit as st

from core import dispensing
from core.dispensing import GivenItem, HandedOver
from core.permissions import Actor
from pages.ui import labels
from pages.ui.dialog import close_dialog, open_dialog, opened
from pages.ui.file_access import list_opened
from pages.ui.keyboard import keyboard
from pages.ui.messages import flash
from pages.ui.numbers import units_box, whole
from pages.ui.show import clinic_day, empty, moment, plain, units
from pages.ui.work import act, form_key, reading, refusals_shown

WHY = ("Not tolerated", "Doctor changed it", "Not needed any more", "Recalled", "Wrong medicine")
USABLE = {True: "Unopened: back on the shelf", False: "Cannot be used again: written off"}


def show(actor: Actor) -> None:
    key = f"find_given_{st.session_state.setdefault('returns_round', 0)}"
    if sent := st.session_state.pop("returns_scan", ""):
        st.session_state[key] = sent
    term = st.text_input(
        "Find what was handed over", key=key, live=True, icon=":material/search:",
        placeholder="Name, MRN, bill or prescription  —  press /",
    )  # fmt: skip
    list_opened("what was handed over")
    with reading() as session:
        found = dispensing.find_handed_over(session, actor, term)
    if not found:
        empty("Nothing like it was handed over." if term else "Nothing was handed over yet.", "assignment_return")
    elif not term:
        st.caption("Handed over last")
    for given in found:
        _given(actor, given)
    if item := opened("counter.take_back"):
        _take_back(*item)
    if scanned := keyboard(search=key, focus_id=key):
        st.session_state["returns_scan"] = scanned
        st.session_state["returns_round"] += 1
        st.rerun()


def _given(actor: Actor, given: HandedOver) -> None:
    facts = f"{given.mrn} · bill {given.number} · {moment(given.dispensed_at)} by {given.dispensed_by}"
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(given.patient)}**  \n:small[:gray[{plain(facts)}]]")
            st.space("stretch")
            if st.toggle("Labels", key=f"again_{given.dispensing_id}"):
                labels.offer(actor, given.dispensing_id)
        for item in given.items:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(_told(item))
                st.space("stretch")
                if item.left:
                    st.button(
                        "Take back", key=f"back_{item.item_id}", icon=":material/assignment_return:",
                        on_click=open_dialog, args=["counter.take_back", (given, item)],
                    )  # fmt: skip


def _told(item: GivenItem) -> str:
    marks = " :orange-badge[:material/block: Blocked]" if item.blocked else ""
    marks += " :red-badge[:material/event_busy: Expired]" if item.expired else ""
    marks += f" :gray-badge[:material/assignment_return: {item.returned:,} came back]" if item.returned else ""
    facts = f"Batch {item.batch_number} · expires {clinic_day(item.expires_on)}"
    return f"{units(item.quantity, plain(item.unit))} {plain(item.medicine)}{marks}  \n:small[:gray[{plain(facts)}]]"


@st.dialog("Take back", icon=":material/assignment_return:", on_dismiss=close_dialog)
def _take_back(given: HandedOver, item: GivenItem) -> None:
    name = f"take_back_{item.item_id}_{item.returned}"
    st.markdown(
        f"**{plain(item.medicine)}**, batch {plain(item.batch_number)}  \n"
        f"{plain(given.patient)} has {units(item.left, plain(item.unit))} of it."
    )
    if item.blocked or item.expired:
        why = "blocked" if item.blocked else "expired"
        st.warning(f"This batch is {why}: what comes back is put aside and not handed over again.")
    with st.form(form_key(name), border=False):
        quantity = units_box("How many come back", item.left)
        usable = st.radio("They are", list(USABLE), format_func=USABLE.__getitem__, index=None)
        reason = st.selectbox("Why", WHY, index=None, accept_new_options=True, placeholder="Choose or type")
        sent = st.form_submit_button("Take back", type="primary", shortcut="Ctrl+Enter", width="stretch")
    st.caption("Money is paid back at the cash desk, which sees what came back.")
    if sent and usable is None:
        st.error("Say whether they can be used again.", icon=":material/error:")
    elif sent:
        with refusals_shown():
            back = act(
                name, dispensing.take_back, item.item_id, whole(quantity), usable=bool(usable), reason=reason or ""
            )
            close_dialog()
            no_stock = f", and are no stock: {back.why_no_stock}" if back.why_no_stock else ""
            flash(f"{units(back.quantity, back.unit)} came back{no_stock}. Bill {back.number}", "assignment_return")
