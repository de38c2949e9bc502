"""What happens after midnight to the tokens of the day before corrects the day that they belong to."""

import pytest

from core import token_queue
from core.models import TokenState
from tests.factories import a_patient


@pytest.mark.parametrize("step", [token_queue.finish, token_queue.mark_no_show, token_queue.skip])
def test_a_token_that_is_closed_after_midnight_counts_on_its_own_day(session, equal, doctor, admin, frozen_clock, step):
    frozen_clock(hour=23, minute=50)
    token_queue.walk_in(session, admin, a_patient(session).patient_id, doctor.user_id)
    called = token_queue.call_next(session, doctor, doctor.user_id)
    equal()

    frozen_clock(day=2, hour=0, minute=10)
    step(session, doctor, called.token_id)

    equal()


def test_who_is_given_up_after_midnight_has_left_on_the_day_before(session, equal, mongo, doctor, admin, frozen_clock):
    token_queue.walk_in(session, admin, a_patient(session).patient_id, doctor.user_id)
    called = token_queue.call_next(session, doctor, doctor.user_id)
    frozen_clock(day=2)

    assert token_queue.mark_no_show(session, doctor, called.token_id).state is TokenState.NO_SHOW
    equal()

    assert mongo.daily_summaries.find_one({"_id": "2025-03-01"})["left"] == 1
    assert mongo.daily_summaries.find_one({"_id": "2025-03-02"}) is None
