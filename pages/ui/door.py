"""The screens before the screens: set up the clinic, sign in, and "this is not for you"."""

import streamlit as st

from core import passwords, users
from core.web.acting import note_refusal
from core.words import say
from pages.ui import demo, session, setting_up
from pages.ui.messages import show_flash
from pages.ui.show import plain
from pages.ui.work import act, form_key, refusals_shown


def set_up() -> None:
    """The first start: the clinic and its administrator. Works once, ever."""
    if demo.is_being_made():
        with _card():
            demo.progress()
        return
    with _card():
        setting_up.wizard()
    with _card():
        demo.offer()


def sign_in() -> None:
    if demo.is_new_here():
        with _card(wide=True):
            demo.logins()
        return
    with _card():
        show_flash()
        st.title(plain(session.clinic().name), anchor=False, icon=":material/local_hospital:")
        if session.code_wanted():
            _code()
        else:
            _password()


def choose_password() -> None:
    """The only screen of whoever signed in with a password that somebody else knows."""
    identity = session.current_identity()
    with _card():
        st.title(say("Choose your own password"), anchor=False)
        st.markdown(
            say(
                "Welcome, {name}. The one you were given is known to whoever gave it to you.",
                name=plain(identity.actor.name),
            )
        )
        with st.form(form_key("choose_password"), border=False):
            new = st.text_input(
                say("New password"), type="password", autocomplete="new-password", help=say(passwords.HINT)
            )
            sent = st.form_submit_button(
                say("Use it from now on"), type="primary", shortcut="Ctrl+Enter", width="stretch"
            )
        st.button(say("Sign out"), key="sign_out", icon=":material/logout:", type="tertiary", on_click=session.sign_out)
        if sent:
            with refusals_shown():
                act("choose_password", users.choose_password, new)
                session.sign_in_again(identity.username, new, say("From now on you sign in with your own password."))


def not_allowed() -> None:
    note_refusal(st.session_state["token"], f"page /{st.session_state['screen']}")
    st.title(say("Not for you"), anchor=False)
    st.error(say("Your role does not include this page. Ask an administrator if it should."), icon=":material/block:")


def _password() -> None:
    with st.form("sign_in", border=False):
        username = st.text_input(say("User name"), autocomplete="username")
        password = st.text_input(say("Password"), type="password", autocomplete="current-password")
        sent = st.form_submit_button(say("Sign in"), type="primary", width="stretch")
    if sent:
        _tell(session.sign_in(username, password))


def _code() -> None:
    """The second step. It asks for five minutes; then the password is typed again."""
    name = plain(session.clinic().name)
    st.markdown(
        say(
            "**One more step.** Open the authenticator app on your phone, the one with which you scanned Qure's code, "
            "and type the six digits that it shows for Qure, {name}. They change every half minute.",
            name=name,
        )
    )
    with st.form("sign_in_code", border=False):
        code = st.text_input(say("Code"), autocomplete="one-time-code", placeholder="123 456")
        sent = st.form_submit_button(say("Sign in"), type="primary", width="stretch")
    with st.expander(say("The phone is not here, or lost"), icon=":material/phonelink_erase:"):
        st.markdown(say("Type one of the recovery codes that you kept on paper. Each of them works once."))
        st.markdown(say("None left? An administrator can take your second factor away under Users."))
    st.button(say("Somebody else"), icon=":material/arrow_back:", type="tertiary", on_click=st.session_state.clear)
    if sent:
        _tell(session.enter_code(code))


def _tell(sentence: str | None) -> None:
    if sentence is None:
        st.rerun()
    st.error(sentence, icon=":material/error:")


def _card(*, wide: bool = False) -> "st.delta_generator.DeltaGenerator":
    _, middle, _ = st.columns([1, 6, 1] if wide else [1, 2, 1])
    return middle.container(border=True)
