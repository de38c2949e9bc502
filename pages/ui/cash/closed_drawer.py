"""Drawers that were closed: one of them whole, and the list of them with their differences."""

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from core import drawers
from core.drawers import Close, Drawer
from core.papers import Sum
from core.permissions import Actor
from core.words import say
from pages.ui.cash import close_paper
from pages.ui.show import clinic_day, moment, money, plain
from pages.ui.work import reading, refusals_shown


def closed_drawer(drawer: Drawer, close: Close) -> None:
    """What was counted, and its paper."""
    with st.container(border=True):
        name, told = plain(f"{close.cashier}, {clinic_day(close.day)}"), difference_badge(close.difference)
        closed = say("Closed {at} by {person}", at=moment(close.closed_at), person=close.closed_by)
        st.markdown(f"**{name}** {told}  \n:small[:gray[{plain(closed)}]]")
        left, right = st.columns(2, gap="medium")
        left.markdown(sums_table(say("Expected"), close_paper.cash(drawer)))
        right.markdown(sums_table(say("Found"), close_paper.result(close)))
        if close.explanation:
            st.markdown(f":material/chat: {plain(close.explanation)}")
        with st.expander(say("Notes and coins, other methods, audit chain"), icon=":material/list:"):
            pieces, others = st.columns(2, gap="medium")
            pieces.markdown(_pieces(close) if close.pieces else say("The drawer was empty."))
            if close.other_methods:
                others.markdown(sums_table(say("Without cash"), close_paper.other(close.other_methods)))
            head = close.audit_head or "–"
            st.caption(say("Audit chain: {count:,} entries, head `{head}`", count=close.audit_length, head=head))
        with st.container(horizontal=True):
            for size in (close_paper.STRIP, close_paper.PAGE):
                key = f"print_{close.close_id}_{size}"
                if st.button(say("Print, {size}", size=size), icon=":material/print:", key=key):
                    close_paper.send(drawer, close, size)
            for size in (close_paper.STRIP, close_paper.PAGE):
                close_paper.download(drawer, close, size)


def chosen(actor: Actor, close_id: int) -> None:
    """The one that the address names, with the way back."""
    st.button(say("Back"), icon=":material/arrow_back:", type="tertiary", on_click=st.query_params.clear)
    with refusals_shown():
        with reading() as session:
            close = drawers.get_close(session, actor, close_id)
            drawer = drawers.drawer(session, actor, close.cashier_id, close.day)
        closed_drawer(drawer, close)


def closes_list(closes: Sequence[Close]) -> None:
    for close in closes:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            name, told = plain(close.cashier), difference_badge(close.difference)
            counted = say("Counted {amount}", amount=money(close.counted))
            facts = plain(" · ".join(filter(None, (counted, close.explanation))))
            st.markdown(f"**{clinic_day(close.day)}** {name} {told}  \n:small[:gray[{facts}]]", width="stretch")
            st.button(say("Open"), key=f"close_{close.close_id}", on_click=_choose, args=[close.close_id])


def _choose(close_id: int) -> None:
    """It stands in the address, so that a link or F5 leads back to it."""
    st.query_params.from_dict({"close": str(close_id)})


def difference_badge(difference: Decimal) -> str:
    if not difference:
        return f":green-badge[:material/check: {say('As expected')}]"
    amount = plain(money(abs(difference)))
    told = say("{amount} too much", amount=amount) if difference > 0 else say("{amount} missing", amount=amount)
    return f":orange-badge[:material/warning: {told}]"


def sums_table(title: str, rows: Sequence[Sum]) -> str:
    """Words and amounts as a markdown table."""

    def cell(text: str, row: Sum) -> str:
        return f"**{plain(text)}**" if row.strong else plain(text)

    lines = (
        f"| {cell(row.words, row)} :small[:gray[{plain(row.aside)}]] | {cell(row.amount, row)} |"
        if row.aside
        else f"| {cell(row.words, row)} | {cell(row.amount, row)} |"
        for row in rows
    )
    return f"| {title} | |\n|:---|---:|\n" + "\n".join(lines)


def _pieces(close: Close) -> str:
    rows = [f"| {plain(value)} | {count} | {plain(sum_)} |" for value, count, sum_ in close_paper.pieces(close)]
    head = f"| {say('Value')} | {say('How many')} | {say('Amount')} |\n|---:|---:|---:|\n"
    return head + "\n".join(rows)
