"""A bill with every amount explained, the money taken for it, and its cancellation."""

from collections.abc import Callable
from decimal import Decimal

import streamlit as st

from core import billing
from core.billing import InvoiceRecord, InvoiceState, LineRecord, PaymentMethod
from pages.ui.dialog import close_dialog
from pages.ui.messages import flash
from pages.ui.numbers import amount
from pages.ui.show import badge, moment, money, plain
from pages.ui.work import act, form_key, refusals_shown

METHODS = {
    PaymentMethod.CASH: ("Cash", "payments"),
    PaymentMethod.UPI: ("UPI", "qr_code_2"),
    PaymentMethod.CARD: ("Card", "credit_card"),
    PaymentMethod.TRANSFER: ("Transfer", "account_balance"),
    PaymentMethod.INSURANCE: ("Insurance", "health_and_safety"),
}
EXACT = {PaymentMethod.CASH: "Ctrl+Enter", PaymentMethod.UPI: "Alt+2", PaymentMethod.CARD: "Alt+3"}


def show_bill(bill: InvoiceRecord) -> None:
    """Head, lines with how each amount comes about, and what was paid."""
    with st.container(horizontal=True, vertical_alignment="center"):
        facts = plain(f"{bill.mrn} · bill {bill.number} · {moment(bill.issued_at)} by {bill.issued_by}")
        st.markdown(f"**{plain(bill.patient)}** {badge(bill.state)}  \n:small[:gray[{facts}]]")
    st.markdown(lines_table(bill))
    for payment in bill.payments:
        word, icon = METHODS[payment.method]
        reference = f", {plain(payment.reference)}" if payment.reference else ""
        taken = f"{plain(moment(payment.received_at))} by {plain(payment.received_by)}"
        st.markdown(
            f":green[:material/{icon}:] {word}{reference}: **{plain(money(payment.amount))}** :small[:gray[{taken}]]"
        )
    if bill.cancel_reason:
        st.caption(f"Cancelled: {plain(bill.cancel_reason)}")


def lines_table(bill: InvoiceRecord) -> str:
    """Item, how its amount comes about, amount: as a markdown table."""
    rows = [(plain(line.description), _steps(line), f"{line.amount:,}") for line in bill.lines]
    together = _sum(f"{bill.subtotal:,}", bill.discount, bill.tax) if bill.discount or bill.tax else ""
    rows.append(("**Total**", together, f"**{plain(money(bill.total))}**"))
    return "| Item | Quantity × price | Amount |\n|:---|:---|---:|\n" + "\n".join(
        f"| {' | '.join(row)} |" for row in rows
    )


def take_payment(bill: InvoiceRecord, paid: Callable[[InvoiceRecord], None]) -> None:
    """Exact amount by one key; anything else is folded away. `paid` is called with the bill as it is then."""
    st.metric("To pay", money(bill.due))
    with st.container(horizontal=True):
        for method, shortcut in EXACT.items():
            word, icon = METHODS[method]
            name = f"pay_{bill.invoice_id}_{method}"
            if st.button(
                word,
                key=form_key(name),
                icon=f":material/{icon}:",
                shortcut=shortcut,
                type="primary" if method is PaymentMethod.CASH else "secondary",
            ):
                with refusals_shown():
                    paid(act(name, billing.pay, bill.invoice_id, bill.due, method))
    with st.expander("Part of it, another method, or a reference", icon=":material/tune:"):
        name = f"pay_part_{bill.invoice_id}"
        with st.form(form_key(name), border=False):
            left, right = st.columns(2)
            part = left.number_input("Amount", 0.0, float(bill.due), float(bill.due), step=1.0, format="%.2f")
            method = right.selectbox("Method", list(METHODS), format_func=lambda method: METHODS[method][0])
            reference = st.text_input("Reference", placeholder="Card slip, transfer or claim number")
            sent = st.form_submit_button("Take payment", icon=":material/payments:")
        if sent:
            with refusals_shown():
                paid(act(name, billing.pay, bill.invoice_id, amount(part), method, reference))


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


def takings(taken: billing.Taken) -> None:
    """The day's money so far, by method."""
    st.metric("Taken today", money(taken.total))
    parts = (f":material/{METHODS[m][1]}: {METHODS[m][0]} {plain(money(sum_))}" for m, sum_ in taken.by_method.items())
    st.caption(" · ".join(parts) or "Nothing yet.")


def _steps(line: LineRecord) -> str:
    """ "2 × 150.00 − 20.00 (old patient) + 23.40 (18 % tax)"."""
    why, rate = f" ({line.discount_reason})" if line.discount else "", f" ({line.tax_percent.normalize():f} % tax)"
    return _sum(f"{line.quantity:,} × {line.unit_price:,}", line.discount, line.tax, why, rate)


def _sum(price: str, discount: Decimal, tax: Decimal, why: str = "", rate: str = "") -> str:
    parts = [price, f"− {discount:,}{why}" if discount else "", f"+ {tax:,}{rate}" if tax else ""]
    return plain(" ".join(part for part in parts if part))
