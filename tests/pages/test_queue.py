"""The queue's screen, with Redis away: it goes on from PostgreSQL and says so."""

import pytest

from core import token_queue
from core.models import Priority, TokenState
from tests.factories import a_token

pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.fixture
def menu_open(open_page):
    """The page with the menu of one token open, as after a click on its dots."""

    def open_it(actor, token):
        page = open_page("queue", actor)
        page.session_state[f"menu_{token.token_id}"] = True
        return page.run()

    return open_it


def button(page, word):
    return next(one for one in page.button if one.label == word)


def test_without_redis_calls_go_on_and_the_screen_says_so(session, open_page, doctor, receptionist):
    asha = a_token(session, "Asha Rao", doctor)
    page = open_page("queue", receptionist)
    assert "changes a few seconds late" in page.warning[0].value

    button(page, "Call next").click().run()

    assert not page.exception
    assert token_queue.get(session, receptionist, asha.token_id).state is TokenState.CALLED


def test_yesterdays_token_is_not_on_todays_screen(session, open_page, doctor, receptionist, frozen_clock):
    a_token(session, "Asha Rao", doctor)
    frozen_clock(day=2)

    page = open_page("queue", receptionist)

    assert not any("Asha Rao" in text.value for text in page.markdown)


def test_a_token_waits_for_whoever_is_free_only_if_that_was_chosen(session, menu_open, doctor, receptionist):
    asha = a_token(session, "Asha Rao", doctor)
    page = menu_open(receptionist, asha)
    assert not any(one.label == "Transfer" for one in page.button)

    page.selectbox(key=f"to_{asha.token_id}").select_index(0).run()
    button(page, "Transfer").click().run()

    assert token_queue.get(session, receptionist, asha.token_id).doctor_id is None


def test_the_menu_changes_the_priority(session, menu_open, doctor, receptionist):
    asha = a_token(session, "Asha Rao", doctor)
    page = menu_open(receptionist, asha)

    next(box for box in page.selectbox if box.label == "Priority").select(Priority.EMERGENCY).run()
    button(page, "Change priority").click().run()

    assert token_queue.get(session, receptionist, asha.token_id).priority is Priority.EMERGENCY
