"""The cash desk: visits become bills, bills become payments, payments become receipts."""

from collections.abc import Callable

import streamlit as st

from core import billing, dispensing
from core.billing import CreditNoteRecord, InvoiceRecord, InvoiceState
from core.permissions import Permission
from core.words import later, say
from pages import ui
from pages.ui import keys, parts, printing
from pages.ui.cash import (
    advances,
    bill,
    bill_by_hand,
    bill_lists,
    bill_papers,
    bill_paying,
    dues,
    price_view,
    refunding,
    settling,
)

actor = ui.page(say("Cash"), Permission.TAKE_PAYMENT)
search_key = f"find_bill_{st.session_state.get('cash_round', 0)}"
ui.found_by_address(search_key)


def choose(invoice_id: int) -> None:
    """Open a bill, with an empty search box."""
    st.session_state["bill"] = invoice_id
    st.session_state["cash_round"] = st.session_state.get("cash_round", 0) + 1


def made(new: InvoiceRecord) -> None:
    choose(new.invoice_id)
    ui.flash(say("Bill {number} for {patient}", number=new.number, patient=new.patient), icon="receipt_long")


def paid(now: InvoiceRecord) -> None:
    choose(now.invoice_id)
    bill_papers.send(bill_papers.receipt(now), bill_papers.STRIP)
    ui.flash(
        say("Bill {number} is paid", number=now.number)
        if now.state is InvoiceState.PAID
        else say("{due} still to pay", due=ui.money(now.due)),
        "payments",
    )


def refunded(note: CreditNoteRecord) -> None:
    with ui.reading() as session:
        of = billing.get(session, actor, note.invoice_id)
    choose(note.invoice_id)
    bill_papers.send(bill_papers.credit_note(of, note), bill_papers.STRIP)
    ui.flash(say("{amount} given back: credit note {number}", amount=ui.money(note.amount), number=note.number), "undo")


def chosen_bill(invoice_id: int) -> None:
    with ui.reading() as session:
        record = billing.get(session, actor, invoice_id)
        advance = billing.advance_of(session, actor, record.patient_id)
        short = dispensing.short_of(session, actor, invoice_id) if record.due else []
    with st.container(border=True):
        bill.show_bill(record)
        bill.goes_with(record, choose)
        if record.due:
            bill.not_there(short)
            bill_paying.take_payment(record, advance, paid)
        bill.jobs(record, advance)
        bill.explained(record)


def bills() -> None:
    left, right = st.columns([5, 6], gap="medium")
    with left:
        term = st.text_input(
            say("Find a bill"),
            key=search_key,
            live=True,
            icon=":material/search:",
            placeholder=say("Name, MRN or number, or a scan"),
        )
        bill_lists.bill_lists(actor, term, made, choose)
    with ui.reading() as session:
        typed = bill_lists.typed_bill(session, actor, term)
    with right:
        if invoice_id := typed or st.session_state.get("bill"):
            chosen_bill(invoice_id)
        else:
            ui.empty(say("Make a bill for a visit (Alt+1), or open one."), "receipt_long")
    if scanned := ui.keyboard(search=search_key, focus_id=search_key):
        with ui.reading() as session:
            hit = bill_lists.typed_bill(session, actor, scanned)
        if hit:
            choose(hit)
            st.rerun()
        ui.flash(say("No bill has the number {scanned}.", scanned=scanned), "barcode_scanner")


def open_from_dues(invoice_id: int) -> None:
    choose(invoice_id)
    parts.show("Bills")


def find_from_dues(mrn: str) -> None:
    parts.show("Bills")
    st.query_params["find"] = mrn


PARTS: dict[str, Callable[[], None]] = {
    later("Bills"): bills,
    later("Dues"): lambda: dues.dues_list(actor, open_from_dues, find_from_dues),
    later("Prices"): lambda: price_view.price_view(actor),
}
with st.container(horizontal=True, vertical_alignment="center"):
    part = parts.chosen(list(PARTS))
    st.space("stretch")
    for label, dialog, icon, shortcut in (
        (say("Advance"), "cash.advance", "savings", None),
        (say("By hand"), "cash.by_hand", "add", keys.CASH["by_hand"].keys),
    ):
        st.button(label, icon=f":material/{icon}:", shortcut=shortcut, on_click=ui.open_dialog, args=[dialog])
PARTS[part]()
if ui.opened("cash.by_hand"):
    bill_by_hand.bill_by_hand(made)
if cancelled := ui.opened("cash.cancel"):
    bill.cancel_bill(cancelled)
if correcting := ui.opened("cash.correct"):
    bill_by_hand.correct_bill(correcting)
if refunding_of := ui.opened("cash.refund"):
    refunding.refund_bill(refunding_of, refunded)
if swapping := ui.opened("cash.swap"):
    settling.swap_medicine(swapping, made)
if whose := ui.opened("cash.advance"):
    advances.advance_dialog(None if whose is True else whose)
printing.waiting()
