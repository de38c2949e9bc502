import pytest
from streamlit.testing.v1 import AppTest

from core import auth
from core.models import User
from pages.ui import background
from pages.ui.catalogue import FOLDER
from tests.factories import PASSWORD

GOOD = "a new good password"


@pytest.fixture
def frame(session, admin, monkeypatch):
    """The frame around every page, at the administrator's tab."""
    monkeypatch.setattr(background, "start", lambda: None)
    frame = AppTest.from_file(str(FOLDER / "ui" / "main.py"), default_timeout=30)
    frame.session_state["token"] = auth._open(session, session.get_one(User, admin.user_id)).token
    session.flush()
    return frame.run()


def change(frame, current, new):
    next(button for button in frame.button if button.label == "Change my password").click().run()
    now, then = (box for box in frame.text_input if box.label in ("Password now", "New password"))
    now.set_value(current), then.set_value(new)
    form = frame.session_state["form:change_password"]
    return frame.button(key=f"FormSubmitter:{form}-Change it").click().run()


def test_whoever_changes_their_password_signs_in_again_with_it(session, frame):
    change(frame, PASSWORD, GOOD)

    assert [button.label for button in frame.button] == ["Sign in"]
    assert isinstance(auth.sign_in(session, "asha", GOOD, "10.0.0.1"), auth.SignedIn)


def test_a_wrong_password_changes_nothing(session, frame):
    change(frame, "wrong password", GOOD)

    assert frame.error[0].value == "The current password is not right."
    assert isinstance(auth.sign_in(session, "asha", PASSWORD, "10.0.0.1"), auth.SignedIn)
