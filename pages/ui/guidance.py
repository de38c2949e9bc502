"""Help beside the title of every screen: what it is for, its commonest jobs, its keys, and the first steps again.

`?` opens it, too.
"""

import streamlit as st

from core import users
from core.words import say
from pages.ui import keys
from pages.ui.guides import GUIDES
from pages.ui.links import go
from pages.ui.session import current_identity
from pages.ui.show import plain
from pages.ui.work import act, form_key, refusals_shown


def beside_title() -> None:
    screen = st.session_state.get("screen", "")
    if guide := GUIDES.get(screen):
        with st.popover(say("Help"), icon=":material/help:", type="tertiary", key="help"):
            st.markdown(f"**{plain(say(guide.purpose))}**")
            st.markdown("\n".join(f"- {plain(say(job))}" for job in guide.jobs))
            st.markdown("  \n".join(f"`{key.keys}` {plain(say(key.does))}" for key in keys.of_screen(screen)))
            if st.button(say("Show me my first steps"), key=form_key("begin_tour"), icon=":material/signpost:"):
                _begin_tour()


def _begin_tour() -> None:
    with refusals_shown():
        if not current_identity().on_tour:
            act("begin_tour", users.begin_tour)
        go("")
