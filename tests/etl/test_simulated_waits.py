"""The simulated clinic has said its waits as a real one would have."""

import pytest
from sqlalchemy import func, select

from core.models import Token, WaitModel
from core.token_queue.learning import _measured, restored
from etl import simulate


@pytest.fixture
def made(bare_session, frozen_clock):
    simulate.run(40, 15, seed=1)
    frozen_clock()
    return bare_session


def test_waits_are_said_after_some_days_and_the_last_night_is_learned(made):
    night = made.scalars(select(WaitModel)).one()

    first_said = made.scalar(select(func.min(Token.issued_on)).where(Token.said_p90.is_not(None)))
    assert (night.learned_on - first_said).days in range(14, 36)
    assert restored(night.model).curve
    assert night.waits > 200


def test_the_measure_is_the_one_that_the_clinic_itself_would_take(made):
    night = made.scalars(select(WaitModel)).one()

    assert _measured(made, night.learned_on) == {
        "said": night.said,
        "within_p50": night.within_p50,
        "within_p90": night.within_p90,
    }
    assert 0.8 < night.within_p90 / night.said < 1
