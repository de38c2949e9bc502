"""The pharmacy's counter: who paid and waits, handed over by one key; what is owed, what comes back, the register."""

import streamlit as st

from core import dispensing
from core.dispensing import Waiting
from core.errors import ClinicError
from core.permissions import Permission
from core.words import later, say
from pages import ui
from pages.ui import keys, parts, printing
from pages.ui.counter import counter_lines, drug_register, handing_over, labels, owed_list, returning

actor = ui.page(say("Counter"), Permission.DISPENSE)
search_key = f"find_waiting_{st.session_state.get('counter_round', 0)}"
ui.found_by_address(search_key)


def choose(invoice_id: int | None) -> None:
    """Open a bill, or none, with an empty search box and nothing more said of an earlier scan."""
    handing_over.said("")
    st.session_state["waiting"] = invoice_id
    st.session_state["counter_round"] = st.session_state.get("counter_round", 0) + 1


def hand_over(bill: Waiting, *, partly: bool) -> None:
    """Leaves this run when it succeeds; comes back when it is refused."""
    chosen = counter_lines.chosen(bill)
    with ui.refusals_shown():
        handed = ui.act(
            f"dispense_{bill.invoice_id}_{partly}", dispensing.dispense, bill.invoice_id,
            partly=partly, instead=chosen.instead, by_hand=chosen.by_hand,
        )  # fmt: skip
        choose(None)
        ui.flash(say("Handed over to {patient}", patient=handed.patient), icon="medication")


def serve(bill: Waiting) -> None:
    """What one patient gets, and the keys that hand it over."""
    if bill.taken_back:
        handing_over.taken_back(bill, bill.taken_back)
        return
    with ui.reading() as session:
        plan = counter_lines.plan(session, actor, bill)
    handing_over.to_hand_over(bill, plan.items)
    counter_lines.lines(bill, plan)
    key, partly_key = (ui.form_key(f"dispense_{bill.invoice_id}_{partly}") for partly in (False, True))
    refused, icon, none = False, ":material/medication:", handing_over.none_there(bill, plan.items)
    if none:
        st.caption(say("Receive it under Stock, or choose Change: another medicine, or what is not given."))
    if st.button(
        say("Hand over"), key=key, type="primary", shortcut="Ctrl+Enter", width="stretch", icon=icon, disabled=none
    ):
        hand_over(bill, partly=False)
        refused = True
    if plan.items and (refused or plan.is_short):
        st.caption(say("The rest stays owed and in the list, until it is there."))
        if st.button(say("Hand over what is there"), key=partly_key, width="stretch", icon=":material/call_split:"):
            hand_over(bill, partly=True)


def scanned(code: str, waiting: list[Waiting], bill: Waiting | None) -> None:
    """A bill or a prescription opens who waits; a pack is chosen for the bill that is open."""
    try:
        with ui.reading() as session:
            numbers = dispensing.bills_of_code(session, actor, code)
            held = dispensing.pack(session, actor, bill.medicines, code) if bill and not numbers else None
    except ClinicError as refusal:
        choose(bill.invoice_id if bill else None)  # with an empty box, or it would be read again
        handing_over.said(str(refusal))
        st.rerun()
    if bill and held:
        counter_lines.take(bill, held)
        choose(bill.invoice_id)
        told = say("{medicine}, batch {number}", medicine=held.medicine, number=held.batch_number)
        ui.flash(told if held.batch_number else held.medicine, "barcode_scanner")
    found = [one for one in waiting if one.number in numbers] or handing_over.matching(waiting, code)
    choose(found[0].invoice_id if found else None)
    handing_over.said("" if found else handing_over.not_waiting(numbers, code))
    st.rerun()


def counter() -> None:
    with ui.reading() as session:
        waiting = dispensing.list_waiting(session, actor)
    left, right = st.columns([5, 6], gap="medium")
    with left:
        term = st.text_input(
            say("Find a patient"), key=search_key, live=True, icon=":material/search:",
            placeholder=say("Name, MRN or bill, or a scan"),
        )  # fmt: skip
        handing_over.waiting_list(actor, term, choose)
    by_id = {bill.invoice_id: bill for bill in waiting}
    bill = by_id.get(st.session_state.get("waiting", 0))
    typed = handing_over.matching(waiting, term) if term else []
    if term and (handing_over.is_code(term) or any(one.number == term.upper() for one in typed)):
        scanned(term, waiting, bill)
    with right:
        handing_over.show_said()
        if shown := next(iter(typed), None) or (None if term else bill):
            serve(shown)
        elif handed := ui.last_answer(dispensing.dispense):
            handing_over.handed_over(handed)
            labels.offer(actor, handed.dispensing_id, shortcut=keys.COUNTER["labels"].keys)
        else:
            ui.empty(say("Choose who is served. What to take from the shelf appears here."), "medication")
    if code := ui.keyboard(search=search_key, focus_id=search_key):
        scanned(code, waiting, bill)
    counter_lines.dialogs()


def owed() -> None:
    owed_list.show(actor, choose)


def returns() -> None:
    returning.show(actor)


def register() -> None:
    drug_register.show(actor)


PARTS = {later("Hand over"): counter, later("Owed"): owed, later("Returns"): returns, later("Register"): register}
PARTS[parts.chosen(list(PARTS))]()
printing.waiting()
