"""What patients bring back, found by bill, prescription or patient; and labels once more."""

import streamlit as st

from core import dispensing
from core.dispensing import GivenItem, HandedOver
from core.permissions import Actor
from core.words import later, say
from pages.ui import labels
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.file_access import list_opened
from pages.ui.keyboard import keyboard
from pages.ui.messages import flash
from pages.ui.numbers import units_box, whole
from pages.ui.show import clinic_day, empty, moment, plain, units
from pages.ui.work import act, form_key, reading, refusals_shown

WHY = (
    later("Not tolerated"),
    later("Doctor changed it"),
    later("Not needed any more"),
    later("Recalled"),
    later("Wrong medicine"),
)
USABLE = {True: later("Unopened: back on the shelf"), False: later("Cannot be used again: written off")}


def show(actor: Actor) -> None:
    key = f"find_given_{st.session_state.setdefault('returns_round', 0)}"
    if sent := st.session_state.pop("returns_scan", ""):
        st.session_state[key] = sent
    term = st.text_input(
        say("Find what was handed over"), key=key, live=True, icon=":material/search:",
        placeholder=say("Name, MRN, bill or prescription  —  press /"),
    )  # fmt: skip
    list_opened(say("what was handed over"))
    with reading() as session:
        found = dispensing.find_handed_over(session, actor, term)
    if not found:
        empty(
            say("Nothing like it was handed over.") if term else say("Nothing was handed over yet."),
            "assignment_return",
        )
    elif not term:
        st.caption(say("Handed over last"))
    for given in found:
        _given(actor, given)
    if item := opened("counter.take_back"):
        _take_back(*item)
    if scanned := keyboard(search=key, focus_id=key):
        st.session_state["returns_scan"] = scanned
        st.session_state["returns_round"] += 1
        st.rerun()


def _given(actor: Actor, given: HandedOver) -> None:
    facts = say(
        "{mrn} · bill {number} · {dispensed_at} by {dispensed_by}",
        mrn=given.mrn,
        number=given.number,
        dispensed_at=moment(given.dispensed_at),
        dispensed_by=given.dispensed_by,
    )
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(given.patient)}**  \n:small[:gray[{plain(facts)}]]")
            st.space("stretch")
            if st.toggle(say("Labels"), key=f"again_{given.dispensing_id}"):
                labels.offer(actor, given.dispensing_id)
        for item in given.items:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(_told(item))
                st.space("stretch")
                if item.left:
                    st.button(
                        say("Take back"), key=f"back_{item.item_id}", icon=":material/assignment_return:",
                        on_click=open_dialog, args=["counter.take_back", (given, item)],
                    )  # fmt: skip


def _told(item: GivenItem) -> str:
    marks = say(" :orange-badge[:material/block: Blocked]") if item.blocked else ""
    marks += say(" :red-badge[:material/event_busy: Expired]") if item.expired else ""
    marks += (
        say(" :gray-badge[:material/assignment_return: {returned:,} came back]", returned=item.returned)
        if item.returned
        else ""
    )
    facts = say(
        "Batch {batch_number} · expires {expires_on}",
        batch_number=item.batch_number,
        expires_on=clinic_day(item.expires_on),
    )
    return f"{units(item.quantity, plain(item.unit))} {plain(item.medicine)}{marks}  \n:small[:gray[{plain(facts)}]]"


@dialog(later("Take back"), icon=":material/assignment_return:", on_dismiss=close_dialog)
def _take_back(given: HandedOver, item: GivenItem) -> None:
    name = f"take_back_{item.item_id}_{item.returned}"
    st.markdown(
        say(
            "**{medicine}**, batch {batch_number}  \n{patient} has {left} of it.",
            medicine=plain(item.medicine),
            batch_number=plain(item.batch_number),
            patient=plain(given.patient),
            left=units(item.left, plain(item.unit)),
        )
    )
    if item.blocked or item.expired:
        why = "blocked" if item.blocked else "expired"
        st.warning(say("This batch is {why}: what comes back is put aside and not handed over again.", why=why))
    with st.form(form_key(name), border=False):
        quantity = units_box(say("How many come back"), item.left)
        usable = st.radio(say("They are"), list(USABLE), format_func=USABLE.__getitem__, index=None)
        reason = st.selectbox(say("Why"), WHY, index=None, accept_new_options=True, placeholder=say("Choose or type"))
        sent = st.form_submit_button(say("Take back"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    st.caption(say("Money is paid back at the cash desk, which sees what came back."))
    if sent and usable is None:
        st.error(say("Say whether they can be used again."), icon=":material/error:")
    elif sent:
        with refusals_shown():
            back = act(
                name, dispensing.take_back, item.item_id, whole(quantity), usable=bool(usable), reason=reason or ""
            )
            close_dialog()
            no_stock = (
                say(", and are no stock: {why_no_stock}", why_no_stock=back.why_no_stock) if back.why_no_stock else ""
            )
            flash(
                say(
                    "{quantity} came back{no_stock}. Bill {number}",
                    quantity=units(back.quantity, back.unit),
                    no_stock=no_stock,
                    number=back.number,
                ),
                "assignment_return",
            )
