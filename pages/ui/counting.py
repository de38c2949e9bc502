"""Count a drawer: note by note with Tab, the total beside it, a difference explained, Ctrl+Enter closes."""

from decimal import Decimal

import streamlit as st

from core import drawers
from core.drawers import Count, Drawer, MoneyMoved
from core.fields import CENT
from core.papers import Sum
from pages.ui import close_paper
from pages.ui.closed_drawer import sums_table
from pages.ui.messages import flash
from pages.ui.numbers import amount, whole
from pages.ui.session import clinic
from pages.ui.show import clinic_day, money, plain
from pages.ui.work import act, form_key, refusals_shown


@st.fragment
def count_form(drawer: Drawer) -> None:
    """What is seen here is what the close holds against: `drawer` is as the page read it."""
    left, right = st.columns([5, 6], gap="medium")
    with left:
        pieces = _pieces(drawer)
    with right:
        counted = Count(pieces, Decimal(0), drawer.expected).counted
        _sums(drawer, counted)
        count = _rest_of_form(drawer, pieces, counted)
        name = _name(drawer)
        if st.button(
            "Close this day", key=form_key(name), type="primary", shortcut="Ctrl+Enter", icon=":material/lock:",
            width="stretch",
        ):  # fmt: skip
            _close(name, drawer, count)
        st.caption("Closed is closed: no more money is taken or given back by this person on this day.")


def _pieces(drawer: Drawer) -> dict[Decimal, int]:
    """How many of each, as typed; the rest of it in cents."""
    currency, found = clinic().currency, {}
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Notes and coins**")
        for value in drawers.denominations(currency):
            word, box, total = st.columns([2, 3, 3], vertical_alignment="center", gap="small")
            word.markdown(f"**{plain(close_paper.denomination(value))}** ×", text_alignment="right")
            typed = box.number_input(
                f"How many of {close_paper.denomination(value)}", 0, None, None, step=1, placeholder="0",
                key=f"{_name(drawer)}_{value:f}", label_visibility="collapsed",
            )  # fmt: skip
            found[value] = whole(typed or 0)
            total.markdown(plain(money(value * found[value])) if typed else ":gray[–]", text_alignment="right")
        if drawers.has_rest(currency):
            rest = st.number_input(
                "Smaller coins and anything else, as one amount", 0.0, None, None, step=1.0, format="%.2f",
                placeholder="0.00", key=f"{_name(drawer)}_rest",
            )  # fmt: skip
            found[CENT] = int((amount(rest or 0) / CENT).to_integral_value())
    return found


def _sums(drawer: Drawer, counted: Decimal) -> None:
    with st.container(border=True):
        counted_row = Sum("Counted", money(counted), strong=True)
        st.markdown(sums_table("Cash", (*close_paper.cash(drawer), counted_row)))
        difference = counted - drawer.expected
        if not difference:
            st.markdown(":green-badge[:material/check: Counted is what is expected]")
        else:
            word = "too much" if difference > 0 else "missing"
            st.markdown(f":orange-badge[:material/warning: {plain(money(abs(difference)))} {word}]")
        if drawer.other_methods:
            st.markdown(sums_table("Without cash", close_paper.other(drawer.other_methods)))


def _rest_of_form(drawer: Drawer, pieces: dict[Decimal, int], counted: Decimal) -> Count:
    name, explanation = _name(drawer), ""
    if counted != drawer.expected:
        explanation = st.text_input(
            "Why the difference?", key=f"{name}_why", placeholder="Wrong change given, a bill paid twice …", live=True
        )
    stays = st.number_input(
        "Stays in the drawer for the next day", 0.0, None, float(drawer.opened_with), step=1.0, format="%.2f",
        key=f"{name}_left",
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
        flash(f"The drawer of {done.cashier} is closed for {clinic_day(done.day)}", "lock")


def _name(drawer: Drawer) -> str:
    return f"close_{drawer.cashier_id}_{drawer.day}"
