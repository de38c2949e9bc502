"""Several transactions at once, really committed."""

import pytest
from sqlalchemy import func, select

from core import db
from core.analytics import store
from core.imports.reading import one_at_a_time
from core.models import AuditEvent
from etl import lock, rebuild, relay, verify
from etl.lock import OtherAtWork
from tests.factories import a_patient

pytestmark = pytest.mark.usefixtures("committed", "whole_mongo")


def register(name):
    with db.transaction() as session:
        a_patient(session, name)


def unrelayed():
    with db.reading() as session:
        return session.scalars(select(AuditEvent.id).where(AuditEvent.relayed_at.is_(None))).all()


def test_an_import_that_takes_long_does_not_hold_up_the_relay():
    with db.transaction() as importing, db.transaction() as feeding:
        one_at_a_time(importing)
        assert lock.take(feeding)


def test_an_event_that_commits_late_with_a_lower_id_still_arrives():
    with db.transaction() as slow:
        a_patient(slow, "Asha Rao")
        slow.flush()
        late = slow.scalar(select(func.max(AuditEvent.id)))
        register("Vikram Sen")
        assert relay.run().events == 1
        assert store.database().audit_logs.find_one({"_id": late + 1})
        assert store.database().audit_logs.find_one({"_id": late}) is None

    assert unrelayed() == [late]
    assert relay.run().events == 1
    assert store.database().audit_logs.find_one({"_id": late})["position"] == 3
    assert verify.run() == []


def test_of_two_relays_at_once_one_works_and_the_other_leaves_it():
    register("Asha Rao")

    with db.transaction() as first:
        assert lock.take(first)
        assert relay.carry(first).events == 1
        assert relay.run() is None
        assert relay.drain() is None

    assert not any(relay.run())
    assert unrelayed() == []


def test_a_relay_does_not_run_into_a_rebuild(monkeypatch):
    register("Asha Rao")
    monkeypatch.setattr(lock, "_PATIENCE_S", 0.2)

    with db.transaction() as rebuilding:
        lock.wait(rebuilding)
        assert relay.run() is None
        with pytest.raises(OtherAtWork, match="being rebuilt or checked just now"):
            rebuild.run()


def test_what_is_marked_but_not_committed_is_carried_again(monkeypatch):
    register("Asha Rao")
    with pytest.raises(RuntimeError), db.transaction() as session:
        lock.take(session)
        relay.carry(session)
        raise RuntimeError("killed before the commit")
    assert store.database().audit_logs.count_documents({}) == 2
    assert len(unrelayed()) == 1

    assert relay.run().events == 1
    assert store.database().audit_logs.count_documents({}) == 2
    assert verify.run() == []
