"""A bill whose medicines become others: prescribed anew by the doctor, or swapped for what is on the shelf.

What was paid for the former ones is kept for the patient and pays the new bill as far as it goes.
"""

from collections.abc import Callable

import streamlit as st

from core import billing
from core.billing import Alternative, ChangedBill, InvoiceRecord, InvoiceState, PaymentMethod, Settled
from core.words import later, say
from pages.ui.dialog import close_dialog, dialog
from pages.ui.session import current_actor
from pages.ui.show import empty, money, plain
from pages.ui.work import act, form_key, reading, refusals_shown

SETTLED = later("What was paid for the former medicines is kept for the patient and pays the new bill.")


def settle_button(bill: ChangedBill, made: Callable[[InvoiceRecord], None]) -> None:
    """One click, paid or not. `made` is called with the bill that stands then."""
    name = f"anew_{bill.card.invoice_id}"
    label, tip = (say("Settle"), say(SETTLED)) if bill.is_paid else (say("Make it anew"), None)
    if st.button(label, key=form_key(name), icon=":material/refresh:", help=tip):
        with refusals_shown():
            settled = act(name, billing.settle_change, bill.card.invoice_id, PaymentMethod.ADVANCE)
            made(_standing(settled, bill.card.invoice_id))


def may_swap(bill: InvoiceRecord) -> bool:
    return bill.state is not InvoiceState.CANCELLED and any(line.owed for line in bill.lines)


@dialog(later("Another medicine"), icon=":material/swap_horiz:", on_dismiss=close_dialog)
def swap_medicine(bill: InvoiceRecord, made: Callable[[InvoiceRecord], None]) -> None:
    """In the place of one that is not handed over yet: what is on the shelf with the same contents."""
    with reading() as session:
        found = billing.alternatives(session, current_actor(), bill.invoice_id)
    if not found:
        empty(say("Nothing with the same contents is on the shelf."), "inventory_2")
        return
    name = f"swap_{bill.invoice_id}"
    told = [_told(one) for one in found]
    key = f"{form_key(name)}_which"
    one = found[st.radio(say("Take"), range(len(found)), format_func=told.__getitem__, key=key)]
    if bill.paid:
        st.caption(say(SETTLED))
    if st.button(say("Swap"), key=form_key(name), type="primary", shortcut="Ctrl+Enter", width="stretch"):
        with refusals_shown():
            settled = act(name, billing.swap, bill.invoice_id, one.line_id, one.medicine_id)
            close_dialog()
            made(_standing(settled, bill.invoice_id))


def _told(one: Alternative) -> str:
    facts = say(
        "for {count:,} of {instead_of} · {amount} · {on_hand:,} there",
        count=one.owed,
        instead_of=one.instead_of,
        amount=money(one.amount),
        on_hand=one.on_hand,
    )
    return f"**{plain(one.medicine)}**  \n:small[:gray[{plain(facts)}]]"


def _standing(settled: Settled, invoice_id: int) -> InvoiceRecord:
    """The new bill, or the one that was changed in place."""
    with reading() as session:
        return settled.bill or billing.get(session, current_actor(), invoice_id)
