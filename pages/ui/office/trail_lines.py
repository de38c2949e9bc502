"""The audit trail as lines in words, with what changed; how far it is proved; and the buttons that take it away."""

from collections.abc import Sequence

import streamlit as st

from core import audit_trail, clock
from core.audit_trail import Filters, Line, State
from core.called import called
from core.models import AuditAction
from core.permissions import Actor, Permission, allowed
from core.spreadsheet import MIME
from core.words import say, say_count
from pages.ui.links import link, open_to
from pages.ui.office.exporting import LABELS
from pages.ui.office.trail_changes import NOTHING, change
from pages.ui.session import current_actor
from pages.ui.show import empty, moment, plain
from pages.ui.taking import taken


def head(state: State) -> None:
    """How long the chain is, whether it was checked, and what keeps MongoDB's copy from being whole."""
    length = say_count(state.length, "{count:,} entry in the chain", "{count:,} entries in the chain")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{length}** :gray[· {_checked(state)}]", width="stretch")
        if open_to("books", current_actor()):
            link("books", say("Check it on Books"))
    mark = say("Mark of the last entry: {mark}", mark=f"`{state.head}`" if state.head else NOTHING)
    st.caption(" · ".join(filter(None, (mark, _waiting(state)))))
    if state.refused:
        st.warning(
            say_count(
                state.refused,
                "MongoDB refused {count:,} document. A check on Books names it and says what can be done.",
                "MongoDB refused {count:,} documents. A check on Books names them and says what can be done.",
            ),
            icon=":material/report:",
        )


def over(lines: Sequence[Line], filters: Filters, *, first_page: bool) -> None:
    """What stands over the list: that nothing was found, or how it is taken away."""
    if not lines:
        empty(say("Nothing in the trail fits this. Take more days, or ask for less."), "search_off")
        return
    if not allowed(current_actor(), Permission.EXPORT):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(say("**Newest first**") if first_page else say("**Older ones**"), width="stretch")
        for kind in MIME:
            _take(filters, kind)


def line(actor: Actor, one: Line) -> None:
    with st.container(border=True, gap="xsmall"):
        badges = [say(":orange-badge[:material/shield: Security]")] if one.is_security else []
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(" ".join((f"**{plain(one.words)}**", plain(one.record.name), *badges)), width="stretch")
            if one.record.screen and open_to(one.record.screen, actor):
                link(one.record.screen, say("Open"), **{one.record.part: one.record.key})
        role = f" ({called(one.role).lower()})" if one.role else ""
        entry = say("entry {number:,}", number=one.entry) if one.entry else say("not in the chain yet")
        st.caption(plain(f"{one.by}{role}, {moment(one.at)} · {entry}"))
        if one.changes:
            with st.expander(_how_many(one)):
                st.markdown("  \n".join(change(one.event, *told) for told in one.changes))


def _how_many(one: Line) -> str:
    """Whoever read a record changed nothing: what is told of it says how."""
    if one.action is AuditAction.READ:
        return say_count(len(one.changes), "{count:,} detail", "{count:,} details")
    return say_count(len(one.changes), "{count:,} change", "{count:,} changes")


def made(token: str, filters: Filters, kind: str) -> bytes:
    """The file, made when it is asked for."""
    return taken(token, audit_trail.take, filters, kind).as_file(kind)


def _take(filters: Filters, kind: str) -> None:
    token = st.session_state["token"]
    st.download_button(
        say(LABELS[kind]), lambda: made(token, filters, kind), f"qure-trail-{clock.today()}{kind}", MIME[kind],
        on_click="ignore", icon=":material/download:", key=f"take_trail{kind}",
    )  # fmt: skip


def _checked(state: State) -> str:
    if state.checked is None:
        return say("It was never checked on Books.")
    last = {"at": moment(state.checked.at), "by": plain(state.checked.by)}
    if not state.checked.broken:
        return say("Last checked {at} by {by}: all held.", **last)
    return say("Last checked {at} by {by}: {broken:,} of its checks did not hold.", **last, broken=state.checked.broken)


def _waiting(state: State) -> str:
    if not state.waiting:
        return ""
    return say_count(state.waiting, "{count:,} event is not in it yet", "{count:,} events are not in it yet")
