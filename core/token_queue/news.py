"""That something has changed: told to every process over one channel of Redis, heard by one listener in each.

News names a topic and nothing else: no patient, no number. Whoever hears it looks again, with the own rights. News may
be lost (Redis is away, a process was restarted), so nothing may depend on it but how soon a screen changes.
"""

from collections.abc import Callable
from threading import Event

from redis import Redis
from sqlalchemy.orm import Session

from core import db, stores
from core.token_queue import line

_TURN_SECONDS = 1.0  # how soon a listener notices that it shall stop


def announce(session: Session, topic: str) -> None:
    """Tell every open screen, once this transaction has committed."""
    db.after_commit(session, lambda: line.tolerant(lambda redis: redis.publish(line.EVENTS, topic), None))


def listen(hear: Callable[[str], None], stopping: Event) -> None:
    """Hand every topic to `hear` until `stopping` is set. Raises RedisError when Redis goes away: listen again then.

    Whatever was missed before is told first, as news of the queue.
    """
    redis = Redis.from_url(stores.addresses().redis_url, decode_responses=True, socket_connect_timeout=1)
    with redis, redis.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]
        channel.subscribe(line.EVENTS)
        hear(line.QUEUE)
        while not stopping.is_set():
            message = channel.get_message(timeout=_TURN_SECONDS)
            if message is not None:
                hear(str(message["data"]))
