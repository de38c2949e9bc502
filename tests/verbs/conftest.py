"""One lived-in clinic for the tests of a file; each takes what it does back."""

from datetime import UTC, datetime

import pytest

from core import clock, db
from tests.conftest import KOLKATA
from tests.verbs.world import World


@pytest.fixture(scope="module")
def world(engine):
    """Its transaction is rolled back when the file is through."""
    noon = datetime(2025, 3, 1, 10, 0, tzinfo=KOLKATA).astimezone(UTC)
    with pytest.MonkeyPatch.context() as patch, engine.connect() as connection:
        patch.setattr(clock, "_zone", KOLKATA)
        patch.setattr(clock, "now", lambda: noon)
        outer = connection.begin()
        factory = db.session_factory()
        factory.configure(bind=connection, join_transaction_mode="create_savepoint")
        with factory() as session:
            yield World(session)
        factory.configure(bind=engine, join_transaction_mode="conditional_savepoint")
        outer.rollback()
