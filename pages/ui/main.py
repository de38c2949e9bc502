"""The frame around every page: is the clinic up, is it set up, who is signed in, which pages are theirs."""

import logging
from collections.abc import Callable

import streamlit as st

from core import auth, clinic, logs
from core.auth import Identity
from core.called import called
from core.errors import ClinicError, SetupNeeded, StoreUnavailable
from core.patients import ReasonNeeded
from core.permissions import Actor
from core.web import background
from core.words import later, say
from pages.ui import asked, door, finding, guidance, session
from pages.ui.catalogue import SCREENS, WAITING_ROOM, Screen
from pages.ui.dialog_keys import keys_stay_in_dialogs
from pages.ui.icon import ICON, LOGO
from pages.ui.links import link
from pages.ui.messages import show_refusal
from pages.ui.outside_work import ask
from pages.ui.show import moment, plain
from pages.ui.work import reading

log = logging.getLogger("pages.ui.main")


# What the browser's tab says where one screen stands at every address.
_TITLES: dict[Callable[[], None], str] = {
    door.sign_in: later("Sign in"),
    door.set_up: later("Set up"),
    door.choose_password: later("Choose password"),
}


def run() -> None:
    logs.begin()
    with asked.told(drawn=True):
        _draw()


def _draw() -> None:
    st.set_page_config(page_title="Qure", page_icon=ICON, layout="wide", initial_sidebar_state=240)
    st.html(session.STYLE)
    try:
        session.read_as(None)
        background.start()
        token = session.token_shown()
        with reading() as db_session:
            profile, found = clinic.profile(db_session), auth.identify(db_session, token)
        st.session_state["clinic"] = profile
        identity = session.recognise(token, found)
        session.read_as(identity)
        page = _navigation(identity)
        screen = st.session_state["screen"] = page.url_path or "today"
        logs.tell(screen=screen)
        log.debug("A screen is drawn")
        session.beside_title(guidance.beside_title)
        with session.looked_up(identity):
            if identity:
                finding.dialog_if_asked()
            page.run()
    except SetupNeeded:
        _everywhere(door.set_up).run()
    except StoreUnavailable as refusal:
        show_refusal(refusal)
        _again_once_it_is_back()
    except ReasonNeeded as closed:
        ask(closed)
    except ClinicError as refusal:
        show_refusal(refusal)


@st.fragment(run_every=3)
def _again_once_it_is_back() -> None:
    """A page that was opened while a store was away comes up by itself."""
    st.caption(say("This page comes back by itself."))
    try:
        with reading() as db_session:
            clinic.profile(db_session)
    except ClinicError:
        return
    st.rerun(scope="app")


def _navigation(identity: Identity | None) -> st.Page:
    if identity is None:
        return _everywhere(door.sign_in)
    session.keep_alive(identity)
    if identity.actor.first_password:
        return _everywhere(door.choose_password)
    sections: dict[str, list[st.Page]] = {}
    for screen in SCREENS:
        if screen.open_to(identity.actor):
            sections.setdefault(say(screen.section), []).append(_page(screen, default=screen.address == ""))
        else:
            sections.setdefault("", []).append(_hidden(screen, door.not_allowed))
    sections[""].append(_page(WAITING_ROOM))
    opened = st.navigation(sections, expanded=True)
    _sidebar(identity.actor)
    return opened


def _everywhere(draw: Callable[[], None]) -> st.Page:
    """One screen at every address, so that a deep link still leads there once the visitor is let in."""
    pages = [_hidden(screen, draw, default=screen.address == "") for screen in SCREENS]
    public = _hidden(WAITING_ROOM, draw) if draw is door.set_up else _page(WAITING_ROOM)
    return st.navigation([*pages, public], position="hidden")


def _page(screen: Screen, *, default: bool = False) -> st.Page:
    return st.Page(
        screen.path,
        title=say(screen.title),
        icon=f":material/{screen.icon}:",
        url_path=screen.address or "today",
        default=default,
        visibility="hidden" if screen.reached else "visible",
        help=say(screen.help),
    )


def _hidden(screen: Screen, draw: Callable[[], None], *, default: bool = False) -> st.Page:
    def drawn() -> None:
        draw()

    drawn.__name__ = f"{draw.__name__}_{screen.file}"  # Streamlit tells callable pages apart by name
    title = _TITLES.get(draw, screen.title)
    return st.Page(drawn, title=say(title), url_path=screen.address or "today", default=default, visibility="hidden")


def _sidebar(actor: Actor) -> None:
    st.logo(LOGO, size="large")
    with st.sidebar.container(key="who"):
        st.markdown(f"**{plain(session.clinic().name)}**")
        link("account", plain(actor.name))
        told = [called(actor.role)]
        last_at, failures = st.session_state.get("last_time", (None, 0))
        if last_at:
            told += [say("Last time: {at}", at=moment(last_at)), *([session.tries_since(failures)] if failures else [])]
        st.caption(" · ".join(told))
        st.button(say("Sign out"), key="sign_out", icon=":material/logout:", type="tertiary", on_click=session.sign_out)
        finding.button()
        keys_stay_in_dialogs()


run()
