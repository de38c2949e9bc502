"""Count a drawer: note by note with Tab, the total beside it, a difference explained, Ctrl+Enter closes.

What is counted so far stands in the address, so that F5 loses none of it.
"""

from decimal import Decimal

import streamlit as st

from core import drawers
from core.drawers import Count, Drawer, MoneyMoved
from core.fields import CENT
from core.words import say
from pages.ui.cash import close_paper
from pages.ui.cash.closed_drawer import difference_badge, sums_table
from pages.ui.keyboard import keyboard
from pages.ui.messages import flash
from pages.ui.numbers import amount, whole
from pages.ui.session import clinic
from pages.ui.show import clinic_day, money, plain
from pages.ui.work import act, form_key, refusals_shown


@st.fragment
def count_form(drawer: Drawer) -> None:
    """What is seen here is what the close holds against: `drawer` is as the page read it."""
    keyboard(search=_first_box(drawer), focus_id=_name(drawer))
    left, right = st.columns([5, 6], gap="medium")
    with left:
        pieces = _pieces(drawer)
    with right:
        counted = Count(pieces, Decimal(0), drawer.expected).counted
        _sums(drawer, counted, begun=any(pieces.values()))
        count = _rest_of_form(drawer, pieces, counted)
        name = _name(drawer)
        if st.button(
            say("Close the drawer"), key=form_key(name), type="primary", shortcut="Ctrl+Enter", icon=":material/lock:",
            width="stretch",
        ):  # fmt: skip
            _close(name, drawer, count)
        st.caption(say("Closed is closed: no more money is taken or given back by this person on this day."))


def _pieces(drawer: Drawer) -> dict[Decimal, int]:
    """How many of each, as typed; the rest of it in cents."""
    currency, found = clinic().currency, {}
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{say('Notes and coins')}**")
        for value in drawers.denominations(currency):
            found[value] = _many(_name(drawer), value)
        if drawers.has_rest(currency):
            rest = st.number_input(
                say("Smaller coins and anything else, {currency}", currency=currency), 0.0, None, None, step=1.0,
                format="%.2f", placeholder="0.00", key=f"{_name(drawer)}_rest", bind="query-params",
            )  # fmt: skip
            found[CENT] = int((amount(rest or 0) / CENT).to_integral_value())
    return found


def _many(name: str, value: Decimal) -> int:
    word = close_paper.denomination(value)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(word)}** ×", text_alignment="right", width=64)
        many = whole(
            st.number_input(
                say("How many of {word}", word=word), 0, None, None, step=1, placeholder="0", key=f"{name}_{value:f}",
                label_visibility="collapsed", width=168, bind="query-params",
            ) or 0
        )  # fmt: skip
        st.markdown(plain(money(value * many)) if many else ":gray[–]", text_alignment="right", width="stretch")
    return many


def _sums(drawer: Drawer, counted: Decimal, *, begun: bool) -> None:
    with st.container(border=True):
        left, right = st.columns([3, 2], gap="medium", vertical_alignment="center")
        left.markdown(sums_table(say("In cash"), close_paper.cash(drawer)))
        with right:
            st.metric(say("Counted"), money(counted))
            difference = counted - drawer.expected
            not_yet = f":gray-badge[{say('Not counted yet')}]"
            st.markdown(difference_badge(difference) if begun or not difference else not_yet)
        if drawer.other_methods:
            rows = close_paper.other(drawer.other_methods)
            others = " · ".join(plain(f"{row.words} {row.amount}") for row in rows)
            st.caption(say("Without cash: {amounts}", amounts=others))


def _rest_of_form(drawer: Drawer, pieces: dict[Decimal, int], counted: Decimal) -> Count:
    name, explanation = _name(drawer), ""
    if counted != drawer.expected:
        explanation = st.text_input(
            say("Why the difference?"),
            key=f"{name}_why",
            placeholder=say("Wrong change given, a bill paid twice …"),
            live=True,
        )
    stays = st.number_input(
        say("Stays in the drawer for the next day, {currency}", currency=clinic().currency),
        0.0, None, float(drawer.opened_with), step=1.0, format="%.2f", key=f"{name}_left", bind="query-params",
    )  # fmt: skip
    return Count(pieces, amount(stays), drawer.expected, explanation)


def _close(name: str, drawer: Drawer, count: Count) -> None:
    with refusals_shown():
        try:
            done = act(name, drawers.close, drawer.cashier_id, drawer.day, count)
        except MoneyMoved as refusal:
            flash(str(refusal), "sync_problem")  # the page reads the drawer again; what was typed stays
            return
        close_paper.send(drawer, done, close_paper.STRIP)
        flash(
            say("The drawer of {cashier} is closed for {day}", cashier=done.cashier, day=clinic_day(done.day)), "lock"
        )


def _first_box(drawer: Drawer) -> str:
    """The key of the box that one begins in."""
    return f"{_name(drawer)}_{drawers.denominations(clinic().currency)[0]:f}"


def _name(drawer: Drawer) -> str:
    return f"close_{drawer.cashier_id}_{drawer.day}"
