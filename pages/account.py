"""Everyone: the own language and password, the second factor, and where one is signed in."""

import streamlit as st

from core import auth
from core.words import say
from pages import ui
from pages.ui.office import own_sign_in, people

actor = ui.page(say("My account"))
with ui.reading() as session:
    sessions = auth.list_my_sessions(session, actor)
    own = auth.identify(session, st.session_state["token"])
    codes_left = auth.recovery_codes_left(session, actor)

left, right = st.columns(2, gap="large")
with left:
    own_sign_in.language(own.language if own else None)
    own_sign_in.password()
    own_sign_in.second_factor(codes_left)
with right:
    st.subheader(say("Where I am signed in"), anchor=False)
    people.open_sessions(sessions, own, auth.end_my_session, named=False)
    if len(sessions) > 1 and st.button(
        say("Sign out everywhere else"), key=ui.form_key("others"), icon=":material/logout:"
    ):
        with ui.refusals_shown():
            ui.act("others", auth.end_my_other_sessions, ui.current_identity().sid)
            ui.flash(say("Signed out everywhere else"), "logout")
own_sign_in.dialogs()
