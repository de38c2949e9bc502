"""The lines of a bill while they are typed: what from the price list, how many, what off and why."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import billing
from core.billing import LineDetails, LineKind, LineRecord, Price
from core.words import say
from pages.ui.numbers import amount, units_box, whole
from pages.ui.session import current_actor
from pages.ui.show import money, plain
from pages.ui.work import reading

MOST_PRICES = 5000
Item = tuple[LineKind, int]


def typed_lines(form: str, on_bill: Sequence[LineRecord] = ()) -> list[LineDetails]:
    """Lines that are on the bill already come first; all together as the workflow wants them."""
    with reading() as session:
        listed = billing.search_prices(session, current_actor(), "", MOST_PRICES)
    prices = {(price.kind, price.id): price for price in listed}
    _add_box(prices, form)
    stay = [line for line in on_bill if line.line_id not in _dropped(form)]
    lines = [_kept(line, form) for line in stay]
    lines += [_new(prices[item], form) for item in _chosen(form) if item in prices]
    lines += _something_else(form)
    return _with_reason(lines, stay, form)


def _with_reason(lines: list[LineDetails], on_bill: Sequence[LineRecord], form: str) -> list[LineDetails]:
    """One reason for all discounts that are new; those that were there keep theirs."""
    given: dict[int | None, tuple[Decimal, str]] = {
        line.line_id: (line.discount, line.discount_reason) for line in on_bill
    }
    old = [line.line_id in given and given[line.line_id][0] == line.discount for line in lines]
    reason = ""
    if any(line.discount and not was for line, was in zip(lines, old, strict=True)):
        before = next((why for discount, why in given.values() if discount), "")
        reason = st.text_input(say("Why the discount"), before, key=f"{form}_reason")
    return [
        replace(line, discount_reason=given[line.line_id][1] if was else reason if line.discount else "")
        for line, was in zip(lines, old, strict=True)
    ]


def _add_box(prices: dict[Item, Price], form: str) -> None:
    """What is chosen moves into the list below and leaves the box, cursor in it, for the next."""
    box = f"{form}_add"
    labels = {item: f"{price.name} · {money(price.price)}" for item, price in prices.items()}

    def add() -> None:
        item = st.session_state[box]
        st.session_state[box] = None
        if isinstance(item, str):
            item = _scanned(item, form)
        if item and item not in _chosen(form):
            st.session_state[f"{form}_items"] = [*_chosen(form), item]

    st.selectbox(
        say("Services and medicines"),
        list(labels),
        index=None,
        format_func=lambda item: labels.get(item, str(item)),
        key=box,
        accept_new_options=True,
        placeholder=say("Type a part of the name, Enter adds it; or scan the pack"),
        on_change=add,
    )
    if unknown := st.session_state.pop(f"{form}_unknown", ""):
        told = say("{unknown} is nothing on the price list.", unknown=plain(unknown))
        st.caption(f":orange[:material/barcode: {told}]")


def _scanned(code: str, form: str) -> Item | None:
    """What a code means, or a name that only one thing has."""
    with reading() as session:
        found = billing.search_prices(session, current_actor(), code, 2)
    if len(found) == 1:
        return found[0].kind, found[0].id
    st.session_state[f"{form}_unknown"] = code
    return None


def _chosen(form: str) -> list[Item]:
    chosen: list[Item] = st.session_state.get(f"{form}_items", [])
    return chosen


def _dropped(form: str) -> list[int]:
    dropped: list[int] = st.session_state.get(f"{form}_dropped", [])
    return dropped


def _drop(form: str, item: Item) -> None:
    st.session_state[f"{form}_items"] = [other for other in _chosen(form) if other != item]


def _take_off(form: str, line_id: int) -> None:
    st.session_state[f"{form}_dropped"] = [*_dropped(form), line_id]


def _kept(line: LineRecord, form: str) -> LineDetails:
    """What it is stays; the consultation stays once."""
    once = line.kind is LineKind.CONSULTATION
    key = f"{form}_line_{line.line_id}"
    named = billing.in_words(line)
    quantity, discount, drop = _row(named, line.unit_price, key, line.quantity, line.discount, once=once)
    if not once:
        _drop_button(drop, f"{key}_drop", _take_off, form, line.line_id)
    return LineDetails(line_id=line.line_id, quantity=quantity, discount=discount)


def _new(price: Price, form: str) -> LineDetails:
    key = f"{form}_{price.kind}_{price.id}"
    quantity, discount, drop = _row(price.name, price.price, key)
    _drop_button(drop, f"{key}_drop", _drop, form, (price.kind, price.id))
    medicine = price.kind is LineKind.MEDICINE
    return LineDetails(
        medicine_id=price.id if medicine else None,
        service_id=None if medicine else price.id,
        quantity=quantity,
        discount=discount,
    )


def _row(
    name: str, price: Decimal, key: str, count: int = 1, less: Decimal = Decimal(0), *, once: bool = False
) -> tuple[int, Decimal, DeltaGenerator]:
    """Its name, the quantity and discount as they are typed, and a place for what drops it."""
    said, quantity, off, drop = st.columns([6, 3, 3, 1], vertical_alignment="bottom")
    each = say("{price} each", price=plain(money(price)))
    said.markdown(f"{plain(name)}  \n:small[:gray[{each}]]")
    with quantity:
        typed = units_box(say("Quantity"), count, key=f"{key}_quantity", disabled=once)
    taken_off = off.number_input(
        say("Discount"), 0.0, value=float(less), step=1.0, format="%.2f", key=f"{key}_discount"
    )
    return whole(typed), amount(taken_off), drop


def _drop_button(place: DeltaGenerator, key: str, drop: Callable[..., None], *of: object) -> None:
    place.button("", key=key, icon=":material/close:", type="tertiary", help=say("Take off"), on_click=drop, args=of)


def _something_else(form: str) -> list[LineDetails]:
    with st.expander(say("Something that is not on the price list"), icon=":material/add:"):
        left, right = st.columns([3, 1])
        what = left.text_input(say("What"), key=f"{form}_else")
        price = right.number_input(say("Price"), 0.0, value=None, step=1.0, format="%.2f", key=f"{form}_else_price")
    return [LineDetails(what, unit_price=None if price is None else amount(price))] if what else []
