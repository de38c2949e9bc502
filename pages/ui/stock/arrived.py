"""What was taken in since the pharmacist began, to hold against the supplier's paper, and what is still to come."""

from decimal import Decimal

import streamlit as st

from core.buying import OrderRecord
from core.inventory import BatchRecord
from core.words import say, say_count
from pages.ui.show import clinic_day, empty, money, plain, units
from pages.ui.stock.stock_address import show

_LINES = "received"


def lines() -> list[BatchRecord]:
    received: list[BatchRecord] = st.session_state.get(_LINES, [])
    return received


def add(batch: BatchRecord) -> None:
    st.session_state[_LINES] = [*lines(), batch]


def this_delivery(order: OrderRecord | None) -> None:
    st.subheader(say("This delivery"), anchor=False)
    if lines():
        _taken_in()
    else:
        empty(
            say("Each line taken in appears here, with the total to hold against the supplier's bill."), "receipt_long"
        )
    if order:
        _to_come(order)


def _taken_in() -> None:
    for batch in reversed(lines()):
        what, cost = units(batch.on_hand, plain(batch.unit)), money(batch.on_hand * batch.unit_cost)
        expires = say("expires {day}", day=clinic_day(batch.expires_on))
        facts = plain(" · ".join((batch.number, expires, batch.supplier or say("no supplier"))))
        with st.container(border=True):
            st.markdown(f"**{what}** {plain(batch.medicine)}, **{plain(cost)}**  \n:small[:gray[{facts}]]")
    total = sum((batch.on_hand * batch.unit_cost for batch in lines()), Decimal(0))
    together = say_count(
        len(lines()), "{count} line, {total} at cost", "{count} lines, {total} at cost", total=plain(money(total))
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{together}**")
        st.space("stretch")
        if st.button(say("Begin another"), icon=":material/restart_alt:", type="tertiary"):
            st.session_state[_LINES] = []
            st.rerun()


def _to_come(order: OrderRecord) -> None:
    """A click takes the line."""
    st.subheader(say("Still to come"), anchor=False)
    for line in order.lines:
        if line.left:
            of = say("of {quantity:,}", quantity=line.quantity)
            part = f" :small[:gray[{of}]]" if line.received else ""
            about = {"order": order.order_id, "receive": line.medicine_id}
            with st.container(horizontal=True, vertical_alignment="center", wrap=False):
                told = f"**{units(line.left, plain(line.unit))}**{part} {plain(line.medicine)}"
                st.markdown(told, width="stretch")
                st.button(say("Take"), key=f"take_{line.line_id}", on_click=show, args=["Receive"], kwargs=about)
