"""What a restart of the app leaves as it was: a session, a note that is being written, the display on the wall."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.browser import backstage, lived_in
from tests.browser.notes import PAUSE_MS, the_room, to_the_note
from tests.browser.people import session_cookie, sign_in, visitor
from tests.browser.test_clinic_day import register_with_token
from tests.browser.wall import a_wall, rung, shown


@pytest.fixture(scope="module")
def tabs(clinic, chromium):
    """The wall's, one at the desk, the doctor's and a stranger's, who comes to the app only after it."""
    backstage.at(clinic, backstage.begin_visit, lived_in.DOCTOR)
    wall = a_wall(chromium, clinic)
    expect(wall.locator(".call .number")).to_be_visible()
    desk = sign_in(visitor(chromium), clinic, lived_in.RECEPTION)
    room = sign_in(visitor(chromium), clinic, lived_in.DOCTOR, "room")
    to_the_note(room)
    room.keyboard.type("Cough for 3 days")
    room.wait_for_timeout(PAUSE_MS)
    assert session_cookie(desk.context)
    assert session_cookie(room.context)
    before = SimpleNamespace(wall=wall, desk=desk, room=room, stranger=visitor(chromium).new_page())

    clinic.stop()
    expect(wall.get_by_text("No connection.")).to_be_visible(timeout=60_000)
    clinic.start()

    yield before
    for tab in vars(before).values():
        tab.context.close()


def test_a_stranger_opens_no_page_right_after_it(clinic, tabs):
    tabs.stranger.goto(f"{clinic.url}/users")

    expect(tabs.stranger.get_by_role("button", name="Sign in")).to_be_visible()


def test_who_was_signed_in_still_is(clinic, tabs):
    tabs.desk.goto(f"{clinic.url}/desk")

    expect(tabs.desk.get_by_role("heading", name="Desk")).to_be_visible()


def test_a_note_that_was_being_written_is_still_there(clinic, tabs):
    tabs.room.close()

    expect(the_room(tabs.room.context, clinic).get_by_label("New note")).to_have_value("Cough for 3 days")


def test_the_wall_goes_on_by_itself(clinic, tabs):
    wall = tabs.wall
    expect(wall.get_by_text("No connection.")).to_be_hidden(timeout=60_000)
    number = backstage.at(clinic, backstage.last_number) + 1
    register_with_token(tabs.desk, "Vikram Sethi", phone="9876543211", age="50")

    expect(shown(wall, number)).to_be_visible()
    assert wall.evaluate("window.__qureWall.started && window.__qureWall.audio.state") == "running"
    assert rung(wall) == []  # nobody was called since the display was started: the call before it is not rung again
