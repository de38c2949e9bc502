from datetime import date, timedelta

import pytest

from core import clinic, clock, token_queue
from core.models import WaitModel
from core.token_queue import Coverage, Range
from pages.ui.paper import token_slip
from pages.ui.waits import coverage_words, expected_wait, slip
from tests.factories import a_token

pytestmark = pytest.mark.usefixtures("without_redis")
SATURDAY = date(2025, 3, 1).weekday()


@pytest.fixture
def taught(session, doctor):
    """A doctor who takes ten minutes, in a clinic that says half as much again for the longer time."""
    hours = {str(doctor.user_id): {str(SATURDAY): {"away": [], "until": 1200}}}
    model = {"minutes": 10, "pace": {}, "hours": hours, "curve": [[0, 0, 0], [100, 100, 150]]}
    yesterday = clock.today() - timedelta(days=1)
    counts = {"said": 200, "within_p50": 104, "within_p90": 182}
    session.add(WaitModel(learned_on=yesterday, learned_at=clock.now(), waits=200, model=model, **counts))
    session.flush()
    return doctor


def shown(page):
    """What a page says, its ranges as people would type them."""
    elements = [*page.markdown, *page.caption]
    return "\n".join(element.value for element in elements).replace("\u2060", "").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (None, ""),
        (Range(0, 0), "under 5 min"),
        (Range(3, 10), "up to 10 min"),
        (Range(20, 35), "20–35 min"),
        (Range(20, 20), "about 20 min"),
        (Range(90, 150), "1–3 h"),
        (Range(30, 150), "30–150 min"),
    ],
)
def test_a_wait_is_told_as_people_tell_it(expected, words):
    assert expected_wait(expected).replace("\u2060", "").replace("\u00a0", " ") == words


def test_of_nothing_said_there_is_nothing_to_tell():
    assert coverage_words(None) == coverage_words(Coverage(0, 0, 0)) == ""


def test_the_queue_shows_expected_waits_what_was_said_and_how_it_held(
    session, open_page, taught, receptionist, frozen_clock
):
    for name in ("Asha", "Vikram", "Meena"):
        a_token(session, name, taught)
    first = token_queue.call_next(session, taught, taught.user_id)
    frozen_clock(minute=13)
    token_queue.finish(session, taught, first.token_id)
    token_queue.call_next(session, taught, taught.user_id)

    text = shown(open_page("queue", receptionist))

    assert "10–15 min to go" in text  # Meena, after Vikram
    assert "newcomers wait 20–30 min" in text
    assert "said 10–15, was 13 min" in text  # Vikram, with the doctor
    assert "said under 5, was 0 min" in text  # Asha, seen
    assert "Of 200 waits in the last four weeks 91 % were no longer than the longer time" in text


def test_a_queue_that_has_learned_nothing_says_nothing_of_waits(session, open_page, doctor, receptionist):
    a_token(session, "Asha", doctor)

    text = shown(open_page("queue", receptionist))

    assert "newcomers" not in text
    assert "to go" not in text


def test_the_desk_tells_a_newcomer_and_prints_it(session, open_page, taught, receptionist):
    a_token(session, "Asha", taught)
    second = a_token(session, "Vikram", taught)

    assert "2 waiting · newcomers wait 20–30 min" in shown(open_page("desk", receptionist))
    paper = slip(second, clinic.profile(session))
    assert "Expected wait: 10" in token_slip(paper)
    assert (paper.number, paper.doctor, paper.room) == (2, second.doctor_name, second.room)
    assert paper.wait.startswith("Expected wait: 10")
    assert paper.moment == clinic.profile(session).moment(second.issued_at)


def test_a_slip_of_a_clinic_that_has_learned_nothing_is_silent(session, doctor):
    assert "Expected" not in token_slip(slip(a_token(session, "Asha", doctor), clinic.profile(session)))
