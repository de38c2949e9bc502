"""The dialog in which a bill is made without a visit: who, what from the price list, how many, what off."""

from collections.abc import Callable
from decimal import Decimal

import streamlit as st

from core import billing, patients
from core.billing import InvoiceRecord, LineDetails, LineKind, Price
from core.permissions import Actor
from pages.ui.dialog import close_dialog
from pages.ui.numbers import amount, whole
from pages.ui.session import current_actor
from pages.ui.show import empty, money, patient_line, plain
from pages.ui.work import act, form_key, reading, refusals_shown

MOST_PRICES = 5000
Item = tuple[LineKind, int]


@st.dialog("Bill by hand", width="medium", icon=":material/receipt_long:", on_dismiss=close_dialog)
def bill_by_hand(made: Callable[[InvoiceRecord], None]) -> None:
    """`made` is called with the new bill."""
    form, actor = form_key("bill_by_hand"), current_actor()
    with reading() as session:
        listed = billing.search_prices(session, actor, "", MOST_PRICES)
    patient_id = _patient(actor, form)
    prices = {(price.kind, price.id): price for price in listed}
    _add_box(prices, form)
    lines = [_line(prices[item], form) for item in _chosen(form)] + _something_else(form)
    if any(line.discount for line in lines):
        reason = st.text_input("Why the discount", key=f"{form}_reason")
        lines = [_because(line, reason) for line in lines]
    if st.button(
        "Make bill", key=form, type="primary", shortcut="Ctrl+Enter", width="stretch", disabled=not patient_id
    ):
        with refusals_shown():
            new = act("bill_by_hand", billing.invoice_by_hand, patient_id or 0, lines)
            close_dialog()
            made(new)


def bill_for(patient_id: int, made: Callable[[InvoiceRecord], None]) -> None:
    """The same dialog with somebody found already."""
    st.session_state.setdefault(f"{form_key('bill_by_hand')}_patient", patients.mrn(patient_id))
    bill_by_hand(made)


def _patient(actor: Actor, form: str) -> int | None:
    """Found by typing; the first hit is chosen already."""
    term = st.text_input(
        "Patient", key=f"{form}_patient", live=True, icon=":material/search:", placeholder="Name, phone or MRN"
    )
    with reading() as session:
        cards = {card.patient_id: card for card in patients.search(session, actor, term, limit=4)}
    if not cards:
        empty("Nobody found. Register the patient at the desk first." if term else "No patients yet.")
        return None
    return st.radio(
        "Patients",
        list(cards),
        format_func=lambda patient_id: patient_line(cards[patient_id]),
        label_visibility="collapsed",
        key=f"{form}_hit:{term}",
    )


def _add_box(prices: dict[Item, Price], form: str) -> None:
    """What is chosen moves into the list below and leaves the box, cursor in it, for the next."""
    box = f"{form}_add"
    labels = {item: f"{price.name} · {money(price.price)}" for item, price in prices.items()}

    def add() -> None:
        item = st.session_state[box]
        st.session_state[box] = None
        if item and item not in _chosen(form):
            st.session_state[f"{form}_items"] = [*_chosen(form), item]

    st.selectbox(
        "Services and medicines",
        list(labels),
        index=None,
        format_func=labels.__getitem__,
        key=box,
        placeholder="Type a part of the name, Enter adds it",
        on_change=add,
    )


def _chosen(form: str) -> list[Item]:
    chosen: list[Item] = st.session_state.get(f"{form}_items", [])
    return chosen


def _drop(form: str, item: Item) -> None:
    st.session_state[f"{form}_items"] = [other for other in _chosen(form) if other != item]


def _line(price: Price, form: str) -> LineDetails:
    """Quantity and discount of one item, in a row."""
    name, quantity, off, drop = st.columns([6, 3, 3, 1], vertical_alignment="bottom")
    name.markdown(f"{plain(price.name)}  \n:small[:gray[{plain(money(price.price))} each]]")
    key = f"{form}_{price.kind}_{price.id}"
    count = whole(quantity.number_input("Quantity", 1, value=1, step=1, key=f"{key}_quantity"))
    less = amount(off.number_input("Discount", 0.0, value=0.0, step=1.0, format="%.2f", key=f"{key}_discount"))
    drop.button(
        "",
        key=f"{key}_drop",
        icon=":material/close:",
        type="tertiary",
        on_click=_drop,
        args=(form, (price.kind, price.id)),
    )
    medicine = price.kind is LineKind.MEDICINE
    return LineDetails(
        medicine_id=price.id if medicine else None,
        service_id=None if medicine else price.id,
        quantity=count,
        discount=less,
    )


def _something_else(form: str) -> list[LineDetails]:
    with st.expander("Something that is not on the price list", icon=":material/add:"):
        left, right = st.columns([3, 1])
        what = left.text_input("What", key=f"{form}_else")
        price = right.number_input("Price", 0.0, value=None, step=1.0, format="%.2f", key=f"{form}_else_price")
    return [LineDetails(what, unit_price=None if price is None else amount(price))] if what else []


def _because(line: LineDetails, reason: str) -> LineDetails:
    return LineDetails(**(vars(line) | {"discount_reason": reason if line.discount != Decimal(0) else ""}))
