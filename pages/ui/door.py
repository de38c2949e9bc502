"""The screens before the screens: set up the clinic, sign in, and "this is not for you"."""

from zoneinfo import available_timezones

import streamlit as st

from core import db, passwords, users
from core.errors import ClinicError
from core.users import NewClinic
from core.web.acting import note_refusal
from core.words import say
from pages.ui import demo, session
from pages.ui.messages import show_flash, show_refusal
from pages.ui.show import plain
from pages.ui.work import act, form_key, refusals_shown

CURRENCIES = ("INR", "EUR", "USD", "GBP", "KES", "NGN", "ZAR", "BDT", "LKR", "NPR", "PKR", "PHP", "IDR", "BRL", "MXN")


def set_up() -> None:
    """The first start: the clinic and its administrator. Works once, ever."""
    if demo.is_being_made():
        with _card():
            demo.progress()
        return
    with _card():
        st.title(say("Welcome to Qure"), anchor=False)
        st.markdown(say("Two minutes, once: name your clinic and make its administrator. Only looking? See below."))
        with st.form("set_up", border=False):
            st.subheader(say("Your clinic"), anchor=False)
            name = st.text_input(say("Name of the clinic"), placeholder=say("Lotus Clinic"))
            left, right = st.columns(2)
            zone = left.selectbox(
                say("Time zone"),
                sorted(available_timezones()),
                index=_zone_index(),
                help=say("Cannot be changed later."),
            )
            currency = right.selectbox(
                say("Currency"), CURRENCIES, accept_new_options=True, help=say("An ISO code such as INR or EUR.")
            )
            st.subheader(say("Its administrator"), anchor=False)
            full_name = st.text_input(say("Your name"), autocomplete="name")
            left, right = st.columns(2)
            username = left.text_input(say("User name"), autocomplete="username")
            password = right.text_input(
                say("Password"), type="password", autocomplete="new-password", help=passwords.HINT
            )
            sent = st.form_submit_button(
                say("Create the clinic"), type="primary", shortcut="Ctrl+Enter", width="stretch"
            )
        if sent:
            try:
                with db.transaction() as db_session:
                    users.set_up(db_session, NewClinic(name, zone or "", currency or ""), username, full_name, password)
            except ClinicError as refusal:
                show_refusal(refusal)
                return
            session.sign_in(username, password)
            st.rerun()
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
            new = st.text_input(say("New password"), type="password", autocomplete="new-password", help=passwords.HINT)
            sent = st.form_submit_button(
                say("Use it from now on"), type="primary", shortcut="Ctrl+Enter", width="stretch"
            )
        st.button(say("Sign out"), key="sign_out", icon=":material/logout:", type="tertiary", on_click=session.sign_out)
        if sent:
            with refusals_shown():
                act("choose_password", users.choose_password, new)
                session.sign_in_again(identity.username, new, say("From now on you sign in with your own password."))


def not_allowed() -> None:
    note_refusal(st.session_state["token"], say("page /{session_state}", session_state=st.session_state["screen"]))
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
    with st.form("sign_in_code", border=False):
        told = say("The six digits your app shows now, or one of your recovery codes.")
        code = st.text_input(say("Code"), autocomplete="one-time-code", help=told)
        sent = st.form_submit_button(say("Sign in"), type="primary", width="stretch")
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


def _zone_index() -> int:
    """The browser's own time zone, if it told one."""
    zones = sorted(available_timezones())
    return zones.index(st.context.timezone) if st.context.timezone in zones else zones.index("UTC")
