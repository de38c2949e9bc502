"""Money taken for a bill: exactly what is due by one key, anything else folded away; and the day's takings."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import streamlit as st

from core import billing
from core.billing import InvoiceRecord, PaymentMethod
from core.words import say
from pages.ui.cash.methods import ICONS, MONEY, word
from pages.ui.keys import CASH, PRIMARY
from pages.ui.numbers import amount
from pages.ui.show import money, plain
from pages.ui.work import act, form_key, refusals_shown

EXACT = {PaymentMethod.CASH: PRIMARY, PaymentMethod.UPI: CASH["upi"].keys, PaymentMethod.CARD: CASH["card"].keys}


def take_payment(bill: InvoiceRecord, advance: Decimal, paid: Callable[[InvoiceRecord], None]) -> None:
    """`advance` is what the patient has with the clinic; `paid` is called with the bill as it is then."""
    st.metric(say("To pay"), money(bill.due))
    at_once = st.container(horizontal=True)
    other = st.expander(
        say("Part of it, another method, or a reference"), icon=":material/tune:", on_change="rerun",
        key=f"other_way_{bill.invoice_id}",
    )  # fmt: skip
    with other:
        _another_way(bill, paid, "Ctrl+Enter" if other.open else None)
    with at_once:
        if advance:
            _from_advance(bill, min(advance, bill.due), paid)
        for method, shortcut in EXACT.items():
            name = f"pay_{bill.invoice_id}_{method}"
            if st.button(
                word(method),
                key=form_key(name),
                icon=f":material/{ICONS[method]}:",
                # Whoever is typing a part means the part: the key belongs to the form while it is open.
                shortcut=None if other.open and method is PaymentMethod.CASH else shortcut,
                type="primary" if method is PaymentMethod.CASH else "secondary",
            ):
                with refusals_shown():
                    paid(act(name, billing.pay, bill.invoice_id, bill.due, method))


def _from_advance(bill: InvoiceRecord, part: Decimal, paid: Callable[[InvoiceRecord], None]) -> None:
    """As much as there is; the rest stays to be paid otherwise."""
    name = f"pay_{bill.invoice_id}_{PaymentMethod.ADVANCE}"
    label = say("Advance, {amount}", amount=plain(money(part)))
    if st.button(label, key=form_key(name), icon=":material/savings:", shortcut=CASH["advance"].keys):
        with refusals_shown():
            paid(act(name, billing.pay, bill.invoice_id, part, PaymentMethod.ADVANCE))


def _another_way(bill: InvoiceRecord, paid: Callable[[InvoiceRecord], None], shortcut: str | None) -> None:
    name = f"pay_part_{bill.invoice_id}"
    with st.form(form_key(name), border=False):
        left, right = st.columns(2)
        part = left.number_input(say("Amount"), 0.0, value=float(bill.due), step=1.0, format="%.2f")
        method = right.selectbox(say("Method"), MONEY, format_func=word)
        reference = st.text_input(say("Reference"), placeholder=say("Card slip, transfer or claim number"))
        sent = st.form_submit_button(say("Take payment"), icon=":material/payments:", shortcut=shortcut)
    if sent:
        with refusals_shown():
            paid(act(name, billing.pay, bill.invoice_id, amount(part), method, reference))


def takings(taken: billing.Taken) -> None:
    """The day's money so far, by method."""
    st.metric(say("Taken today"), money(taken.total))
    st.caption(_by_method(taken.by_method) or say("Nothing yet."))
    if taken.given_back:
        st.caption(f":material/undo: {say('Given back: {amounts}', amounts=_by_method(taken.given_back))}")


def _by_method(sums: Mapping[PaymentMethod, Decimal]) -> str:
    return " · ".join(
        f":material/{ICONS[method]}: {word(method)} {plain(money(sum_))}" for method, sum_ in sums.items()
    )
