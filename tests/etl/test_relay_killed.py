"""Relays in processes of their own, killed at each step of a pass or at work together: nothing lost or doubled."""

import time

import pytest
from sqlalchemy import func, select, text

from core import clock, db, patients, status
from core.analytics import store
from core.errors import StoreUnavailable
from core.models import AuditEvent, Patient
from etl import relay, verify
from tests.etl.killed_relay import MARKS_FIRST, STEPS, WHOLE
from tests.factories import a_patient, an_admin
from tests.forks import Program

pytestmark = pytest.mark.usefixtures("whole_mongo")


@pytest.fixture
def relays():
    """Call with the points at which relays are killed that start together; returns how each of them ended."""
    process = Program("tests.etl.killed_relay", clock.now().isoformat())
    assert process.stdout.readline() == "ready\n"

    def start(*points):
        process.stdin.write(",".join(points) + "\n")
        process.stdin.flush()
        return [int(code) for code in process.stdout.readline().split()]

    yield start
    process.stdin.close()
    assert process.wait() == 0


def registered_and_archived(name):
    """Two events of one record, whose order must be kept."""
    with db.transaction() as session:
        patient = a_patient(session, name)
        patients.archive(session, an_admin(session), patient.patient_id)


def waiting():
    with db.reading() as session:
        return session.scalar(select(func.count()).where(AuditEvent.relayed_at.is_(None)))


def ids():
    with db.reading() as session:
        return list(session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)))


def copied():
    """The events in MongoDB by their place in the chain."""
    return [(entry["position"], entry["_id"]) for entry in store.database().audit_logs.find(sort=[("position", 1)])]


def test_a_relay_that_is_killed_at_any_step_loses_and_doubles_nothing(relays):
    for point in STEPS:
        registered_and_archived(f"Asha {point}")
        before = waiting()

        assert relays(point) == [-9], point
        assert waiting() == before, point

        assert relays(WHOLE) == [0]
        assert waiting() == 0
        assert copied() == list(enumerate(ids(), 1)), point
    assert verify.run() == []


def test_a_mark_before_the_copy_would_lose_it(relays):
    """What the order of the steps is for."""
    registered_and_archived("Asha Rao")

    assert relays(MARKS_FIRST) == [-9]
    assert relays(WHOLE) == [0]

    lost = ids()[-1]
    assert f"audit_logs {lost} is missing." in [found.problem for found in verify.run()]


def test_three_relays_at_once_carry_each_event_once_and_in_order(relays):
    for number in range(5):
        registered_and_archived(f"Patient {number}")

    assert relays(WHOLE, WHOLE, WHOLE) == [0, 0, 0]
    relay.drain()

    assert copied() == list(enumerate(ids(), 1))
    assert verify.run() == []


def test_the_lag_of_an_event_that_commits_late_is_told_and_it_arrives(frozen_clock):
    with db.transaction() as slow:
        a_patient(slow, "Late Rao")
        slow.flush()
        registered_and_archived("Vikram Sen")
        frozen_clock(hour=10, minute=7)
        assert relay.run().events == 2

    assert (status.look().audit_events.waiting, status.look().audit_events.oldest_seconds) == (1, 420)
    assert relay.run().events == 1
    assert waiting() == 0


def test_a_transaction_left_open_is_ended_by_the_database_and_leaves_nothing():
    with db.reading() as session:
        assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "1min"

    with pytest.raises(StoreUnavailable, match="took too long"), db.transaction() as session:
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '50ms'"))
        a_patient(session, "Forgotten Rao")
        session.flush()
        time.sleep(0.3)
        session.execute(text("SELECT 1"))

    with db.reading() as session:
        assert session.scalar(select(func.count()).where(Patient.name == "Forgotten Rao")) == 0
