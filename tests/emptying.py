"""Empty the stores of the tests: of PostgreSQL what nobody can do in a clinic, for the ledgers refuse it."""

import time
from contextlib import suppress
from functools import cache

from sqlalchemy import Connection, text

from core.analytics import store
from core.errors import StoreUnavailable
from core.models import Base

MUCH = 4_000_000  # bytes in all tables, dead rows of earlier tests among them
_INDEXED = {name for name, keys in store.INDEXES.items() if keys}
_BYTES = text("SELECT sum(pg_relation_size(name)) FROM unnest(CAST(:tables AS regclass[])) AS name")
MONGO_BACK = 60  # seconds; its keeper starts one that was killed again, and the machine may be busy
_NUMBERS_FROM_ONE = text("""
SELECT setval(numbers.seqrelid::regclass, numbers.seqstart, false)
FROM pg_sequence numbers
JOIN pg_depend ON pg_depend.classid = 'pg_class'::regclass AND objid = seqrelid AND deptype IN ('a', 'i')
WHERE refobjid = ANY (CAST(:tables AS regclass[])) AND pg_sequence_last_value(seqrelid::regclass) IS NOT NULL
""")


def empty(connection: Connection, kept: frozenset[str] = frozenset()) -> None:
    """All tables but the `kept` ones. Only a superuser may switch the triggers off.

    TRUNCATE makes new files for every table and its indexes: for the few rows of a test that is ten times the work. The
    locks are as with it: who was killed while its COMMIT was at work is waited for.
    """
    tables = [table.name for table in Base.metadata.sorted_tables if table.name not in kept]
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    connection.execute(text(f"LOCK TABLE {', '.join(tables)}"))
    if connection.scalar(_BYTES, {"tables": tables}) > MUCH:
        connection.execute(text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE"))
        return
    full = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
    for name in connection.scalars(text(full)).all():
        connection.execute(text(f"DELETE FROM {name}"))
    connection.execute(_NUMBERS_FROM_ONE, {"tables": tables})


def empty_mongo() -> None:
    """As `store.start_afresh`, which makes the indexes, too, and so takes four times as long."""
    wait_for_mongo()
    _make_once()
    with store.answering(), store.unhurried():
        there = set(store.database().list_collection_names())
        if _INDEXED - there:
            store.start_afresh()
        for name in there & store.INDEXES.keys():
            store.database()[name].delete_many({})


def wait_for_mongo() -> None:
    """An earlier test may have killed it."""
    deadline = time.monotonic() + MONGO_BACK
    while True:
        with suppress(StoreUnavailable), store.answering():
            store.database().list_collection_names()
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"The Mongo server did not come back in {MONGO_BACK} s.")
        time.sleep(0.1)


@cache
def _make_once() -> None:
    store.start_afresh()
