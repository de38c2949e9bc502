"""The cash desk: visits become bills, bills become payments, payments become receipts."""

import streamlit as st

from core import billing
from core.billing import InvoiceRecord, InvoiceState
from core.permissions import Permission
from pages import ui
from pages.ui import bill, bill_by_hand, bill_lists, bill_papers, bill_paying, parts, printing

actor = ui.page("Cash", Permission.TAKE_PAYMENT)
search_key = f"find_bill_{st.session_state.get('cash_round', 0)}"
ui.found_by_address(search_key)


def choose(invoice_id: int) -> None:
    """Open a bill, with an empty search box."""
    st.session_state["bill"] = invoice_id
    st.session_state["cash_round"] = st.session_state.get("cash_round", 0) + 1


def made(new: InvoiceRecord) -> None:
    choose(new.invoice_id)
    ui.flash(f"Bill {new.number} for {new.patient}", icon="receipt_long")


def paid(now: InvoiceRecord) -> None:
    choose(now.invoice_id)
    bill_papers.send(bill_papers.receipt(now), bill_papers.STRIP)
    ui.flash(
        f"Bill {now.number} is paid" if now.state is InvoiceState.PAID else f"{ui.money(now.due)} still to pay",
        "payments",
    )


def chosen_bill(invoice_id: int) -> None:
    with ui.reading() as session:
        record = billing.get(session, actor, invoice_id)
    with st.container(border=True):
        bill.show_bill(record)
        if record.due:
            bill_paying.take_payment(record, paid)
        bill.jobs(record)


def bills() -> None:
    left, right = st.columns([5, 6], gap="medium")
    with left:
        box, new = st.columns(2, vertical_alignment="bottom")
        term = box.text_input(
            "Find a bill", key=search_key, live=True, icon=":material/search:", placeholder="Name or number"
        )
        with new:
            by_hand, icon = ["cash.by_hand"], ":material/add:"
            st.button("By hand", icon=icon, shortcut="Alt+N", width="stretch", on_click=ui.open_dialog, args=by_hand)
        bill_lists.bill_lists(actor, term, made, choose)
    with ui.reading() as session:
        typed = bill_lists.typed_bill(session, actor, term)
    with right:
        if invoice_id := typed or st.session_state.get("bill"):
            chosen_bill(invoice_id)
        else:
            ui.empty("Make a bill for a visit (Alt+1), or open one on the left.", "receipt_long")
    if scanned := ui.keyboard(search=search_key, focus_id=search_key):
        with ui.reading() as session:
            hit = bill_lists.typed_bill(session, actor, scanned)
        if hit:
            choose(hit)
        ui.flash(f"Bill of {scanned}" if hit else f"No bill has the number {scanned}.", "barcode_scanner")


PARTS = {"Bills": bills}
PARTS[parts.chosen(list(PARTS))]()
if ui.opened("cash.by_hand"):
    bill_by_hand.bill_by_hand(made)
if cancelled := ui.opened("cash.cancel"):
    bill.cancel_bill(cancelled)
printing.waiting()
