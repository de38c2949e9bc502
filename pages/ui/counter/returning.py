"""What patients bring back, found by bill, prescription or patient; and labels once more."""

import streamlit as st

from core import dispensing
from core.dispensing import GivenItem, HandedOver, ReturnRecord
from core.permissions import Actor
from core.words import later, say
from pages.ui.counter import labels
from pages.ui.dialog import close_dialog, dialog, open_dialog, opened
from pages.ui.file_access import list_opened
from pages.ui.keyboard import keyboard
from pages.ui.messages import flash
from pages.ui.numbers import units_box, whole
from pages.ui.reasons import because
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
        placeholder=say("Name, MRN, bill or prescription, or a scan"),
    )  # fmt: skip
    list_opened("what was handed over")
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
    handed = say("{at} by {person}", at=moment(given.dispensed_at), person=given.dispensed_by)
    facts = " · ".join((given.mrn, say("bill {number}", number=given.number), handed))
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
    marks = f" :orange-badge[:material/block: {say('Blocked')}]" if item.blocked else ""
    marks += f" :red-badge[:material/event_busy: {say('Expired')}]" if item.expired else ""
    if item.returned:
        marks += f" :gray-badge[:material/assignment_return: {say('{count:,} came back', count=item.returned)}]"
    batch, expires = say("Batch {number}", number=item.batch_number), clinic_day(item.expires_on)
    facts = f"{batch} · {say('expires {day}', day=expires)}"
    return f"{units(item.quantity, plain(item.unit))} {plain(item.medicine)}{marks}  \n:small[:gray[{plain(facts)}]]"


@dialog(later("Take back"), icon=":material/assignment_return:", on_dismiss=close_dialog)
def _take_back(given: HandedOver, item: GivenItem) -> None:
    name = f"take_back_{item.item_id}_{item.returned}"
    head = say("**{medicine}**, batch {number}", medicine=plain(item.medicine), number=plain(item.batch_number))
    left = say("{patient} has {units} of it.", patient=plain(given.patient), units=units(item.left, plain(item.unit)))
    st.markdown(f"{head}  \n{left}")
    if item.blocked or item.expired:
        blocked = say("This batch is blocked: what comes back is put aside and not handed over again.")
        expired = say("This batch is expired: what comes back is put aside and not handed over again.")
        st.warning(blocked if item.blocked else expired)
    with st.form(form_key(name), border=False):
        quantity = units_box(say("How many come back"), item.left)
        usable = st.radio(say("They are"), list(USABLE), format_func=lambda usable: say(USABLE[usable]), index=None)
        reason = because(WHY, key=f"why_{form_key(name)}")
        sent = st.form_submit_button(say("Take back"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    st.caption(say("Money is paid back at the cash desk, which sees what came back."))
    if sent and usable is None:
        st.error(say("Say whether they can be used again."), icon=":material/error:")
    elif sent:
        with refusals_shown():
            back = act(name, dispensing.take_back, item.item_id, whole(quantity), usable=bool(usable), reason=reason)
            close_dialog()
            flash(_came_back(back), "assignment_return")


def _came_back(back: ReturnRecord) -> str:
    facts = {"quantity": units(back.quantity, back.unit), "number": back.number}
    if back.why_no_stock:
        return say("{quantity} came back, and are no stock: {why}. Bill {number}", why=back.why_no_stock, **facts)
    return say("{quantity} came back. Bill {number}", **facts)
