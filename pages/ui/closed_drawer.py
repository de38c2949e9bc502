"""Drawers that were closed: one of them whole, and the list of them with their differences."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.drawers import Close, Drawer
from pages.ui import close_paper
from pages.ui.show import clinic_day, empty, moment, money, plain


def closed_drawer(drawer: Drawer, close: Close) -> None:
    """What was counted, and its paper."""
    with st.container(border=True):
        st.markdown(
            f"**{plain(close.cashier)}, {clinic_day(close.day)}** {difference_badge(close)}  \n"
            f":small[:gray[Closed {plain(moment(close.closed_at))} by {plain(close.closed_by)}]]"
        )
        for column, rows in zip(
            st.columns(2, gap="medium"), (close_paper.cash(drawer, close), close_paper.result(close)), strict=True
        ):
            column.markdown(close_paper.as_table(rows))
        if close.explanation:
            st.markdown(f":material/chat: {plain(close.explanation)}")
        with st.expander("Notes and coins, other methods, audit chain", icon=":material/list:"):
            st.markdown(_pieces(close))
            st.caption(f"Audit chain: {close.audit_length:,} entries, head `{close.audit_head or '–'}`")
        with st.container(horizontal=True):
            for size in (close_paper.STRIP, close_paper.PAGE):
                if st.button(f"Print, {size}", icon=":material/print:", key=f"print_{close.close_id}_{size}"):
                    close_paper.send(drawer, close, size)
            for size in (close_paper.STRIP, close_paper.PAGE):
                close_paper.download(drawer, close, size)


def closes_list(closes: Sequence[Close], choose: Callable[[int], None], nothing: str) -> None:
    """`choose` is called with the id of the one to look at, before the page runs again."""
    if not closes:
        empty(nothing, "inventory")
    for close in closes:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            said = f" · {plain(close.explanation)}" if close.explanation else ""
            st.markdown(
                f"**{clinic_day(close.day)}** {plain(close.cashier)} {difference_badge(close)}  \n"
                f":small[:gray[Counted {plain(money(close.counted))}{said}]]",
                width="stretch",
            )
            st.button("Open", key=f"close_{close.close_id}", on_click=choose, args=[close.close_id])


def difference_badge(close: Close) -> str:
    if not close.difference:
        return ":green-badge[:material/check: Exact]"
    word = "too much" if close.difference > 0 else "missing"
    return f":orange-badge[:material/warning: {plain(money(abs(close.difference)))} {word}]"


def _pieces(close: Close) -> str:
    rows = [f"| {plain(value)} | {count} | {plain(sum_)} |" for value, count, sum_ in close_paper.pieces(close)]
    others = [f"| {plain(row.words)} | | {plain(row.amount)} |" for row in close_paper.other(close)]
    return "| | How many | Amount |\n|---:|---:|---:|\n" + "\n".join([*rows, *others])
