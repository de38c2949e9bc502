"""Who is signed in, in this browser tab, at this moment.

session_state holds the token first and the cookie carries it over F5, a new tab and a deep link. At every run, of a
page or of a live part of one, the token is looked up again: a logout in one tab ends all of them. Once in a run is
enough, but for a write, which asks again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core import auth, db, logs, words
from core.auth import CodeWanted, Identity, Refused, SignedIn
from core.called import called
from core.clinic import Profile
from core.permissions import Actor, Permission, allowed
from core.web import cookies
from core.web.acting import note_refusal
from core.words import later, say, say_count
from pages.ui.messages import flash, show_flash

Whoever = TypeVar("Whoever", bound=Identity | None)

# Three dots say "menu" by themselves: the arrow that Streamlit puts beside them would be a second sign for it.
_ONE_SIGN = "[class*='st-key-menu_'] button > div > [aria-hidden] { display: none }"
# Too pale otherwise to be read by everybody: the key on a coloured button, the chosen one of several in the dark.
_KEY = "[data-testid^=stBaseButton-primary] kbd { opacity: 1 }"
_CHOSEN = "[data-variant][data-selected=true], [role=tab][aria-selected=true] { color: inherit !important }"
# The same for words in charts, where they have no colour of their own: one grey (TEXT of the charts) for both themes.
_IN_CHARTS = '.js-plotly-plot text[style*="117, 125, 135"] { fill: currentColor !important }'
# A link to a screen begins at the edge of words and buttons without a frame, and like these it has none.
_ON_THE_EDGE = """:is([data-testid=stMain], .st-key-who) [data-testid=stPageLink-NavLink]
    { padding-inline: 0; background: none; &:hover { text-decoration: underline } }"""
# The name of a patient stands at the middle of the pencil beside it.
_BESIDE_A_BUTTON = ".st-key-patient_banner h3 { padding-top: 0 }"
# The longest words of the toolbar, and their tooltips say them; and a hand without a mouse has seldom a keyboard.
_KEYS_UNSAID = """:is(.st-key-day_before, .st-key-day_after) kbd { display: none }
    @media (hover: none) { [data-testid^=stBaseButton] kbd { display: none } }"""
# At the top a word that something was done covers tabs, Help and the cross of a dialog; on a phone all is narrow.
_WORDS_BELOW = "@media (min-width: 640px) { .stToastContainer[data-testid] { top: auto !important; bottom: 1rem } }"
_PARTS = (_ONE_SIGN, _KEY, _CHOSEN, _IN_CHARTS, _ON_THE_EDGE, _BESIDE_A_BUTTON, _KEYS_UNSAID, _WORDS_BELOW)
STYLE = f"<style>{' '.join(_PARTS)}</style>"
_OF_THE_FRAME = ("clinic", "screen", "language")  # read before it is known whose tab it is, and nobody's
# By somebody else, in another tab, or by the time.
_SIGNED_OUT = later("You were signed out. Sign in again.")
_BRIDGE = st.components.v2.component(
    "qure_cookie",
    js="""
export default function ({ data }) {
  if (!data?.ticket || window.__qureTicket === data.ticket) return
  window.__qureTicket = data.ticket
  fetch("/auth/session", {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ticket: data.ticket }),
  })
}
""",
)


def _nothing() -> None:
    pass


_beside_title: Callable[[], None] = _nothing
_of_this_run: ContextVar[Identity | None] = ContextVar("who was looked up for this run", default=None)


def token_shown() -> str | None:
    return st.session_state.get("token") or cookies.token_in(st.context.cookies)


def _language() -> str:
    """In which this tab is read. Its runs are many: of the page, of its live parts, of what a click begins with."""
    in_a_run = get_script_run_ctx(suppress_warning=True) is not None
    return str(st.session_state.get("language", words.ENGLISH)) if in_a_run else words.ENGLISH


def _written_for() -> tuple[str, str] | None:
    """The country and currency of the clinic this tab is in, once it is set up."""
    if get_script_run_ctx(suppress_warning=True) is None or "clinic" not in st.session_state:
        return None
    return clinic().country, clinic().currency


words.read_by(_language, _written_for)


def read_as(identity: Identity | None) -> None:
    """From now on in the language that they have chosen, or else in that of the browser."""
    chosen = identity.language if identity else None
    st.session_state["language"] = words.offered(chosen, st.context.locale)


def identify() -> Identity | None:
    """Whose tab this is, looked up now."""
    token = token_shown()
    with db.reading() as session:
        found = auth.identify(session, token)
    return recognise(token, found)


def recognise(token: str | None, identity: Identity | None) -> Identity | None:
    """The tab is of whoever its token was found to be. Leftovers of another person are thrown away."""
    if identity is None:
        if "token" in st.session_state:
            _forget_the_person()
            st.session_state["flash"] = (say(_SIGNED_OUT), "logout")
        return None
    if st.session_state.get("user_id", identity.actor.user_id) != identity.actor.user_id:
        _forget_the_person()
    st.session_state["token"], st.session_state["user_id"] = token, identity.actor.user_id
    logs.tell(user=identity.actor.user_id, screen=st.session_state.get("screen"))
    return identity


@contextmanager
def looked_up(identity: Whoever) -> Iterator[Whoever]:
    """What is drawn in the block belongs to the run for which this was looked up. None: look up anew each time."""
    before = _of_this_run.set(identity)
    try:
        yield identity
    finally:
        _of_this_run.reset(before)


def _forget_the_person() -> None:
    """In the middle of a run, which goes on with what the frame has read."""
    kept = {name: st.session_state[name] for name in _OF_THE_FRAME if name in st.session_state}
    st.session_state.clear()
    st.session_state.update(kept)


def keep_alive(identity: Identity) -> None:
    """Idle time starts again, unless a timer made this run. And the cookie follows a fresh sign-in."""
    by_timer = st.session_state.pop("by_timer", False)
    if not by_timer:
        touch(identity)
    if ticket := st.session_state.get("ticket"):
        # It stays mounted and answers nothing: an answer would be a run of its own, which could undo a click on a link.
        _BRIDGE(key="qure_cookie", data={"ticket": ticket})


def touch(identity: Identity) -> None:
    if auth.needs_touch(identity):
        with db.transaction() as session:
            auth.touch(session, identity.sid)


def sign_in(username: str, password: str) -> str | None:
    """Returns None, or the sentence of the refusal. What may still be wanted is a code: `code_wanted`."""
    with db.transaction() as session:
        answer = auth.sign_in(session, username, password, *_where())
    return _answered(answer)


def code_wanted() -> CodeWanted | None:
    """The password was right a moment ago, and a code is missing."""
    wanted: CodeWanted | None = st.session_state.get("code_wanted")
    return wanted if wanted and auth.still_wanted(wanted) else None


def enter_code(code: str) -> str | None:
    """Returns None, or the sentence of the refusal."""
    wanted: CodeWanted = st.session_state["code_wanted"]
    with db.transaction() as session:
        answer = auth.enter_code(session, wanted, code, *_where())
    return _answered(answer)


def _where() -> tuple[str, str]:
    """The address, and what the browser tells of itself."""
    return st.context.ip_address or later("this machine"), st.context.headers.get("User-Agent") or ""


def _answered(answer: SignedIn | CodeWanted | Refused) -> str | None:
    if isinstance(answer, Refused):
        return answer.sentence
    st.session_state.clear()
    if isinstance(answer, CodeWanted):
        st.session_state["code_wanted"] = answer
        return None
    st.session_state.update(token=answer.token, ticket=answer.ticket, user_id=answer.actor.user_id)
    st.session_state["last_time"] = (answer.last_at, answer.failures)
    if answer.failures:
        told = say_count(
            answer.failures,
            "Somebody tried to sign in as you: {count} wrong try since the last time.",
            "Somebody tried to sign in as you: {count} wrong tries since the last time.",
        )
        st.session_state["flash"] = (told, "gpp_maybe")
    return None


def tries_since(failures: int) -> str:
    return say_count(failures, "{count} wrong try since the last time", "{count} wrong tries since the last time")


def sign_in_again(username: str, password: str, said: str) -> None:
    """The password is a new one and every session has ended: this tab goes on in one of its own. The last time stays
    the one before."""
    last_time = st.session_state.get("last_time", (None, 0))
    if sign_in(username, password):
        st.session_state.clear()
    else:
        st.session_state["last_time"] = last_time
    flash(said, "key")


def sign_out() -> None:
    """End the session in every tab; the browser goes through /auth/logout, which takes the cookie away."""
    token = st.session_state.get("token")
    with db.transaction() as session:
        auth.sign_out(session, token)
    st.session_state.clear()
    st.logout()


def current_identity() -> Identity:
    """Whose tab this is; stops the run with a sentence if it is nobody's any more."""
    identity = _of_this_run.get() or identify()
    if identity is None:
        st.warning(say("You are signed out. Reload the page to sign in again."), icon=":material/logout:")
        st.stop()
    return identity


def current_actor() -> Actor:
    return current_identity().actor


def page(title: str, permission: Permission | None = None, icon: str | None = None) -> Actor:
    """The first line of every page: its title, for those who may open it; everyone else is stopped here."""
    actor = st.session_state["actor"] = current_actor()
    if actor.first_password:
        st.warning(say("Choose a password of your own first: reload the page."), icon=":material/key:")
        st.stop()
    if permission is not None and not allowed(actor, permission):
        note_refusal(st.session_state["token"], f"page /{st.session_state.get('screen', '')}")
        st.error(
            say("As {role} you may not {permission}.", role=called(actor.role).lower(), permission=say(permission)),
            icon=":material/block:",
        )
        st.stop()
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        st.title(title, icon=icon, anchor=False)
        _beside_title()
    show_flash()
    return actor


def beside_title(draw: Callable[[], None]) -> None:
    """What stands beside the title of every screen: the help, which knows of much that knows the session."""
    global _beside_title
    _beside_title = draw


def of_this_part() -> Identity:
    """Who was looked up for the page, or, where a part of it runs alone, now."""
    identity = _of_this_run.get() or identify()
    if identity is None or identity.actor != st.session_state.get("actor"):
        st.rerun(scope="app")  # signed out, or another role by now: the frame decides what is shown
    return identity


def clinic() -> Profile:
    """The clinic's profile as the frame read it at the start of this run."""
    profile: Profile = st.session_state["clinic"]
    return profile
