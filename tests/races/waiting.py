"""How a race test knows that the second person has come to the lock the first one holds."""

from time import monotonic, sleep

import pytest
from sqlalchemy import text


def wait_until_someone_waits(engine, seconds=5):
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        with engine.connect() as connection:
            if connection.scalar(waiting):
                return
        sleep(0.01)
    pytest.fail("the second person did not wait")
