"""The way to look around before beginning: a demo clinic made of made-up people, and the logins into it."""

from collections.abc import Sequence

import streamlit as st

from core import analytics
from core.config import settings
from core.errors import ClinicError
from core.permissions import Role
from core.words import later, say, written
from etl.simulate import Login
from pages.ui import demo_job, session
from pages.ui.demo_job import DAYS, Job
from pages.ui.office.people import role_badge
from pages.ui.show import plain

# The tab holds its claim before anything begins, so that a second click, which ends the first one's run, loses nothing.
# In the address it outlives F5; one that came with an address never begins anything, whoever may have sent it.
_CLAIM = "demo"
SEES: dict[Role, str] = {
    Role.ADMIN: later("Everything: users, fees, prices, settings"),
    Role.MANAGER: later("Dashboards of revenue, waits, stock and patients"),
    Role.RECEPTION: later("Desk, calendar, queue and cash: check in who is booked today"),
    Role.DOCTOR: later("The room: call the next patient, diagnose, prescribe"),
    Role.PHARMACIST: later("Counter and stock: hand over, receive, expiry"),
    Role.ANALYST: later("The same figures, de-identified"),
}
_SAVE = st.components.v2.component(
    "qure_save_text",
    html="<a></a>",  # no link before there is something behind it
    css="a { color: var(--st-link-color); font-family: var(--st-font); font-size: 0.875rem }",
    js="""
export default function ({ data, parentElement }) {
  const link = parentElement.querySelector("a")
  link.textContent = data.label
  link.download = data.name
  link.href = "data:text/plain;charset=utf-8," + encodeURIComponent(data.text)
}
""",
)


def offer() -> None:
    """The button, and what became of an earlier click."""
    st.subheader(say("Only looking?"), anchor=False)
    st.markdown(
        say(
            "A demo clinic with {days} made-up days: patients, queues, bills, stock, full dashboards, and a "
            "login for each role. It takes about ten seconds.",
            days=DAYS,
        )
    )
    if (job := demo_job.ended(_claims())) and job.problem:
        st.error(plain(job.problem), icon=":material/error:")
    if st.button(say("Explore a demo clinic"), icon=":material/explore:", width="stretch"):
        demo_job.begin(st.session_state.setdefault(_CLAIM, demo_job.new_claim()))
        st.rerun()  # to the progress, of whoever's it is


def is_being_made() -> bool:
    return demo_job.demos.at_work() is not None


@st.fragment(run_every=0.5)
def progress() -> None:
    job = demo_job.demos.at_work()
    if job is None:
        st.rerun(scope="app")
    st.title(say("A demo clinic is being made"), anchor=False)
    if demo_job.is_of(job, _claims()):
        _outlive_f5(job)
    else:
        st.info(say("Someone asked for it in another window. Its logins are shown there."), icon=":material/info:")
    st.progress(job.share, f"{job.what} …")
    st.caption(say("All of it or nothing: if this is interrupted, nothing is left behind."))


def is_new_here() -> bool:
    """Whether this tab asked for the demo clinic that there is now, and may still see its logins."""
    job = demo_job.ended(_claims())
    return job is not None and job.made is not None


def logins() -> None:
    """Who can sign in, and as what: for whoever asked for the clinic, as long as the job is kept."""
    job = demo_job.ended(_claims())
    assert job is not None
    assert job.made is not None
    _outlive_f5(job)
    st.title(say("Your demo clinic is ready"), anchor=False, icon=":material/celebration:")
    st.markdown(
        say(
            "{patients} made-up patients and {visits} visits, up to yesterday. Today is yours: people "
            "are booked and wait to be checked in.",
            patients=written(job.made.patients),
            visits=written(job.made.visits),
        )
    )
    _warning()
    _reports(job)
    for login in job.made.logins:
        _row(login)
    text = _as_text(job.made.logins)
    with st.expander(say("All of them as text"), icon=":material/content_copy:"):
        st.code(text, language=None)
        _SAVE(key="save_logins", data={"text": text, "name": "qure-demo-logins.txt", "label": say("Download as text")})


def _claims() -> list[str]:
    return [claim for claim in (st.session_state.get(_CLAIM), st.query_params.get(_CLAIM)) if claim]


def _outlive_f5(job: Job) -> None:
    if st.query_params.get(_CLAIM) != job.claim:
        st.query_params[_CLAIM] = job.claim


def _warning() -> None:
    nobody = say("**A demo: nobody in it is real.** Enter no real patients.")
    fresh = (
        say(
            "To begin for real, start Qure with another folder: {command}",
            command="`QURE_DATA_DIR=my-clinic streamlit run streamlit_app.py`",
        )
        if settings().embedded
        else say(
            "To begin for real, start Qure with an empty database: another {settings}.",
            settings="`DATABASE_URL`, `REDIS_URL`, `MONGO_URL`",
        )
    )
    once = say(
        "**The passwords are shown only now.** Copy them; a lost one is replaced by {command}.",
        command="`qure users reset-password NAME`",
    )
    st.warning(f"{nobody} {fresh}  \n{once}", icon=":material/science:")


@st.fragment(run_every=1)
def _reports(job: Job) -> None:
    """Dashboards read MongoDB, which is filled after the clinic is there."""
    try:
        feed = analytics.freshness()
        full = feed.whole and feed.fed_at is not None and job.ended_at is not None and feed.fed_at >= job.ended_at
        filled, filling = say("The dashboards are full."), say("Filling dashboards …")
        word = f":green[:material/check: {filled}]" if full else f":material/hourglass: {filling}"
    except ClinicError as refusal:
        word = f":material/hourglass: {plain(str(refusal))}"
    st.markdown(f":small[{word}]")


def _row(login: Login) -> None:
    with st.container(border=True):
        who, password, button = st.columns([4, 2, 2], vertical_alignment="center")
        who.markdown(f"**{plain(login.name)}** {role_badge(login.role)}  \n:small[:gray[{say(SEES[login.role])}]]")
        password.markdown(f"`{login.username}`  \n`{login.password}`")
        label = say("Sign in as {username}", username=login.username)
        if button.button(label, key=f"as_{login.username}", width="stretch"):
            if sentence := session.sign_in(login.username, login.password):
                st.error(sentence, icon=":material/error:")
                return
            st.query_params.clear()
            st.rerun()


def _as_text(people: Sequence[Login]) -> str:
    rows = [f"{p.username:<14} {p.password:<14} {p.name:<16} {say(SEES[p.role])}" for p in people]
    return "\n".join([say("Qure demo clinic: made-up people only"), *rows])
