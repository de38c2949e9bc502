"""My drawer: a cashier counts the own drawer, and it is locked. What was closed before can be printed again."""

from datetime import date, timedelta

import streamlit as st

from core import clock, drawers
from core.drawers import OpenDay
from core.permissions import Permission
from core.words import later, say
from pages import ui
from pages.ui import printing
from pages.ui.cash import closed_drawer, drawer_counting

actor = ui.page(say("My drawer"), Permission.TAKE_PAYMENT)
today = clock.today()
LISTED = timedelta(days=31)


def day_to_close(open_days: list[OpenDay]) -> date:
    """The oldest one that is open; today where none is."""
    days = sorted({*(one.day for one in open_days), today})
    if len(days) == 1:
        return today
    words = {day: ui.clinic_day(day) for day in days}
    former = len(days) - 1
    if former == 1:
        still_open = say("Your drawer is still open for {day}. The oldest day is closed first.", day=words[days[0]])
    else:
        told = later("Your drawer is still open for {count} former days. The oldest day is closed first.")
        still_open = say(told, count=former)
    st.warning(still_open, icon=":material/lock_open:")
    return st.pills(
        say("Day"), days, default=days[0], format_func=words.__getitem__, required=True, key="day_to_close",
        label_visibility="collapsed",
    )  # fmt: skip


def own_drawer() -> None:
    with ui.reading() as session:
        open_days = drawers.open_days(session, actor, actor.user_id)
        closed = drawers.closes(session, actor, today - LISTED, today)
    day = day_to_close(open_days)
    with ui.reading() as session:
        drawer = drawers.drawer(session, actor, actor.user_id, day)
    if drawer.close:
        st.success(say("Your drawer of today is closed: no more is taken or given back today."), icon=":material/lock:")
        closed_drawer.closed_drawer(drawer, drawer.close)
    else:
        st.caption(ui.full_day(day))
        drawer_counting.count_form(drawer)
    before = [one for one in closed if one.cashier_id == actor.user_id and one != drawer.close]
    if before:
        st.subheader(say("Closed before"), anchor=False)
        closed_drawer.closes_list(before)


if close_id := ui.id_of(st.query_params.get("close", "")):
    closed_drawer.chosen(actor, close_id)
else:
    own_drawer()
printing.waiting()
