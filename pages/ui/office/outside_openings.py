"""For administrators: which files were opened outside somebody's work, and why."""

from datetime import date, timedelta

import streamlit as st

from core import clock, patients, users
from core.called import called
from core.patients import OpenedOutside
from core.permissions import Actor
from core.words import later, say
from pages.ui.links import link
from pages.ui.show import empty, moment, plain
from pages.ui.work import reading

TAB = "outside"  # how an address names it
_PERIODS = {7: later("7 days"), 30: later("30 days"), 365: later("A year")}
_MOST = 200


def section(actor: Actor) -> None:
    """Newest first; by person and period."""
    with reading() as session:
        names = {person.user_id: person.name for person in users.list_users(session, actor)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        days = st.segmented_control(
            say("Period"), list(_PERIODS), default=7, key="outside_period", required=True,
            format_func=lambda days: say(_PERIODS[days]),
        )  # fmt: skip
        who = st.selectbox(
            say("Who"), [None, *names], key="outside_who", width=260,
            format_func=lambda one: names.get(one, say("Everybody")),
        )  # fmt: skip
    today = clock.today()
    first = _first(today, days)
    with reading() as session:
        found = patients.list_outside(session, actor, first, today, who, _MOST)
    if not found:
        empty(say("No file was opened outside anybody's work in this time."), "verified_user")
    for one in found:
        _line(one)
    if len(found) == _MOST:
        st.caption(say("The last {most} are shown.", most=_MOST))


def _first(today: date, days: int) -> date:
    return today - timedelta(days=days - 1)


def _line(one: OpenedOutside) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True, wrap=False):
        who = f":small[:gray[{plain(one.by)}, {called(one.role).lower()} · {moment(one.at)}]]"
        st.markdown(f"**{plain(one.patient)}** · {plain(one.reason)}  \n{who}", width="stretch")
        link("patients", say("Card"), patient=one.mrn)
