"""What the audit trail is searched by, and which page of what was found is shown."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from core import clock
from core.audit_trail import KINDS, PAGE, Filters, Line, Person, words_for
from core.called import called
from core.models import AuditAction
from core.permissions import Role
from core.words import later, say
from pages.ui.links import chosen_by_address
from pages.ui.spans import EVERYTHING, OWN, own_dates

# How many days, today included, and what they are called.
_SPANS = {"today": 1, "7-days": 7, "30-days": 30}
_PERIODS = {
    **{"today": later("Today"), "7-days": later("7 days"), "30-days": later("30 days"), "always": EVERYTHING},
    "other": OWN,
}
_ACTIONS = {
    AuditAction.CREATE: later("Made"),
    AuditAction.READ: later("Read"),
    AuditAction.UPDATE: later("Changed"),
    AuditAction.DELETE: later("Removed"),
}
_SEEN = "trail_seen"
_WIDTH = 160  # two beside each other on a phone


def chosen(people: Sequence[Person]) -> Filters:
    first, last = _period()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        record = st.text_input(
            say("Record"), key="trail_record", placeholder=say("MRN, bill, token …"),
            icon=":material/search:",
        )  # fmt: skip
        names = {person.user_id: person.name for person in people}
        person = st.selectbox(
            say("Who"), list(names), index=None, format_func=lambda one: names[one], placeholder=say("Everybody"),
            width=_WIDTH, key="trail_who",
        )  # fmt: skip
        kind = st.selectbox(
            say("Work"), list(KINDS), index=None, format_func=say, placeholder=say("All"), width=_WIDTH,
            key="trail_kind",
        )  # fmt: skip
        with st.popover(say("More"), icon=":material/tune:"):
            event, role, action, security = _rarer(kind)
    return Filters(first, last, person, role, action, kind or "", event or "", record, security)


def pages_seen(filters: Filters) -> list[int | None]:
    """The last event of each page before this one; other filters begin at the newest again."""
    if st.session_state.get(f"{_SEEN}_of") != filters:
        st.session_state[f"{_SEEN}_of"], st.session_state[_SEEN] = filters, [None]
    seen: list[int | None] = st.session_state[_SEEN]
    return seen


def turn(seen: list[int | None], lines: Sequence[Line]) -> None:
    """By the last line that was seen, so that nothing is shown twice while new events come."""
    with st.container(horizontal=True):
        if len(seen) > 1:
            st.button(say("Newer"), icon=":material/chevron_left:", key="trail_newer", on_click=_newer)
        if len(lines) > PAGE:
            last = lines[PAGE - 1].event_id
            st.button(say("Older"), icon=":material/chevron_right:", key="trail_older", on_click=_older, args=(last,))


def _newer() -> None:
    st.session_state[_SEEN].pop()


def _older(last: int) -> None:
    st.session_state[_SEEN].append(last)


def _period() -> tuple[date | None, date | None]:
    today = clock.today()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen_by_address("trail_days", _PERIODS)
        chosen = st.segmented_control(
            say("Days"), list(_PERIODS), default="today", format_func=lambda one: say(_PERIODS[one]), required=True,
            wrap=True, key="trail_days", bind="query-params",
        )  # fmt: skip
        if chosen in _SPANS:
            return today - timedelta(days=_SPANS[chosen] - 1), today
        if chosen == "always":
            return None, None
        return own_dates("trail_range", (today, today), width=240)


def _rarer(kind: str | None) -> tuple[str | None, Role | None, AuditAction | None, bool]:
    known = [event for name, events in KINDS.items() if kind in (None, name) for event in events]
    event = st.selectbox(
        say("What"), known, index=None, format_func=words_for, placeholder=say("Anything"),
        key=f"trail_event_{kind or ''}",
    )  # fmt: skip
    role = st.selectbox(
        say("Role"), list(Role), index=None, format_func=called, placeholder=say("Every role"), key="trail_role"
    )
    action = st.selectbox(
        say("Kind of change"), list(_ACTIONS), index=None, format_func=lambda one: say(_ACTIONS[one]),
        placeholder=say("Any"), key="trail_action",
    )  # fmt: skip
    security = st.toggle(
        say("Only what matters for security"), key="trail_security",
        help=say("Signing in, users, files opened outside one's work, and lists taken away"),
    )  # fmt: skip
    return event, role, action, security
