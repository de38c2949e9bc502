"""The audit trail as lines in words, with what changed; how far it is proved; and the buttons that take it away."""

from collections.abc import Sequence

import streamlit as st

from core import audit_trail, clock
from core.audit_trail import Filters, Line, State
from core.permissions import Actor, Permission, allowed
from core.spreadsheet import MIME
from core.words import say
from pages.ui.exporting import LABELS
from pages.ui.links import link, open_to
from pages.ui.session import current_actor
from pages.ui.show import moment, plain
from pages.ui.taking import taken

_NOTHING = "–"


def head(state: State) -> None:
    """How long the chain is, whether it was checked, and what keeps MongoDB's copy from being whole."""
    if state.checked is None:
        checked = say("It was never checked on Books.")
    else:
        result = (
            say("all held")
            if not state.checked.broken
            else say("{broken:,} of its checks did not hold", broken=state.checked.broken)
        )
        checked = say(
            "Last checked {at} by {by}: {result}.",
            at=moment(state.checked.at),
            by=plain(state.checked.by),
            result=result,
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            say("**{length:,} entries in the chain** :gray[{checked}]", length=state.length, checked=checked),
            width="stretch",
        )
        if open_to("books", current_actor()):
            link("books", say("Check it on Books"))
    st.caption(
        say("Mark of the last entry: `{value}`", value=state.head or _NOTHING)
        + (f" · {_waiting(state)}" if state.waiting else "")
    )
    if state.refused:
        documents = say("1 document") if state.refused == 1 else f"{state.refused:,} documents"
        st.warning(
            say(
                "MongoDB refused {documents}. A check on Books names them and says what can be done.",
                documents=documents,
            ),
            icon=":material/report:",
        )


def over(lines: Sequence[Line], filters: Filters, *, first_page: bool) -> None:
    """What stands over the list: that nothing was found, or how it is taken away."""
    if not lines:
        st.info(say("Nothing in the trail fits this."), icon=":material/search_off:")
        return
    if not allowed(current_actor(), Permission.EXPORT):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(say("**Newest first**") if first_page else say("**Older ones**"), width="stretch")
        for kind in MIME:
            _take(filters, kind)


def line(actor: Actor, one: Line) -> None:
    with st.container(border=True, gap="xsmall"):
        badge = say(" :orange-badge[:material/shield: Security]") if one.is_security else ""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(one.words)}** {plain(one.record.name)}{badge}", width="stretch")
            if one.record.screen and open_to(one.record.screen, actor):
                link(one.record.screen, say("Open"), **{one.record.part: one.record.key})
        role = f" ({one.role.lower()})" if one.role else ""
        entry = f"entry {one.entry:,}" if one.entry else say("not in the chain yet")
        st.caption(plain(f"{one.by}{role}, {moment(one.at)} · {entry}"))
        if one.changes:
            with st.expander(f"{len(one.changes):,} change{'' if len(one.changes) == 1 else 's'}"):
                st.markdown("  \n".join(_change(*change) for change in one.changes))


def made(token: str, filters: Filters, kind: str) -> bytes:
    """The file, made when it is asked for."""
    return taken(token, audit_trail.take, filters, kind).as_file(kind)


def _take(filters: Filters, kind: str) -> None:
    token = st.session_state["token"]
    st.download_button(
        LABELS[kind], lambda: made(token, filters, kind), f"qure-trail-{clock.today()}{kind}", MIME[kind],
        on_click="ignore", icon=":material/download:", key=f"take_trail{kind}",
    )  # fmt: skip


def _change(field: str, before: object, after: object) -> str:
    words = plain(field.replace("_", " ").capitalize())
    return f"{words}: :gray[{_shown(before)}] → {_shown(after)}"


def _shown(value: object) -> str:
    return plain(_NOTHING if value in (None, "", [], {}) else str(value))


def _waiting(state: State) -> str:
    return (
        say("1 event is not in it yet")
        if state.waiting == 1
        else say("{waiting:,} events are not in it yet", waiting=state.waiting)
    )
