"""That something has changed: told to every process over one channel of Redis, heard by one listener in each.

News names a topic and nothing else: no patient, no number. Whoever hears it looks again, with the own rights. News may
be lost (Redis is away, a process was restarted), so nothing may depend on it but how soon a screen changes.
"""

from collections.abc import Callable, Mapping
from threading import Event
from time import monotonic
from typing import Any

from redis import Redis
from redis.exceptions import ConnectionError
from sqlalchemy.orm import Session

from core import db, stores
from core.permissions import Actor, Permission, require
from core.token_queue import line

_TURN_SECONDS = 1.0  # how soon a listener notices that it shall stop
_SILENCE_SECONDS = 5.0


def announce(session: Session, topic: str) -> None:
    """Tell every open screen, once this transaction has committed."""
    db.after_commit(session, lambda: line.tolerant(lambda redis: redis.publish(line.EVENTS, topic), None))


def may_hear(session: Session, actor: Actor) -> None:
    """Asked before news goes on to a program: the screens hear it unasked, and look again with their own rights."""
    require(actor, Permission.SEE_QUEUE)


def listen(hear: Callable[[str], None], stopping: Event) -> None:
    """Hand every topic to `hear` until `stopping` is set. Raises RedisError when Redis goes away: listen again then.

    Whatever was missed before is told first, as news of the queue. A line on which nothing comes is asked now and then
    whether it still stands: the other end may be gone without a word.
    """
    redis = Redis.from_url(stores.addresses().redis_url, decode_responses=True, socket_connect_timeout=1)
    with redis, redis.pubsub() as channel:  # type: ignore[no-untyped-call]
        channel.subscribe(line.EVENTS)
        heard_at, asked = monotonic(), False
        while not stopping.is_set():
            message = channel.get_message(timeout=_TURN_SECONDS)
            if message is not None:
                heard_at, asked = monotonic(), False
                _hand_on(message, hear)
            elif monotonic() > heard_at + _SILENCE_SECONDS:
                if asked:
                    raise ConnectionError("The line over which news come has gone silent.")
                channel.ping()
                heard_at, asked = monotonic(), True


def _hand_on(message: Mapping[str, Any], hear: Callable[[str], None]) -> None:
    if message["type"] == "subscribe":
        hear(line.QUEUE)  # whatever was missed before
    elif message["type"] == "message":
        hear(str(message["data"]))
