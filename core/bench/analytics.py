"""What charts and notebooks read, and the way there: a year's revenue, the relay, the jobs over all there is."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pandas as pd
import psycopg
from bson import encode
from bson.raw_bson import RawBSONDocument
from psycopg.rows import dict_row

from core import clock, db, token_queue, visits
from core.analytics import days, reading, store
from core.analytics.documents import midnight
from core.bench.clinic import Clinic, conninfo
from core.bench.measuring import Job, Operation
from core.bench.smaller import Smaller
from core.permissions import Actor, Role
from etl import rebuild, relay

EVENTS = 10_000
_SCRATCH = "bench_audit_logs"
# Of opened files, which make nothing else stale: then what is carried is the events and no more.
_HAPPENED = """
INSERT INTO {} (occurred_at, actor_id, actor_name, actor_role, action, event, resource_type, resource_id, changes, days)
SELECT clock_timestamp(), %s, %s, %s, 'READ', 'patient.file_opened', 'patients', n, '{{}}', ARRAY[%s::date]
FROM generate_series(1, %s) n
"""
_WAITING = """
SELECT id, occurred_at, actor_id, actor_name, actor_role, action, event, resource_type, resource_id, changes
FROM bench_events WHERE relayed_at IS NULL ORDER BY id FOR UPDATE SKIP LOCKED
"""
_MARKED = """
UPDATE bench_events SET relayed_at = now(), chain_position = placed.position, chain_hash = placed.hash
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) placed (id, position, hash) WHERE bench_events.id = placed.id
"""
_ANY_VISIT = """
SELECT visits.id, users.id, users.name FROM visits JOIN users ON users.id = visits.doctor_id
WHERE state = 'COMPLETED' AND visits.id >= %s * (SELECT max(id) FROM visits WHERE state = 'COMPLETED')
ORDER BY visits.id LIMIT 1
"""


def operations(clinic: Clinic) -> Iterator[Operation]:
    yield Operation("revenue of a year", 2, _revenue, _bare_revenue)
    relaying = partial(_relay, clinic), partial(_bare_relay, clinic)
    yield Operation(f"relay of {EVENTS:,} events", 2, *relaying, repeats=5, warm_up=1)
    small = Smaller(clinic.size)
    try:
        running = partial(run_after_one_change, clinic), partial(small.job, "run")
        yield Operation("etl run after one change / at a tenth", 1.2, *running, repeats=20)
        # With ten times as much to make, ten is linear; what a rebuild costs in an empty clinic makes it less.
        yield Operation("rebuild / at a tenth", 11, _rebuild, partial(small.job, "rebuild"), repeats=3, warm_up=0)
    finally:
        small.close()
    yield Operation("rebuild / bulk insert", None, _rebuild, _bare_insert, repeats=3, warm_up=0)


def _rebuild() -> Job:
    return rebuild.run


def _revenue() -> Job:
    last = clock.today() - timedelta(days=1)

    def revenue() -> float:
        return float(days.daily_summaries(last - timedelta(days=364), last)["revenue"].sum())

    return revenue


def _bare_revenue() -> Job:
    """Day and amount of each summary as a frame, nothing else of it."""
    last = clock.today() - timedelta(days=1)
    year = {"date": {"$gte": midnight(last - timedelta(days=364)), "$lte": midnight(last)}}
    summaries = store.database()["daily_summaries"]

    def revenue() -> float:
        rows = list(summaries.find(year, {"_id": 0, "date": 1, "total_revenue": 1}, batch_size=400))
        frame = pd.DataFrame(
            {"revenue": [float(row["total_revenue"].to_decimal()) for row in rows]}, index=[row["date"] for row in rows]
        )
        return float(frame["revenue"].sum())

    return revenue


def _relay(clinic: Clinic) -> Job:
    relay.drain()
    clinic.bare.execute(_HAPPENED.format("audit_events"), _of_today(clinic))
    return relay.drain


def _bare_relay(clinic: Clinic) -> Job:
    """The rows are read, hashed one after the other, inserted and marked: in a table with the same indexes, and in a
    collection with the same one."""
    clinic.bare.execute("DROP TABLE IF EXISTS bench_events")
    clinic.bare.execute("CREATE TABLE bench_events (LIKE audit_events INCLUDING ALL)")
    clinic.bare.execute(_HAPPENED.format("bench_events"), _of_today(clinic))
    _empty(_SCRATCH, store.INDEXES["audit_logs"])
    return _carry


def _of_today(clinic: Clinic) -> Sequence[object]:
    return (clinic.desk.user_id, clinic.desk.name, clinic.desk.role, clock.today(), EVENTS)


def _carry() -> None:
    with psycopg.connect(conninfo(), row_factory=dict_row, options=db.SERVER_SETTINGS) as connection:
        entries = _chained(connection.execute(_WAITING).fetchall())
        with store.unhurried():
            store.database()[_SCRATCH].insert_many(entries, ordered=False)
        places = [[entry[field] for entry in entries] for field in ("_id", "position", "hash")]
        connection.execute(_MARKED, places)


def _chained(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    entries, prev = [], "0" * 64
    for position, row in enumerate(rows, 1):
        entry: dict[str, Any] = {
            "_id": row["id"],
            "position": position,
            "prev": prev,
            "timestamp": row["occurred_at"],
            "user": {"id": row["actor_id"], "name": row["actor_name"], "role": row["actor_role"]},
            "action": row["action"],
            "event": row["event"],
            "resource": {"type": row["resource_type"], "id": row["resource_id"]},
            "changes": row["changes"],
        }
        prev = entry["hash"] = hashlib.sha256(json.dumps(entry, sort_keys=True, default=str).encode()).hexdigest()
        entries.append(entry)
    return entries


def run_after_one_change(clinic: Clinic) -> Job:
    """Somebody comes in, and to any visit of the past a note is added: its document, its day and its month are stale.
    Nothing else waits to be carried."""
    relay.drain()
    visit_id, doctor = _any_visit(clinic)
    with db.transaction() as session:
        token_queue.walk_in(session, clinic.desk, clinic.somebody())
        visits.add_note(session, doctor, visit_id, "Came back with the report.", reason="Brought later")
    return relay.run


def _any_visit(clinic: Clinic) -> tuple[int, Actor]:
    row = clinic.bare.execute(_ANY_VISIT, [clinic.rng.random()]).fetchone()
    assert row is not None
    return row[0], Actor(row[1], row[2], Role.DOCTOR)


def _bare_insert() -> Job:
    """The same documents, which are in BSON already, into empty collections with the same indexes."""
    names = [source.COLLECTION for source in rebuild.COLLECTIONS]
    with store.unhurried():
        filled = {name: [RawBSONDocument(encode(document)) for document in reading.everything(name)] for name in names}
        for name in filled:
            _empty(f"bench_{name}", store.INDEXES[name])

    def insert() -> None:
        with store.unhurried():
            for name, documents in filled.items():
                for batch in store.batches(documents):
                    store.database()[f"bench_{name}"].insert_many(batch, ordered=False)

    return insert


def _empty(collection: str, indexes: Sequence[str]) -> None:
    with store.unhurried():
        store.database()[collection].delete_many({})  # quicker than to drop what is full, see `store.start_afresh`
        store.database().drop_collection(collection)
        for key in indexes:
            store.database()[collection].create_index(key)
