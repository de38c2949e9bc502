"""For administrators: which files were opened outside somebody's work, and why."""

from datetime import date, timedelta

import streamlit as st

from core import clock, patients, users
from core.patients import OpenedOutside
from core.permissions import Actor
from core.words import later, say
from pages.ui.links import link
from pages.ui.show import empty, moment, plain
from pages.ui.work import reading

TAB = "outside"  # how an address names it
_PERIODS = {later("7 days"): 7, later("30 days"): 30, later("A year"): 365}
_MOST = 200


def section(actor: Actor) -> None:
    """Newest first; by person and period."""
    with reading() as session:
        names = {person.user_id: person.name for person in users.list_users(session, actor)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        period = st.segmented_control(
            say("Period"), _PERIODS, default=say("7 days"), key="outside_period", required=True
        )
        who = st.selectbox(
            say("Who"),
            [None, *names],
            format_func=lambda one: names.get(one, "Everybody"),
            key="outside_who",
            width=260,
        )
    today = clock.today()
    first = _first(today, _PERIODS[period])
    with reading() as session:
        found = patients.list_outside(session, actor, first, today, who, _MOST)
    if not found:
        empty(say("No file was opened outside anybody's work in this time."), "verified_user")
    for one in found:
        _line(one)
    if len(found) == _MOST:
        st.caption(say("The last {MOST} are shown.", MOST=_MOST))


def _first(today: date, days: int) -> date:
    return today - timedelta(days=days - 1)


def _line(one: OpenedOutside) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True, wrap=False):
        who = f":small[:gray[{plain(one.by)}, {one.role.lower()} · {moment(one.at)}]]"
        st.markdown(f"**{plain(one.patient)}** · {plain(one.reason)}  \n{who}", width="stretch")
        link("patients", say("Card"), patient=one.mrn)
