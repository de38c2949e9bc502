"""A document that MongoDB refuses is set aside and told, and the next ones pass."""

import pytest
from pymongo.errors import BulkWriteError
from sqlalchemy import func, select

from core import audit, status
from core.analytics import store
from core.errors import StoreUnavailable
from core.models import AuditEvent, Clinic
from etl import rebuild, relay, service, set_aside, verify
from tests.factories import a_patient

LARGEST = 16 * 1024 * 1024


def set_aside_now(session):
    return [(row.collection, row.document_id, row.problem) for row in set_aside.every(session)]


@pytest.fixture
def unique(mongo):
    """Somebody gave the audit log an index of their own: no two entries of the same event."""
    mongo.audit_logs.create_index("event", unique=True, name="theirs")
    return mongo.audit_logs


def last_event(session):
    return session.scalar(select(func.max(AuditEvent.id)))


def test_a_refused_document_is_told_and_the_chain_goes_on(session, carry, unique):
    a_patient(session, "Asha Rao")
    a_patient(session, "Vikram Sen")
    carry()
    refused = last_event(session)
    why = "a unique index has a value of it already"
    assert set_aside_now(session) == [("audit_logs", str(refused), why)]
    assert "MongoDB refused 1 document, and reports go without. `qure verify` names them." in status.look().problems

    audit.record(session, None, audit.READ, "books.checked", session.get_one(Clinic, 1))
    carry()

    assert unique.find_one({"event": "books.checked"})["_id"] == refused + 1
    assert unique.find_one({"_id": refused}) is None
    assert [found.problem for found in verify.run()] == [f"MongoDB refused audit_logs {refused}: {why}."]
    assert not any(relay.run())


def test_it_is_tried_again_after_an_hour_and_taken_once_it_fits(session, carry, unique, frozen_clock):
    a_patient(session, "Asha Rao")
    a_patient(session, "Vikram Sen")
    carry()
    unique.drop_index("theirs")
    service.catch_up()
    assert len(set_aside_now(session)) == 1

    frozen_clock(hour=11, minute=1)
    service.catch_up()

    assert set_aside_now(session) == []
    assert unique.find_one({"_id": last_event(session)})
    assert verify.run() == []


def test_a_check_and_a_rebuild_try_it_again_at_once(session, carry, unique):
    a_patient(session, "Asha Rao")
    a_patient(session, "Vikram Sen")
    carry()
    assert len(verify.run()) == 1

    rebuild.run()  # takes the foreign index away with the collection

    assert set_aside_now(session) == []
    assert verify.run() == []


@pytest.mark.parametrize("poison", ["x" * LARGEST, 2**63], ids=["too large", "too great a number"])
def test_what_cannot_even_be_sent_is_set_aside_alone(session, carry, mongo, poison):
    a_patient(session, "Asha Rao")
    audit.record(session, None, audit.READ, "books.checked", session.get_one(Clinic, 1), {"rules": (None, poison)})
    session.flush()
    refused = last_event(session)
    a_patient(session, "Vikram Sen")
    told = [("audit_logs", str(refused))]

    carry()

    assert [where for *where, _ in set_aside_now(session)] == [list(*told)]
    assert mongo.audit_logs.find_one({"_id": refused + 1})
    [found] = verify.run()
    assert found.problem.startswith(f"MongoDB refused audit_logs {refused}: it ")
    rebuild.run()
    assert [where for *where, _ in set_aside_now(session)] == [list(*told)]


def test_a_server_in_trouble_is_no_fault_of_its_documents():
    def on_a_full_disk(collection, batch):
        raise BulkWriteError({"writeErrors": [{"index": 0, "code": 14031}]})

    with store.going_on() as refused, pytest.raises(StoreUnavailable, match="may be full"), store.answering():
        store._write("invoices", [{"_id": 1}], on_a_full_disk)

    assert refused == []


def test_a_row_of_a_collection_that_is_no_more_goes_and_stops_no_pass(session, carry, unique, frozen_clock):
    a_patient(session, "Asha Rao")
    a_patient(session, "Vikram Sen")
    carry()
    gone = store.Refused("ward_rounds", 7, "of an older Qure")
    set_aside.note(session, [gone])
    unique.drop_index("theirs")
    frozen_clock(hour=11, minute=1)

    service.catch_up()

    assert set_aside_now(session) == []
    assert unique.find_one({"_id": last_event(session)})
