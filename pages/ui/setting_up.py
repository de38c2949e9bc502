"""The first start: where the clinic is, its name and administrator, what it begins with. Works once, ever.

Country, time zone and currency are proposed from the browser's clock and stand outside the form, for the lines below
follow them. A browser that tells no country is asked: nobody gets UTC without having chosen it.
"""

import streamlit as st

from core import clock, db, passwords, places, users
from core.errors import ClinicError
from core.users import AlreadySetUp, NewClinic
from core.words import later, say
from pages.ui import session
from pages.ui.dialog_keys import keys_stay_in_dialogs
from pages.ui.messages import show_refusal
from pages.ui.office import samples
from pages.ui.show import plain

_COUNTRY, _ZONE, _CURRENCY = "setup_country", "setup_zone", "setup_currency"
_EMPTY, _SAMPLES = "empty", "samples"
_BEGINNINGS = {_EMPTY: later("Empty lists"), _SAMPLES: later("Sample lists")}
_WHAT_THEY_ARE = {
    _EMPTY: later("You type services and medicines yourself, or import them."),
    _SAMPLES: later("Common services and medicines to choose from; you type the prices."),
}


def wizard() -> None:
    st.title(say("Welcome to Qure"), anchor=False)
    st.markdown(say("Three steps, once. Only looking? A demo clinic is offered below."))
    st.subheader(say("1. Where is your clinic?"), anchor=False)
    _place()
    with st.form("set_up", border=False):
        st.subheader(say("2. What is it called, and who looks after it?"), anchor=False)
        st.caption(say("The name stands on bills and prescriptions. The administrator adds everybody else."))
        name = st.text_input(say("Name of the clinic"), placeholder=say("Lotus Clinic"))
        full_name = st.text_input(say("Your name"), autocomplete="name")
        left, right = st.columns(2)
        username = left.text_input(say("User name"), autocomplete="username")
        password = right.text_input(
            say("Password"), type="password", autocomplete="new-password", help=say(passwords.HINT)
        )
        st.subheader(say("3. What do you start from?"), anchor=False)
        beginning = st.radio(
            say("What do you start from?"),
            list(_BEGINNINGS),
            format_func=lambda code: say(_BEGINNINGS[code]),
            captions=[say(words) for words in _WHAT_THEY_ARE.values()],
            label_visibility="collapsed",
        )
        sent = st.form_submit_button(say("Create the clinic"), type="primary", shortcut="Ctrl+Enter", width="stretch")
    keys_stay_in_dialogs()  # else Ctrl+Enter is lost on the choice above it
    if sent:
        state = st.session_state
        new = NewClinic(name, state[_ZONE] or "", state[_CURRENCY] or "", state[_COUNTRY] or "")
        _create(new, username, full_name, password, with_samples=beginning == _SAMPLES)


def _place() -> None:
    st.caption(say("Days, bills and amounts follow it. Time zone and currency cannot be changed later."))
    if _COUNTRY not in st.session_state:
        here = places.country_of(st.context.timezone or "")
        st.session_state[_COUNTRY] = here if here in places.countries() else None
        _propose()
    country = st.selectbox(
        say("Country"),
        sorted(places.countries(), key=places.country_name),
        format_func=places.country_name,
        key=_COUNTRY,
        placeholder=say("Choose the country"),
        on_change=_propose,
    )
    left, right = st.columns(2)
    zone = left.selectbox(
        say("Time zone"),
        _zones(country),
        format_func=lambda zone: zone.replace("_", " "),
        key=_ZONE,
        placeholder=say("Choose the time zone"),
    )
    currency = right.selectbox(
        say("Currency"),
        places.currencies(),
        format_func=lambda code: f"{code} · {places.currency_name(code)}",
        key=_CURRENCY,
        placeholder=say("Choose the currency"),
    )
    if country and zone and currency:
        _preview(country, zone, currency)


def _preview(country: str, zone: str, currency: str) -> None:
    """An amount, and the day and time of now, as they will stand on screens and papers."""
    amount, day, time = (f"**{plain(text)}**" for text in places.as_written(country, currency, zone, clock.now()))
    told = say(
        "Screens and papers will show {amount} and {day}, {time}. Is it that time where you are?",
        amount=amount,
        day=day,
        time=time,
    )
    st.info(told, icon=":material/preview:")


def _propose() -> None:
    """What goes with the country; its time zone only if there is no doubt."""
    country = st.session_state[_COUNTRY]
    own, browsers = places.time_zones(country or ""), places.modern_name(st.context.timezone or "")
    st.session_state[_ZONE] = browsers if browsers in own else own[0] if len(own) == 1 else None
    st.session_state[_CURRENCY] = places.currency(country) if country else None


def _zones(country: str | None) -> list[str]:
    """The country's own first."""
    own = places.time_zones(country or "")
    return [*own, *(zone for zone in places.all_time_zones() if zone not in own)]


def _create(new: NewClinic, username: str, name: str, password: str, *, with_samples: bool) -> None:
    """Whoever clicks twice may lose the run after the clinic is made: then this sentence stands over the sign-in."""
    st.session_state["flash"] = (say("The clinic is set up. Sign in as its administrator."), "login")
    try:
        with db.transaction() as db_session:
            users.set_up(db_session, new, username, name, password)
    except AlreadySetUp as refusal:
        st.session_state["flash"] = (str(refusal), "login")
        st.rerun()
    except ClinicError as refusal:
        del st.session_state["flash"]
        show_refusal(refusal)
        return
    session.sign_in(username, password)
    st.session_state["flash"] = (say("{name} is set up", name=new.name), "celebration")
    if with_samples:
        samples.begin_with_both()
    st.rerun()
