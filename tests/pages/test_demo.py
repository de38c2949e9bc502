"""The demo clinic from the first screen: who gets to see its logins, and what two clicks or a failure leave behind."""

import pytest
import streamlit as st
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from core import auth
from core.models import Clinic, Patient, User
from core.permissions import Role
from etl import simulate
from pages.ui import demo_job, one_at_a_time
from pages.ui.demo_job import Job
from tests.pages.conftest import SLOWEST_RUN

SIGN_IN = r"Lotus Clinic \(demo\)"


class AtOnce:
    """A thread that is done before its starter goes on: the test's transaction is one connection."""

    def __init__(self, target, args, **_):
        self.start = lambda: target(*args)


@pytest.fixture(autouse=True)
def small_and_at_once(monkeypatch):
    monkeypatch.setattr(demo_job.demos, "job", None)
    monkeypatch.setattr(demo_job, "DAYS", 2)
    monkeypatch.setattr(demo_job, "PATIENTS_PER_DAY", 5)
    monkeypatch.setattr(one_at_a_time, "Thread", AtOnce)


def draw():
    """As the frame does: the set-up until there is a clinic, then the sign-in."""
    import streamlit as st

    from core import clinic
    from core.errors import SetupNeeded
    from pages.ui import door
    from pages.ui.work import reading

    try:
        with reading() as session:
            profile = clinic.profile(session)
    except SetupNeeded:
        door.set_up()
    else:
        st.session_state["clinic"] = profile
        if "token" in st.session_state:
            st.title("Signed in")
        else:
            door.sign_in()


def tab(claim=None):
    page = AppTest.from_function(draw, default_timeout=SLOWEST_RUN)
    if claim:
        page.query_params["demo"] = claim
    page.run()
    assert not page.exception, page.exception
    return page


def press(page, label):
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception, page.exception
    return page


def titles(page):
    return [title.value for title in page.title]


@pytest.fixture
def made(bare_session, frozen_clock):
    page = press(tab(), "Explore a demo clinic")
    frozen_clock()
    return page


def test_a_click_makes_a_clinic_and_shows_a_login_for_each_role(bare_session, made):
    assert titles(made) == ["Your demo clinic is ready"]
    assert bare_session.scalar(select(Clinic.name)) == "Lotus Clinic (demo)"
    assert {login.role for login in demo_job.demos.job.made.logins} == set(Role)
    for login in demo_job.demos.job.made.logins:
        assert login.password in made.code[0].value


def test_it_says_that_nobody_is_real_and_how_to_begin_for_real(made):
    assert "nobody in it is real" in made.warning[0].value
    assert "QURE_DATA_DIR=my-clinic" in made.warning[0].value
    assert "qure users reset-password" in made.warning[0].value


def test_one_click_signs_in_as_the_manager(bare_session, made, monkeypatch):
    by_address = auth.sign_in  # the visitor of an AppTest has none
    monkeypatch.setattr(auth, "sign_in", lambda session, name, word, *_: by_address(session, name, word, "127.0.0.1"))
    press(made, "Sign in as manager")

    user = bare_session.scalar(select(User).where(User.username == "manager"))
    assert made.session_state["user_id"] == user.id
    assert titles(made) == ["Signed in"]
    assert "demo" not in made.query_params


def test_reloading_the_tab_does_not_lose_the_passwords(made):
    assert titles(tab(demo_job.demos.job.claim)) == ["Your demo clinic is ready"]


@pytest.mark.parametrize("claim", [None, "guessed", "é"])
def test_nobody_else_sees_the_passwords(made, claim):
    assert titles(tab(claim)) == [SIGN_IN]


def test_the_passwords_are_forgotten_after_an_hour(made, frozen_clock):
    frozen_clock(hour=11, minute=1)

    assert titles(tab(demo_job.demos.job.claim)) == [SIGN_IN]


def test_while_one_is_being_made_another_tab_sees_how_far_it_is_and_can_start_nothing(bare_session, monkeypatch):
    monkeypatch.setattr(demo_job.demos, "job", Job("first", "Living through March", 0.4))

    page = tab()

    assert titles(page) == ["A demo clinic is being made"]
    assert page.info[0].value == "Someone asked for it in another window. Its logins are shown there."
    assert not page.button
    assert not demo_job.begin("another")


def test_who_asked_for_it_is_not_told_of_another_window(bare_session, monkeypatch):
    monkeypatch.setattr(demo_job.demos, "job", Job("first", "Living through March", 0.4))

    assert not tab("first").info


def test_a_second_click_that_ends_the_first_ones_run_loses_no_claim(bare_session, frozen_clock, monkeypatch):
    page = tab()
    with monkeypatch.context() as patched:
        patched.setattr(st, "rerun", st.stop)  # the run ends where the second click finds it
        press(page, "Explore a demo clinic")
    page.query_params.clear()  # as it was in the browser when the second click left it
    frozen_clock()
    page.run()

    assert titles(page) == ["Your demo clinic is ready"]
    assert page.query_params["demo"] == demo_job.demos.job.claim


def test_nothing_begins_with_a_claim_that_came_with_the_address(bare_session, frozen_clock):
    press(tab("sent by a stranger"), "Explore a demo clinic")
    frozen_clock()

    assert titles(tab("sent by a stranger")) == [SIGN_IN]


def test_a_clinic_that_was_set_up_meanwhile_gets_no_made_up_patients(session):
    demo_job.begin("first")

    assert demo_job.demos.job.problem == "This clinic is already set up. Sign in instead."
    assert session.scalar(select(func.count()).select_from(Patient)) == 0


def test_a_failure_leaves_nothing_and_can_be_tried_again(bare_session, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(simulate, "run", fail)
        page = press(tab(), "Explore a demo clinic")

    assert page.error[0].value.startswith("The demo clinic could not be made, and nothing is left of it")
    assert bare_session.scalar(select(Clinic.id)) is None
    assert titles(press(page, "Explore a demo clinic")) == ["Your demo clinic is ready"]


def test_what_is_told_of_the_progress_only_grows(bare_session):
    told = []

    simulate.run(2, 3, seed=1, tell=lambda what, share: told.append((what, share)))

    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert [what for what, _ in told][-2:] == ["Checking the books", "Done"]
