"""Somebody writes into the databases past Qure: what `qure verify` says of the audit trail then."""

import pytest
from sqlalchemy import text

from core import clock, stores
from core.models import AuditChain, AuditEvent
from etl import audit_logs, chain, proof, verify
from tests.factories import a_drawer_closed, a_patient

NOT_WRITTEN = "Audit entry {0} (event {0}) in {1} is not what was written after entry {2}."
HOLDS = " MongoDB's copy holds, to the stored end of the trail."
BROKEN = " MongoDB's copy is broken, too."


@pytest.fixture
def trail(session, carry, admin):
    """Entry n is event n: five of them, a drawer closed that knows of the five, and one more."""
    session.execute(text("SET LOCAL session_replication_role = replica"))  # no trigger is in the forger's way
    session.execute(text("DELETE FROM audit_events"))
    session.execute(text("ALTER TABLE audit_events ALTER COLUMN id RESTART WITH 1"))
    for name in ("Asha Rao", "Vikram Sen", "Anu Rao", "Devi Roy", "Ravi Das"):
        a_patient(session, name)
    carry()
    a_drawer_closed(session, admin, clock.today())
    carry()
    return session


def of_the_trail():
    """What is told of it, each by its rule; what MongoDB has besides is told of every collection."""
    problems = {found.collection: found.problem for found in verify.run()}
    return {rule: problems.get(rule) for rule in (verify.CHAIN, verify.COPY, verify.DRAWERS)}


def told(chain=None, copy=None, drawers=None):
    return {verify.CHAIN: chain, verify.COPY: copy, verify.DRAWERS: drawers}


def linked_anew(session, since, until=None):
    """As a forger would who knows how: every entry from `since` on, and the stored end."""
    session.expire_all()
    events = session.query(AuditEvent).order_by(AuditEvent.chain_position).all()
    prev = audit_logs.BEGINNING
    for position, event in enumerate(events, 1):
        event.chain_position = position
        if since <= position <= (until or len(events)):
            event.chain_hash = audit_logs._entry(event, position, prev)["hash"]
        prev = event.chain_hash
    if not until:
        stored = session.get(AuditChain, 1)
        stored.length, stored.head = len(events), prev
    session.flush()


def copied(session, mongo):
    mongo.audit_logs.delete_many({})
    mongo.audit_logs.insert_many([entry for batch in audit_logs.documents(session) for entry in batch])


def test_a_trail_that_nobody_touched_holds(trail):
    assert verify.run() == []


SWAPPED = [  # three and four change places; numbers below zero are out of the unique index's way
    "UPDATE audit_events SET chain_position = -chain_position WHERE id IN (3, 4)",
    "UPDATE audit_events SET chain_position = 7 + chain_position WHERE id IN (3, 4)",
]
INSERTED = """INSERT INTO audit_events (id, occurred_at, actor_name, action, event, resource_type, resource_id, changes,
    days, relayed_at, chain_position, chain_hash) OVERRIDING SYSTEM VALUE
    SELECT 99, occurred_at, 'Nobody', action, event, resource_type, resource_id, changes,
    days, relayed_at, {position}, chain_hash FROM audit_events WHERE id = 3"""
UNLINKED = [
    "ALTER TABLE audit_events DROP CONSTRAINT ck_audit_events_relayed_as_linked",
    "UPDATE audit_events SET chain_position = NULL WHERE id = 3",
]


IN_POSTGRESQL = {
    "edited": (
        ["UPDATE audit_events SET actor_name = 'Nobody' WHERE id = 3"],
        NOT_WRITTEN.format(3, "PostgreSQL", 2),
    ),
    "the first one edited": (
        ["UPDATE audit_events SET occurred_at = occurred_at + interval '1 day' WHERE id = 1"],
        "Audit entry 1 (event 1) in PostgreSQL is not what was written.",
    ),
    "a change edited": (
        ["""UPDATE audit_events SET changes = '{"mrn": [null, "P-9"]}' WHERE id = 4"""],
        NOT_WRITTEN.format(4, "PostgreSQL", 3),
    ),
    "removed": (["DELETE FROM audit_events WHERE id = 3"], "Audit entry 3 is missing in PostgreSQL."),
    "reordered": (SWAPPED, "Audit entry 3 (event 4) in PostgreSQL is not what was written after entry 2."),
    "inserted between": (
        [
            "UPDATE audit_events SET chain_position = chain_position + 100 WHERE id > 3",
            "UPDATE audit_events SET chain_position = chain_position - 99 WHERE id > 3",
            INSERTED.format(position=4),
        ],
        "Audit entry 4 (event 99) in PostgreSQL is not what was written after entry 3.",
    ),
    "inserted at the end": (
        [INSERTED.format(position=7)],
        "Audit entry 7 (event 99) in PostgreSQL comes after the end of the audit trail, which is entry 6.",
    ),
    "inserted in a place that is taken": (
        ["ALTER TABLE audit_events DROP CONSTRAINT uq_audit_events_chain_position", INSERTED.format(position=3)],
        "Event 99 in PostgreSQL claims a place of the audit trail that is taken, 3.",
    ),
    "cut off": (
        ["DELETE FROM audit_events WHERE id = 6"],
        "The audit trail in PostgreSQL ends at entry 5; it should end at entry 6.",
    ),
    "taken out of the chain": (
        UNLINKED,
        "Event 3 in PostgreSQL counts as carried over and is no entry of the audit trail.",
    ),
    "the stored end edited": (
        ["UPDATE audit_chains SET head = 'forged'"],
        "The stored end of the audit trail is not that of entry 6, the last one in PostgreSQL.",
    ),
}
IN_MONGODB = {
    "edited": (
        lambda logs: logs.update_one({"_id": 3}, {"$set": {"user.name": "Nobody"}}),
        NOT_WRITTEN.format(3, "MongoDB", 2),
    ),
    "removed": (lambda logs: logs.delete_one({"_id": 3}), "Audit entry 3 is missing in MongoDB."),
    "inserted": (
        lambda logs: logs.insert_one({**logs.find_one({"_id": 3}), "_id": 99, "position": 7}),
        "Audit entry 7 (event 99) in MongoDB comes after the end of the audit trail, which is entry 6.",
    ),
    "reordered": (
        lambda logs: [logs.update_one({"_id": n}, {"$set": {"position": 7 - n}}) for n in (3, 4)],
        "Audit entry 3 (event 4) in MongoDB is not what was written after entry 2.",
    ),
    "cut off": (
        lambda logs: logs.delete_one({"_id": 6}),
        "The audit trail in MongoDB ends at entry 5; it should end at entry 6.",
    ),
}


def test_what_is_forged_in_postgresql_is_named(trail):
    found = {}
    for name, (statements, _) in IN_POSTGRESQL.items():
        forgery = trail.begin_nested()
        for statement in statements:
            trail.execute(text(statement))
        trail.expire_all()
        found[name] = chain.break_in_postgresql(trail)
        forgery.rollback()

    assert found == {name: problem for name, (_, problem) in IN_POSTGRESQL.items()}


def test_of_what_is_forged_in_postgresql_mongodb_is_the_witness_also_while_it_is_away(trail, monkeypatch):
    trail.execute(text("UPDATE audit_events SET actor_name = 'Nobody' WHERE id = 3"))
    trail.expire_all()
    found = NOT_WRITTEN.format(3, "PostgreSQL", 2)
    assert of_the_trail() == told(found + HOLDS)

    given = stores.addresses()
    nobody = stores.Addresses(given.database_url, given.redis_url, "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=99")
    with monkeypatch.context() as away:
        away.setattr(stores, "addresses", lambda: nobody)
        [chain_broken] = [one for one in proof.run().broken if one.store is proof.Store.CHAIN]
    assert chain_broken.problems == (found,)


def test_what_is_forged_in_the_copy_is_named_and_the_trail_holds(trail, mongo):
    found = {}
    for name, (forge, _) in IN_MONGODB.items():
        forge(mongo.audit_logs)
        found[name] = of_the_trail()
        copied(trail, mongo)

    assert found == {name: told(copy=problem) for name, (_, problem) in IN_MONGODB.items()}


def test_what_is_forged_alike_in_both_is_named(trail, mongo):
    trail.execute(text("UPDATE audit_events SET actor_name = 'Nobody' WHERE id = 3"))
    mongo.audit_logs.update_one({"_id": 3}, {"$set": {"user.name": "Nobody"}})
    trail.expire_all()

    found = NOT_WRITTEN.format(3, "PostgreSQL", 2) + BROKEN
    assert of_the_trail() == told(found, NOT_WRITTEN.format(3, "MongoDB", 2))


def test_an_entry_that_was_given_a_new_hash_does_not_fit_the_next(trail, mongo):
    trail.execute(text("UPDATE audit_events SET actor_name = 'Nobody' WHERE id = 3"))
    linked_anew(trail, 3, until=3)

    assert of_the_trail() == told(NOT_WRITTEN.format(4, "PostgreSQL", 3) + HOLDS)


@pytest.mark.parametrize("everywhere", [False, True], ids=["in PostgreSQL", "in both"])
def test_a_trail_that_was_linked_anew_to_its_end_is_given_away_by_the_drawers(trail, mongo, everywhere):
    trail.execute(text("UPDATE audit_events SET actor_name = 'Nobody' WHERE id = 3"))
    linked_anew(trail, 3)
    if everywhere:
        copied(trail, mongo)

    found = of_the_trail()
    assert found[verify.DRAWERS] == (
        "The audit trail was linked anew: the drawer closed for 2025-03-01 carries another mark of entry 5 than the "
        "trail has now. The change is between the entries 1 and 5."
    )
    assert (found[verify.CHAIN], found[verify.COPY] is None) == (None, everywhere)


def test_a_trail_that_was_cut_below_a_closed_drawer_everywhere_is_given_away_by_it(trail, mongo):
    trail.execute(text("DELETE FROM audit_events WHERE id > 4"))
    linked_anew(trail, 1)
    copied(trail, mongo)

    found = of_the_trail()
    assert found[verify.DRAWERS].startswith("The audit trail was cut off: the drawer closed for 2025-03-01")
    assert (found[verify.CHAIN], found[verify.COPY]) == (None, None)


def test_without_a_drawer_closed_since_a_trail_linked_anew_everywhere_is_not_known(trail, mongo):
    """What this method cannot do, kept here so that nobody promises it."""
    trail.execute(text("UPDATE audit_events SET actor_name = 'Nobody' WHERE id = 6"))
    linked_anew(trail, 6)
    copied(trail, mongo)

    assert verify.run() == []


def test_an_event_that_was_edited_before_it_was_linked_is_not_known(trail, carry):
    """Nor is this: what shortens the time is the relay, every five seconds."""
    a_patient(trail, "Late Rao")
    trail.flush()
    trail.execute(text("UPDATE audit_events SET actor_name = 'Nobody' WHERE relayed_at IS NULL"))
    trail.expire_all()
    carry()

    assert chain.break_in_postgresql(trail) is None
