"""Drawers of all cashiers: which are open, what was counted, and what was missing."""

from datetime import date, timedelta
from decimal import Decimal

import streamlit as st

from core import clock, drawers
from core.drawers import OpenDay
from core.permissions import Permission
from core.words import say
from pages import ui
from pages.ui import printing
from pages.ui.cash import closed_drawer, drawer_counting

actor = ui.page(say("Drawers"), Permission.CLOSE_DRAWERS)
today = clock.today()
LISTED, PAGE = timedelta(days=31), 15


def count(cashier_id: int, day: date) -> None:
    """Which drawer is counted stands in the address, so that a link or F5 leads back to it."""
    st.query_params.from_dict({"cashier": str(cashier_id), "day": day.isoformat()})


def overview() -> None:
    first = today - LISTED
    with ui.reading() as session:
        still_open = drawers.open_days(session, actor)
        closed = drawers.closes(session, actor, first, today)
    st.subheader(say("Still open"), anchor=False)
    for one in still_open:
        open_row(one)
    if not still_open:
        ui.empty(say("Every drawer with money in it is closed."), "lock")
    st.subheader(say("Closed"), anchor=False)
    if not closed:
        ui.empty(say("No drawer was closed since {first}.", first=ui.clinic_day(first)), "inventory")
        return
    differing = [one for one in closed if one.difference]
    together = ui.money(sum((one.difference for one in differing), Decimal(0)))
    st.caption(
        say(
            "{closed:,} in a month, {differing:,} with a difference; together {together}",
            closed=len(closed),
            differing=len(differing),
            together=ui.plain(together),
        )
    )
    if st.toggle(say("Only those with a difference"), key="only_differing"):
        closed = differing
    pages = -(-len(closed) // PAGE)
    page = min(st.session_state.get("closed_page", 1), max(pages, 1))
    closed_drawer.closes_list(closed[(page - 1) * PAGE : page * PAGE])
    if pages > 1:
        st.pagination(pages, key="closed_page")


def open_row(one: OpenDay) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        late = "" if one.day == today else f":orange-badge[:material/schedule: {say('Not closed that day')}]"
        st.markdown(f"**{ui.plain(one.cashier)}** :gray[{ui.full_day(one.day)}] {late}", width="stretch")
        key, icon = f"count_{one.cashier_id}_{one.day}", ":material/calculate:"
        st.button(say("Count and close"), key=key, icon=icon, on_click=count, args=[one.cashier_id, one.day])


def counted(cashier_id: int, day: date) -> None:
    st.button(say("All drawers"), icon=":material/arrow_back:", type="tertiary", on_click=st.query_params.clear)
    with ui.refusals_shown():
        with ui.reading() as session:
            drawer = drawers.drawer(session, actor, cashier_id, day)
        if drawer.close:
            closed_drawer.closed_drawer(drawer, drawer.close)
        else:
            st.markdown(f"**{ui.plain(drawer.cashier)}** :gray[{ui.full_day(day)}]")
            drawer_counting.count_form(drawer)


def asked_day() -> date | None:
    try:
        return date.fromisoformat(st.query_params.get("day", ""))
    except ValueError:
        return None


cashier, day = ui.id_of(st.query_params.get("cashier", "")), asked_day()
if close_id := ui.id_of(st.query_params.get("close", "")):
    closed_drawer.chosen(actor, close_id)
elif cashier and day:
    counted(cashier, day)
else:
    overview()
printing.waiting()
