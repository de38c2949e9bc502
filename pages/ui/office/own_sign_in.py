"""Somebody's own language, password and second factor, on their account."""

import segno
import streamlit as st

from core import auth, passwords, users, words
from core.words import later, say
from pages import ui
from pages.ui.dialog import dialog

_NEW = "new_factor"  # (secret, recovery codes): on the server alone until a first code proves that the app has it


def language(chosen: str | None) -> None:
    """The own language; None: that of the browser."""
    st.subheader(say("Language"), anchor=False)
    codes: list[str | None] = [None, *words.LANGUAGES]
    taken = st.selectbox(
        say("Language of Qure"), codes, index=codes.index(chosen) if chosen in codes else 0, key="language_box",
        format_func=lambda code: words.own_name(code) if code else say("As the browser"),
    )  # fmt: skip
    if taken != chosen:
        with ui.refusals_shown():
            ui.act("language", users.choose_language, taken)
            st.rerun()


def password() -> None:
    st.subheader(say("Password"), anchor=False)
    st.caption(say("Changing it signs you out everywhere else."))
    with st.form(ui.form_key("change_password"), border=False):
        current = st.text_input(say("Password now"), type="password", autocomplete="current-password")
        new = st.text_input(say("New password"), type="password", autocomplete="new-password", help=say(passwords.HINT))
        sent = st.form_submit_button(say("Change it"), type="primary", shortcut="Ctrl+Enter")
    if sent:
        with ui.refusals_shown():
            username = ui.current_identity().username
            ui.act("change_password", users.change_password, current, new)
            ui.sign_in_again(username, new, say("Your password is changed. Sign in with it from now on."))


def second_factor(codes_left: int | None) -> None:
    """`codes_left` None: it is off."""
    st.subheader(say("Second factor"), anchor=False)
    if codes_left is None:
        st.markdown(say("Besides the password Qure can ask for a code that an app on your phone shows."))
        st.button(say("Set it up"), icon=":material/phonelink_lock:", on_click=_begin)
    else:
        st.markdown(say(":green-badge[:material/phonelink_lock: On]"))
        st.markdown(
            say(
                "{left} of {all} recovery codes are left. For new ones turn it off and on again.",
                left=codes_left,
                all=auth.RECOVERY_CODES,
            )
        )
        st.button(say("Turn it off"), icon=":material/phonelink_erase:", on_click=ui.open_dialog, args=["account.off"])


def dialogs() -> None:
    if ui.opened("account.on"):
        _turn_on()
    elif codes := ui.opened("account.codes"):
        _show_codes(codes)
    elif ui.opened("account.off"):
        _turn_off()


def _begin() -> None:
    st.session_state[_NEW] = (auth.new_secret(), auth.new_recovery_codes())
    ui.open_dialog("account.on")


@dialog(later("Set up a second factor"), icon=":material/phonelink_lock:", on_dismiss=ui.close_dialog)
def _turn_on() -> None:
    identity = ui.current_identity()
    secret, codes = st.session_state[_NEW]
    with ui.reading() as session:
        address = auth.address_for_app(session, identity.actor, secret)
    st.markdown(say("Scan this with an authenticator app (any will do), then type the six digits that it shows."))
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=3, dark="#000", light="#fff")
    st.html(f'<img src="{picture}" alt="QR code for an authenticator app" style="display: block; margin: auto">')
    with st.expander(say("No camera? Type this key into the app")):
        st.code(secret, language=None, wrap_lines=True)
    with st.form(ui.form_key("factor_on"), border=False):
        code = st.text_input(say("Code"), autocomplete="one-time-code")
        current = st.text_input(say("Password now"), type="password", autocomplete="current-password")
        sent = st.form_submit_button(say("Turn it on"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with ui.refusals_shown():
            ui.act("factor_on", auth.turn_on, current, secret, code, codes, identity.sid)
            st.session_state.pop(_NEW, None)
            ui.open_dialog("account.codes", codes)
            st.rerun()


@dialog(later("Your recovery codes"), icon=":material/password:", on_dismiss=ui.close_dialog)
def _show_codes(codes: list[str]) -> None:
    st.markdown(say("Each signs you in once without the phone. Keep them on paper: **they are shown only now.**"))
    st.code("\n".join(codes), language=None)
    if st.button(say("I have kept them"), type="primary", shortcut="Ctrl+Enter", width="stretch"):
        ui.close_dialog()
        ui.flash(say("From now on Qure asks for a code as well"), "phonelink_lock")


@dialog(later("Turn the second factor off?"), icon=":material/phonelink_erase:", on_dismiss=ui.close_dialog)
def _turn_off() -> None:
    st.markdown(say("The password alone signs you in then. You are signed out everywhere else."))
    with st.form(ui.form_key("factor_off"), border=False):
        current = st.text_input(say("Password now"), type="password", autocomplete="current-password")
        code = st.text_input(say("Code"), autocomplete="one-time-code", help=say("Of the app, or a recovery code."))
        sent = st.form_submit_button(say("Turn it off"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    if sent:
        with ui.refusals_shown():
            ui.act("factor_off", auth.turn_off, current, code, ui.current_identity().sid)
            ui.close_dialog()
            ui.flash(say("The password alone signs you in from now on"), "phonelink_erase")
