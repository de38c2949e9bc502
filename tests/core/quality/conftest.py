import pytest

from core import quality
from tests.factories import an_admin


@pytest.fixture
def found(session):
    """Call with the name of a check: what it finds, as an administrator sees it."""
    return lambda name: quality.records(session, an_admin(session), quality.find(name))


@pytest.fixture
def counts(session):
    """What the scoreboard counts, by check; those that found nothing are left out."""

    def counted(actor=None):
        scores = quality.scoreboard(session, actor or an_admin(session))
        return {score.check.name: score.found for score in scores if score.found}

    return counted
