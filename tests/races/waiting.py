"""Two people at once: what one of them got, and how a race test knows that the second has come to the first's lock."""

from time import monotonic, sleep

import pytest
from sqlalchemy import text

from core import db
from core.errors import ClinicError


def tried(verb, *arguments):
    """The answer of a call that is committed, or its refusal."""
    try:
        with db.transaction() as session:
            return verb(session, *arguments)
    except ClinicError as refusal:
        return refusal


def wait_until_someone_waits(engine, seconds=5):
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        with engine.connect() as connection:
            if connection.scalar(waiting):
                return
        sleep(0.01)
    pytest.fail("the second person did not wait")
