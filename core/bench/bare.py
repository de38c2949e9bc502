"""What floors have in common: one transaction sent without waiting for answers between its statements, with the rows
that every write leaves behind, the key of its form and the event of the trail."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from core import clock
from core.permissions import Actor
from core.token_queue import line

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

    @property
    def answers(self) -> bool:
        return self.sql.lstrip().startswith("SELECT") or "RETURNING" in self.sql


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
        asked(connection, *statements)


def asked(connection: psycopg.Connection[Any], *statements: Statement) -> list[list[Any]]:
    """The rows of those that answer any: in one round trip, within the caller's pipeline. Writes alone wait for
    nothing: what follows goes with them."""
    sent = [(one.answers, connection.execute(one.sql, one.values, prepare=True)) for one in statements]
    return [cursor.fetchall() for answers, cursor in sent if answers]


def show(token: int, patient_id: int, *, waits: bool) -> None:
    """A token in Redis: in the line or out of it, with its patient and as the last or the current one; and the news."""
    today = clock.today()
    with line.client().pipeline(transaction=False) as pipe:
        if waits:
            pipe.zadd(f"bench:{today}", {str(token): 1.0})
        else:
            pipe.zrem(f"bench:{today}", str(token))
        pipe.hset(f"bench:token:{today}:{token}", mapping={"patient_id": patient_id, "patient_name": "A name"})
        pipe.expire(f"bench:token:{today}:{token}", line.KEEP_SECONDS)
        pipe.set(f"bench:{'counter' if waits else 'current'}:{today}", token, ex=line.KEEP_SECONDS)
        pipe.publish("bench:events", "queue")
        pipe.execute()


def propose() -> None:
    """Who is next, taken out of the line."""
    line.client().zpopmin(f"bench:{clock.today()}")
