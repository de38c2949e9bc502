"""A direct address to a screen of somebody else's work shows the refusal, and nothing of the clinic."""

import pytest
from sqlalchemy import select

from core import audit, auth
from core.models import AuditEvent, User
from core.permissions import Role
from pages.ui import door
from pages.ui.catalogue import SCREENS
from tests.factories import a_patient, a_user

GUARDED = [screen for screen in SCREENS if screen.permission is not None]


@pytest.mark.parametrize("screen", GUARDED, ids=lambda screen: screen.file)
def test_a_screen_of_others_shows_the_refusal_and_nothing_else(session, open_page, screen):
    a_patient(session, "Asha Canary")
    for role in Role:
        actor = a_user(session, role)
        if screen.open_to(actor):
            continue
        page = open_page(screen.file, actor)

        (said,) = page.error
        assert said.value == f"As {role.lower()} you may not {screen.permission}."
        shown = [*page.title, *page.markdown, *page.button, *page.dataframe, *page.text_input, *page.caption]
        assert (shown, "Canary" in str(page.main)) == ([], False), role
        (kept,) = session.scalars(select(AuditEvent.changes).where(of_refusal(actor)))
        assert kept["wanted"][1].startswith("page ")


def test_the_trail_names_the_screen_that_was_refused_and_not_what_the_browser_says_it_is(session, doctor, monkeypatch):
    token = auth.open_session(session, session.get_one(User, doctor.user_id)).token
    monkeypatch.setattr(door.st, "session_state", {"token": token, "screen": "trail"})
    monkeypatch.setattr(type(door.st.context), "url", "http://qure.local/whatever\0")

    door.not_allowed()

    kept = session.scalars(select(AuditEvent.changes).where(of_refusal(doctor))).all()
    assert kept == [{"wanted": [None, "page /trail"]}]


def of_refusal(actor):
    return (AuditEvent.event == audit.REFUSED) & (AuditEvent.actor_id == actor.user_id)
