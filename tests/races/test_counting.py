"""The counts that races and storms are held to hold over midnight, too."""

import pytest
from sqlalchemy import text

from tests.factories import a_token
from tests.races import counting

pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.fixture
def two_days(session, doctor, frozen_clock):
    """Two tokens on one day, one on the next."""
    tokens = [a_token(session, name, doctor) for name in ("Asha Rao", "Vikram Sen")]
    frozen_clock(2025, 3, 2)
    return [*tokens, a_token(session, "Meena Iyer", doctor)]


def wrong(session):
    events = counting.all_done(session)
    return [*counting.numbers_wrong(session, events), *counting.forgotten(session, events)]


def test_each_day_has_its_own_numbers(session, two_days):
    assert [token.number for token in two_days] == [1, 2, 1]
    assert wrong(session) == []


def test_a_token_of_yesterday_that_is_lost_is_missed(session, two_days):
    session.execute(text("SET LOCAL session_replication_role = replica"))  # no foreign key is in the way
    session.execute(text("DELETE FROM tokens WHERE id = :lost"), {"lost": two_days[0].token_id})

    assert f"Token {two_days[0].token_id} is None, the trail left it WAITING" in wrong(session)
    assert any(problem.startswith("The tokens of 2025-03-01") for problem in wrong(session))
