"""The cash desk: visits become bills, bills become payments, payments become receipts."""

import streamlit as st

from core import billing
from core.billing import InvoiceRecord, InvoiceState
from core.permissions import Permission
from pages import ui
from pages.ui import bill, bill_by_hand, bill_lists

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
    print_receipt(now)
    ui.flash(
        f"Bill {now.number} is paid" if now.state is InvoiceState.PAID else f"{ui.money(now.due)} still to pay",
        "payments",
    )


def print_receipt(of: InvoiceRecord) -> None:
    times = st.session_state.get("printed", 0) + 1
    st.session_state.update(printed=times, slip=ui.receipt(of, ui.clinic()), slip_id=f"receipt-{of.invoice_id}-{times}")


def chosen_bill(invoice_id: int) -> None:
    with ui.reading() as session:
        record = billing.get(session, actor, invoice_id)
    with st.container(border=True):
        bill.show_bill(record)
        if record.due:
            bill.take_payment(record, paid)
        with st.container(horizontal=True):
            if record.payments and st.button("Print receipt", icon=":material/print:"):
                print_receipt(record)
            if bill.may_cancel(record):
                what, icon = ["cash.cancel", record], ":material/cancel:"
                st.button("Cancel bill", icon=icon, type="tertiary", on_click=ui.open_dialog, args=what)


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
    hits = bill_lists.matching(billing.list_unpaid(session, actor), term) if term else []
with right:
    invoice_id = hits[-1].invoice_id if hits else st.session_state.get("bill")
    if invoice_id:
        chosen_bill(invoice_id)
    else:
        ui.empty("Make a bill for a visit (Alt+1), or open one on the left.", "receipt_long")
if ui.opened("cash.by_hand"):
    bill_by_hand.bill_by_hand(made)
if cancelled := ui.opened("cash.cancel"):
    bill.cancel_bill(cancelled)
slip = {"slip": st.session_state.get("slip", ""), "slip_id": st.session_state.get("slip_id", "")}
ui.keyboard(search=search_key, focus_id=search_key, **slip)
