from datetime import date, time

import pytest

from core import scheduling, token_queue
from core.permissions import Role
from pages import ui
from tests import factories
from tests.factories import a_patient, a_slot, a_token, a_user

pytestmark = pytest.mark.usefixtures("without_redis")
TODAY = date(2025, 3, 1)


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """A page without its frame knows no other page to link to."""
    monkeypatch.setattr(ui, "link", lambda address: None)


def texts(page):
    return "\n".join(element.value for element in (*page.markdown, *page.caption, *page.subheader))


def test_ending_the_day_empties_the_queue_and_the_book_and_lists_what_is_left(
    session, open_page, doctor, receptionist, frozen_clock
):
    frozen_clock(hour=8)
    slot = a_slot(session, doctor, TODAY, time(9))
    scheduling.book(session, receptionist, slot, a_patient(session, "Meena Das").patient_id)
    frozen_clock(hour=18)
    factories.a_completed_visit(session, doctor)
    a_token(session, "Vikram Sen", doctor)

    page = open_page("day_end", receptionist)
    seen = texts(page)
    assert all(words in seen for words in ("In the queue: 1", "Booked, not come: 1", "Visits without a bill: 1"))
    assert "They will be marked as left" in seen
    assert "They will be marked as not come." in seen
    assert page.button[0].disabled  # nobody is sent home by a key pressed too early
    page.checkbox[0].check().run()
    page.button[0].click().run()

    assert not page.exception
    assert token_queue.board(session, receptionist) == []
    assert "In the queue" not in texts(page)
    assert "Visits without a bill: 1" in texts(page)
    assert "1 taken out of the queue, 1 marked as not come" in "".join(toast.value for toast in page.toast)


def test_a_double_click_ends_it_once(session, open_page, click_twice, receptionist, doctor):
    a_token(session, "Asha Rao", doctor)
    page = open_page("day_end", receptionist)
    page.checkbox[0].check().run()

    click_twice(page, "end_day", page.button[0])

    assert token_queue.board(session, receptionist) == []


def test_a_forgotten_day_is_offered_first(session, open_page, doctor, receptionist, frozen_clock):
    a_token(session, "Asha Rao", doctor)
    frozen_clock(day=2)

    page = open_page("day_end", receptionist)

    assert page.date_input[0].value == TODAY
    assert "Not ended yet" in page.warning[0].value


def test_a_quiet_day_says_so(open_page, receptionist):
    page = open_page("day_end", receptionist)

    assert "Nothing is left undone." in texts(page)


def test_a_doctor_does_not_end_the_clinics_day(session, open_page):
    page = open_page("day_end", a_user(session, Role.DOCTOR))

    assert [error.value for error in page.error] == ["As doctor you may not end the clinic day."]
