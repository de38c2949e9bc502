"""A bill with every amount explained, what was paid for it, and its cancellation."""

from datetime import datetime

import streamlit as st

from core import billing
from core.billing import InvoiceRecord, InvoiceState, PaymentMethod
from pages.ui import bill_papers
from pages.ui.bill_papers import added_up, steps
from pages.ui.dialog import close_dialog, open_dialog
from pages.ui.messages import flash
from pages.ui.methods import METHODS
from pages.ui.show import badge, figures, moment, money, plain
from pages.ui.work import act, form_key, refusals_shown


def show_bill(bill: InvoiceRecord) -> None:
    """Head, lines with how each amount comes about, and what was paid."""
    facts = plain(f"{bill.mrn} · bill {bill.number} · {moment(bill.issued_at)} by {bill.issued_by}")
    st.markdown(f"**{plain(bill.patient)}** {badge(bill.state)}  \n:small[:gray[{facts}]]")
    st.markdown(lines_table(bill))
    for payment in bill.payments:
        moved(payment.method, payment.reference, money(payment.amount), payment.received_at, payment.received_by)
    if bill.cancel_reason:
        st.caption(f"Cancelled: {plain(bill.cancel_reason)}")


def lines_table(bill: InvoiceRecord) -> str:
    """Item, how its amount comes about, amount: as a markdown table."""
    rows = [(plain(line.description), plain(steps(line)), figures(line.amount)) for line in bill.lines]
    changed = bill.discount or bill.tax
    together = plain(added_up(figures(bill.subtotal), bill.discount, bill.tax)) if changed else ""
    rows.append(("**Total**", together, f"**{plain(money(bill.total))}**"))
    return "| Item | Quantity × price | Amount |\n|:---|:---|---:|\n" + "\n".join(
        f"| {' | '.join(row)} |" for row in rows
    )


def moved(method: PaymentMethod, said: str, amount: str, at: datetime, by: str) -> None:
    """A line of money that came or went."""
    word, icon = METHODS[method]
    words = f"{word}, {said}" if said else word
    when = f"{moment(at)} by {by}"
    st.markdown(f":green[:material/{icon}:] {plain(words)}: **{plain(amount)}** :small[:gray[{plain(when)}]]")


def jobs(bill: InvoiceRecord) -> None:
    """What can be done with it beside paying; papers first, rare things behind one click."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if bill.payments and st.button("Print receipt", icon=":material/print:"):
            bill_papers.send(bill_papers.receipt(bill), bill_papers.STRIP)
        papers_menu(bill)
        if may_cancel(bill):
            _job("Cancel bill", "cancel", "cash.cancel", bill)


def papers_menu(bill: InvoiceRecord) -> None:
    with st.popover("Invoice", icon=":material/description:", type="tertiary", key=f"menu_{bill.invoice_id}"):
        invoice = bill_papers.invoice(bill)
        if st.button("Print on A4", icon=":material/print:", type="tertiary"):
            bill_papers.send(invoice, bill_papers.PAGE)
        bill_papers.download("Invoice, A4", invoice, bill_papers.PAGE)
        bill_papers.download("Receipt, 80 mm", bill_papers.receipt(bill), bill_papers.STRIP)


def _job(label: str, icon: str, dialog: str, of: object) -> None:
    st.button(label, icon=f":material/{icon}:", type="tertiary", on_click=open_dialog, args=(dialog, of))


@st.dialog("Cancel bill", icon=":material/cancel:", on_dismiss=close_dialog)
def cancel_bill(bill: InvoiceRecord) -> None:
    name = f"cancel_bill_{bill.invoice_id}"
    st.markdown(
        f"Bill {plain(bill.number)} for **{plain(bill.patient)}**, {plain(money(bill.total))}. Its number stays used."
    )
    with st.form(form_key(name), border=False):
        reason = st.text_input("Reason", placeholder="Wrong patient, made twice …")
        sent = st.form_submit_button("Cancel this bill", type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with refusals_shown():
            act(name, billing.cancel, bill.invoice_id, reason)
            close_dialog()
            flash(f"Bill {bill.number} cancelled", icon="cancel")


def may_cancel(bill: InvoiceRecord) -> bool:
    return bill.state is InvoiceState.ISSUED and bill.paid == 0
