"""The first start: proposed from the browser's clock, asked where that tells nothing, once and for one."""

import pytest
import streamlit as st
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from core import auth, clinic, users
from core.models import Clinic
from core.users import AlreadySetUp
from pages.ui import session
from tests.factories import PASSWORD
from tests.pages.conftest import SLOWEST_RUN


def draw():
    """As the frame does: the set-up until there is a clinic."""
    import streamlit as st

    from core import clinic
    from core.errors import SetupNeeded
    from pages.ui import door
    from pages.ui.work import reading

    try:
        with reading() as session:
            st.session_state["clinic"] = clinic.profile(session)
    except SetupNeeded:
        door.set_up()
    else:
        st.title("Signed in" if "token" in st.session_state else "Sign in")


@pytest.fixture
def visit(monkeypatch, bare_session):
    """Call with the time zone that the browser tells: the page has run."""
    by_address = auth.sign_in  # the visitor of an AppTest has none
    monkeypatch.setattr(auth, "sign_in", lambda session, name, word, *_: by_address(session, name, word, "127.0.0.1"))

    def open_it(time_zone):
        monkeypatch.setattr(type(st.context), "timezone", property(lambda _: time_zone))
        page = AppTest.from_function(draw, default_timeout=SLOWEST_RUN).run()
        assert not page.exception, page.exception
        return page

    return open_it


def box(page, label):
    return next(box for box in (*page.selectbox, *page.text_input) if box.label == label)


def fill(page, password=PASSWORD):
    texts = {"Name of the clinic": "Lotus Clinic", "Your name": "Asha", "User name": "asha", "Password": password}
    for label, text in texts.items():
        box(page, label).input(text)
    return page


def create(page):
    next(button for button in page.button if button.label == "Create the clinic").click().run()
    assert not page.exception, page.exception
    return page


def place(page):
    return [box(page, label).value for label in ("Country", "Time zone", "Currency")]


def errors(page):
    return " ".join(error.value for error in page.error)


@pytest.mark.parametrize("time_zone", ["Asia/Kolkata", "Asia/Calcutta"])
def test_country_time_zone_and_currency_are_proposed_and_shown_as_they_will_be_written(visit, time_zone):
    page = visit(time_zone)

    assert place(page) == ["IN", "Asia/Kolkata", "INR"]
    assert "₹1,23,456" in page.info[0].value
    assert "1 Mar 2025" in page.info[0].value


def test_four_texts_make_the_clinic_and_sign_its_administrator_in(visit, bare_session):
    page = create(fill(visit("Asia/Kolkata")))

    profile = clinic.profile(bare_session)
    assert (profile.name, profile.country, profile.time_zone, profile.currency) == (
        *("Lotus Clinic", "IN", "Asia/Kolkata", "INR"),
    )
    assert page.title[0].value == "Signed in"
    assert "dialog" not in page.session_state


def test_another_country_brings_its_own(visit, bare_session):
    page = visit("Asia/Kolkata")
    box(page, "Country").select("KE").run()

    assert place(page) == ["KE", "Africa/Nairobi", "KES"]


def test_a_country_with_several_time_zones_is_asked_for_its_own(visit, bare_session):
    page = visit("Asia/Kolkata")
    box(page, "Country").select("US").run()

    assert place(page) == ["US", None, "USD"]
    assert not page.info
    assert "Choose the clinic's time zone." in errors(create(fill(page)))


@pytest.mark.parametrize("time_zone", [None, "", "UTC", "Mars/Olympus"])
def test_nobody_gets_utc_without_having_chosen_it(visit, bare_session, time_zone):
    page = visit(time_zone)

    assert place(page) == [None, None, None]
    told = errors(create(fill(page)))
    assert "Choose the clinic's time zone." in told
    assert "Choose the clinic's currency." in told
    assert not clinic.is_set_up(bare_session)


def test_a_refused_password_keeps_what_was_typed(visit, bare_session):
    page = create(fill(visit("Asia/Kolkata"), password="short"))

    assert "at least 10 characters" in errors(page)
    assert box(page, "Name of the clinic").value == "Lotus Clinic"
    assert place(page) == ["IN", "Asia/Kolkata", "INR"]
    assert create(fill(page)).title[0].value == "Signed in"


def test_an_empty_first_screen_names_every_box_at_once(visit, bare_session):
    page = create(visit(None))

    assert [line.strip() for line in page.error[0].value.splitlines()] == [
        "Choose the clinic's country.",
        "Choose the clinic's time zone.",
        "Choose the clinic's currency.",
        "The clinic's name is missing.",
        "Your name is missing.",
        "The user name needs 2 to 40 characters without spaces.",
        "The password needs at least 10 characters.",
    ]


def test_sample_lists_open_once_the_administrator_is_in(visit, bare_session):
    page = fill(visit("Asia/Kolkata"))
    page.radio[0].set_value("samples")

    assert create(page).session_state["dialog"] == ("samples.services", "both")


def test_of_two_browsers_one_makes_the_clinic_and_the_other_is_told_to_sign_in(visit, bare_session, monkeypatch):
    page = fill(visit("Asia/Kolkata"))

    def came_second(*_):
        raise AlreadySetUp

    monkeypatch.setattr(users, "set_up", came_second)
    create(page)

    assert page.session_state["flash"][0] == "This clinic is already set up. Sign in instead."
    assert "token" not in page.session_state


def test_a_second_click_finds_the_clinic_made_and_who_lost_the_first_run_is_told_to_sign_in(
    visit, bare_session, monkeypatch
):
    page = fill(visit("Asia/Kolkata"))
    with monkeypatch.context() as patched:
        patched.setattr(session, "sign_in", lambda *_: st.stop())  # the run ends where the second click finds it
        create(page)
    page.run()

    assert page.title[0].value == "Sign in"
    assert page.session_state["flash"][0] == "The clinic is set up. Sign in as its administrator."
    assert bare_session.scalar(select(func.count()).select_from(Clinic)) == 1
