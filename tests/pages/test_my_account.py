from dataclasses import replace

import pytest
from passlib.totp import TOTP
from streamlit.testing.v1 import AppTest

from core import auth, clock, users
from core.models import User
from core.permissions import Role
from core.users import NewUser
from core.web import background
from pages.ui import catalogue
from pages.ui import session as at_the_tab
from pages.ui.catalogue import FOLDER
from tests.factories import PASSWORD, set_up

GOOD = "a new good password"


@pytest.fixture(autouse=True)
def address(monkeypatch):
    """Who visits an AppTest has none."""
    monkeypatch.setattr(at_the_tab, "_where", lambda: ("10.0.0.1", "Firefox on Linux"))


@pytest.fixture
def visit(session, monkeypatch):
    """Call it: the frame around every page, in the tab of somebody who has the token, or nobody's."""
    monkeypatch.setattr(background, "start", lambda: None)

    def open_it(token=None):
        frame = AppTest.from_file(str(FOLDER / "ui" / "main.py"), default_timeout=30)
        if token:
            frame.session_state["token"] = token
        frame.run()
        assert not frame.exception, frame.exception
        return frame

    return open_it


def fill(page, **fields):
    for label, value in fields.items():
        next(box for box in page.text_input if box.label == label.replace("_", " ")).set_value(value)
    return page


def send(page, form, word):
    key = page.session_state[f"form:{form}"] if f"form:{form}" in page.session_state else form  # noqa: SIM401
    page.button(key=f"FormSubmitter:{key}-{word}").click().run()
    assert not page.exception, page.exception
    return page


def press(page, label):
    return next(button for button in page.button if button.label == label).click().run()


def labels(page):
    return [button.label for button in page.button]


def sign_in(page, username, password):
    return send(fill(page, User_name=username, Password=password), "sign_in", "Sign in")


def test_whoever_changes_their_password_stays_signed_in_here_and_nowhere_else(session, visit, admin, monkeypatch):
    account = next(screen for screen in catalogue.SCREENS if screen.address == "account")
    monkeypatch.setattr(catalogue, "SCREENS", (replace(account, address=""),))  # the frame opens there
    before, other = (auth.open_session(session, session.get_one(User, admin.user_id)).token for _ in range(2))
    session.flush()
    page = visit(before)
    send(fill(page, Password_now=PASSWORD, New_password=GOOD), "change_password", "Change it")

    assert "Your password is changed" in page.toast[0].value
    assert (auth.identify(session, before), auth.identify(session, other)) == (None, None)
    assert auth.identify(session, page.session_state["token"]).actor == admin
    assert isinstance(auth.sign_in(session, "asha", GOOD, "10.0.0.1"), auth.SignedIn)


def test_a_wrong_password_changes_nothing_and_is_counted(session, open_page, admin):
    page = open_page("account", admin)
    for _ in range(5):
        send(fill(page, Password_now="wrong password", New_password=GOOD), "change_password", "Change it")
        assert page.error[0].value == "The current password is not right."

    send(fill(page, Password_now=PASSWORD, New_password=GOOD), "change_password", "Change it")
    assert "Too many wrong tries" in page.error[0].value
    assert isinstance(auth.sign_in(session, "asha", PASSWORD, "10.0.0.1"), auth.SignedIn)


def test_a_first_password_opens_one_screen_whatever_the_address(session, admin, visit, open_page):
    user_id = users.add(session, admin, NewUser("ravi", "Ravi", Role.RECEPTION, PASSWORD))
    frame = sign_in(visit(), "ravi", PASSWORD)
    assert frame.title[0].value == "Choose your own password"
    assert labels(frame) == ["Use it from now on", "Sign out"]
    given = frame.session_state["token"]
    page = open_page("desk", auth.identify(session, given).actor)  # past the frame
    assert (page.title, page.warning[0].value) == ([], "Choose a password of your own first: reload the page.")

    send(fill(frame, New_password=PASSWORD), "choose_password", "Use it from now on")
    assert "the password you were given" in frame.error[0].value
    send(fill(frame, New_password=GOOD), "choose_password", "Use it from now on")
    assert auth.identify(session, given) is None
    assert not auth.identify(session, frame.session_state["token"]).actor.first_password
    assert isinstance(auth.sign_in(session, "ravi", GOOD, "10.0.0.1"), auth.SignedIn)
    assert user_id == frame.session_state["user_id"]
    assert not [told.value for told in frame.caption if "Last time" in told.value]  # it was with the first one


def test_a_second_factor_is_set_up_asked_for_and_turned_off(session, open_page, admin, visit, frozen_clock):
    page = press(open_page("account", admin), "Set it up")
    secret, codes = page.session_state["new_factor"]
    now = TOTP(key=secret).generate(clock.now()).token
    fill(page, Code=now)
    [box for box in page.text_input if box.label == "Password now"][-1].set_value(PASSWORD)
    send(page, "factor_on", "Turn it on")
    assert "\n".join(codes) in [block.value for block in page.code]
    press(page, "I have kept them")

    frame = sign_in(visit(), "asha", PASSWORD)
    assert "token" not in frame.session_state
    send(fill(frame, Code=now), "sign_in_code", "Sign in")
    assert "used before" in frame.error[0].value
    frozen_clock(minute=1)
    send(fill(frame, Code=TOTP(key=secret).generate(clock.now()).token), "sign_in_code", "Sign in")
    assert auth.identify(session, frame.session_state["token"]).actor == admin

    page = press(open_page("account", admin), "Turn it off")
    [box for box in page.text_input if box.label == "Password now"][-1].set_value(PASSWORD)
    send(fill(page, Code=codes[0]), "factor_off", "Turn it off")
    assert "password alone" in page.toast[0].value


def test_what_lies_between_the_steps_ends_after_five_minutes(session, admin, visit, frozen_clock):
    key = auth.new_secret()
    auth.turn_on(session, admin, PASSWORD, key, TOTP(key=key).generate(clock.now()).token, [], "")
    frame = sign_in(visit(), "asha", PASSWORD)
    assert [box.label for box in frame.text_input] == ["Code"]

    frozen_clock(minute=5)
    assert [box.label for box in frame.run().text_input] == ["User name", "Password"]


def test_wrong_tries_are_told_after_signing_in(session, admin, visit, frozen_clock):
    auth.sign_in(session, "asha", PASSWORD, "10.0.0.1")
    frozen_clock(minute=1)
    auth.sign_in(session, "asha", "wrong password", "10.0.0.1")
    session.flush()
    frame = sign_in(visit(), "asha", PASSWORD)

    assert frame.sidebar.caption[0].value.endswith(" · 1 wrong try since the last time")
    assert frame.toast[0].value == "Somebody tried to sign in as you: 1 wrong try since the last time."


def test_other_sessions_are_ended_one_by_one_or_all(session, open_page, admin):
    tokens = [auth.open_session(session, session.get_one(User, admin.user_id)).token for _ in range(3)]
    page = press(open_page("account", admin), "Sign out")
    assert [auth.identify(session, token) is None for token in tokens].count(True) == 1

    press(page, "Sign out everywhere else")
    assert [auth.identify(session, token) for token in tokens] == [None] * 3
    assert auth.identify(session, page.session_state["token"])


def test_whoever_was_signed_out_from_elsewhere_comes_to_the_sign_in_page_and_reads_why(session, visit, admin):
    page = visit(auth.open_session(session, session.get_one(User, admin.user_id)).token)
    auth.end_my_other_sessions(session, admin, keep="")
    page.run()

    assert not page.exception, page.exception
    assert [box.label for box in page.text_input] == ["User name", "Password"]
    assert page.toast[0].value == "You were signed out. Sign in again."
    assert {name for name in ("token", "user_id", "actor", "last_time") if name in page.session_state} == set()
    assert not page.run().toast


def test_a_set_up_page_that_was_left_open_makes_no_second_clinic(bare_session, visit_bare):
    page = visit_bare
    set_up(bare_session)
    fill(page, Name_of_the_clinic="Another", Your_name="Eve", User_name="eve", Password=GOOD)
    send(page, "set_up", "Create the clinic")

    assert bare_session.query(User.username).all() == [("asha",)]


@pytest.fixture
def visit_bare(bare_session, monkeypatch):
    """A visitor before the set-up."""
    monkeypatch.setattr(background, "start", lambda: None)
    return AppTest.from_file(str(FOLDER / "ui" / "main.py"), default_timeout=30).run()
