"""What the relay carries from PostgreSQL to MongoDB, and that nothing is lost or doubled on the way."""

import re

import pytest
from sqlalchemy import func, select

from core import clock, inventory, patients, visits
from core.models import AuditChain, AuditEvent, StockMovement
from etl import audit_logs, relay, verify
from etl.chain import End, first_break
from tests.factories import a_batch, a_medicine, a_patient


def test_every_audit_event_is_relayed_once(session, carry, mongo, admin):
    asha = a_patient(session, "Asha Rao")

    assert carry().events == session.scalar(select(func.count(AuditEvent.id)))
    assert not any(carry())

    entry = mongo.audit_logs.find_one({"event": "patient.registered"})
    assert entry["user"] == {"id": admin.user_id, "name": "Asha Admin", "role": "ADMIN"}
    assert entry["resource"] == {"type": "patients", "id": asha.patient_id}
    assert (entry["action"], entry["changes"]) == ("CREATE", {"mrn": [None, asha.mrn]})
    assert entry["timestamp"] == clock.now()


def test_an_opened_file_is_in_the_log_and_makes_nothing_stale(session, carry, equal, mongo, treat, doctor):
    asha = a_patient(session, "Asha Rao")
    treat(asha)
    equal()

    patients.open_file(session, doctor, asha.patient_id)

    assert carry() == relay.Relayed(events=1)
    entry = mongo.audit_logs.find_one({"event": "patient.file_opened"})
    assert (entry["action"], entry["user"]["name"], entry["changes"]) == ("READ", "Dr Sen", {})
    equal()


def test_a_crash_between_mongodb_and_the_commit_repeats_harmlessly(session, carry, mongo, treat, monkeypatch):
    treat()
    with monkeypatch.context() as broken:
        broken.setattr(audit_logs, "_mark", crash)
        with pytest.raises(ZeroDivisionError):
            carry()
    arrived = mongo.audit_logs.count_documents({})
    assert arrived > 0

    a_patient(session, "Vikram Sen")
    carry()

    assert mongo.audit_logs.count_documents({}) == arrived + 1
    assert verify.run() == []


def test_odd_text_arrives_as_it_is_kept(session, doctor, treat, equal, mongo):
    odd = "As\0ha \ud83d👨\u200d👩\u200d👧 \u202e=1+1\U0010ffff \ue000 {$x} a.b"
    visit_id, _ = treat(a_patient(session, odd, address=odd, allergies=odd))
    visits.add_note(session, doctor, visit_id, f"{odd}\n{'अ' * 9_000}", reason=odd)
    a_medicine(session, odd)

    equal()

    kept = mongo.visit_history.find_one({})
    assert kept["patient"]["name"] == "Asha 👨\u200d👩\u200d👧 =1+1 \ue000 {$x} a.b"


def test_a_pass_takes_no_more_than_it_may_and_the_next_goes_on(session, mongo):
    for number in range(5):
        a_patient(session, f"Patient {number}")
    session.flush()

    assert relay.run(limit=4).events == 4
    assert relay.run(limit=4).events == 2
    assert not any(relay.drain())

    assert mongo.audit_logs.count_documents({}) == 6
    assert verify.run() == []


def test_the_chain_is_unbroken_and_its_head_stands_in_postgresql(session, carry, mongo):
    for name in ("Asha Rao", "Vikram Sen"):
        a_patient(session, name)
        carry()

    chain = session.get(AuditChain, 1, populate_existing=True)
    entries = list(mongo.audit_logs.find(sort=[("position", 1)]))

    assert [entry["position"] for entry in entries] == list(range(1, len(entries) + 1))
    assert (chain.length, chain.head) == (len(entries), entries[-1]["hash"])
    assert entries[0]["prev"] == audit_logs.BEGINNING
    assert first_break(entries, End(chain.length, chain.head), "MongoDB") is None


@pytest.mark.parametrize(
    ("forge", "told"),
    [
        (lambda logs: logs.update_one({"position": 2}, {"$set": {"user.name": "Nobody"}}), "entry 2 .* not what was"),
        (lambda logs: logs.delete_one({"position": 2}), "entry 2 is missing"),
        (lambda logs: logs.delete_one({"position": 4}), "ends at entry 3; it should end at entry 4"),
    ],
    ids=["changed", "removed", "cut off at the end"],
)
def test_an_audit_log_that_was_tampered_with_is_noticed(session, carry, mongo, forge, told):
    for name in ("Asha Rao", "Vikram Sen", "Anu Rao"):
        a_patient(session, name)
    assert carry().events == 4

    forge(mongo.audit_logs)

    assert any(re.search(told, found.problem) for found in verify.run())


def test_stock_movements_arrive_with_their_direction(session, carry, mongo, admin):
    medicine = a_medicine(session, "Amoxicillin 500 mg")
    batch = a_batch(session, medicine, 100)
    inventory.adjust(session, admin, batch.batch_id, -7, "Counted")

    assert carry().movements == 2

    came, counted = sorted(mongo.stock_movements.find(), key=lambda row: row["_id"])
    assert (came["movement_type"], came["quantity"], came["medicine"]["name"]) == ("IN", 100, "Amoxicillin 500 mg")
    assert (counted["movement_type"], counted["quantity"], counted["change"]) == ("ADJUSTMENT", -7, -7)
    assert came["batch_number"] == batch.number
    assert session.scalar(select(func.count()).where(StockMovement.relayed_at.is_(None))) == 0


def crash(*_):
    raise ZeroDivisionError
