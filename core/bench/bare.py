"""What floors have in common: one transaction sent without waiting for answers between its statements, with the rows
that every write leaves behind, the key of its form and the event of the trail."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from core import clock
from core.permissions import Actor

_CLAIM = """
INSERT INTO idempotency_keys (key, actor_id, verb, arguments_hash, created_at) VALUES (%s, %s, %s, %s, now())
ON CONFLICT DO NOTHING
"""
_ANSWERED = "UPDATE idempotency_keys SET result = %s WHERE key = %s"
_EVENT = """
INSERT INTO audit_events (occurred_at, actor_id, actor_name, actor_role, action, event, resource_type, resource_id,
  changes, days) VALUES (now(), %s, %s, %s, %s, %s, %s, {id}, %s, %s)
"""


class Statement(NamedTuple):
    sql: str
    values: Sequence[object] = ()


def claim(who: Actor, key: str, verb: str) -> Statement:
    return Statement(_CLAIM, (key, who.user_id, verb, "0" * 64))


def answered(key: str, result: object) -> Statement:
    return Statement(_ANSWERED, (Jsonb(result), key))


def event(who: Actor, action: str, name: str, table: str, resource: int | None, changes: object) -> Statement:
    """Of a row that is known, or, with None, of the one that this transaction has just added to the table."""
    which = "%s" if resource is not None else f"currval('{table}_id_seq')"
    values = [who.user_id, who.name, who.role, action, name, table]
    values += [] if resource is None else [resource]
    return Statement(_EVENT.format(id=which), [*values, Jsonb(changes), [clock.today()]])


def write(connection: psycopg.Connection[Any], statements: Sequence[Statement]) -> None:
    """All or nothing; one round trip."""
    with connection.pipeline(), connection.transaction():
        for statement in statements:
            connection.execute(statement.sql, statement.values, prepare=True)
