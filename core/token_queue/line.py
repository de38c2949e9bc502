"""The order of those who wait, in Redis: with news.py the only module that talks to it.

    queue:{day}                  sorted set of waiting numbers for whoever is free first; score is their place
    queue:{day}:{doctor_id}      the same for one doctor
    queue:token:{day}:{number}   hash: patient_id, patient_name, doctor_id
    queue:counter:{day}          last number given out (a copy: PostgreSQL's counter row decides)
    queue:current:{day}:{doctor} the number being served
    queue:events                 channel: what has changed ("queue", see core/token_queue/news.py)

Every multi-step change is one Lua script, every key expires three days after its last change, all of it can be lost:
`reconcile` makes the lines anew from PostgreSQL, and counter and current are written again with the next change.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from time import monotonic
from typing import Any, TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError, TimeoutError
from redis.retry import Retry
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from core import clock, db, queries, stores
from core.models import Patient, Token, TokenState

log = logging.getLogger(__name__)

KEEP_SECONDS = int(timedelta(days=3).total_seconds())  # a day and the two after it
SPARED_SECONDS = 2.0
EVENTS, QUEUE = "queue:events", "queue"
_T = TypeVar("_T")
_silent_until = 0.0

# Two doctors may ask at once: looking at both lines and taking the earlier token is one step.
_PROPOSE = """
local best
for _, line in ipairs(KEYS) do
    local head = redis.call('ZRANGE', line, 0, 0, 'WITHSCORES')
    if head[1] and (not best or tonumber(head[2]) < best.score) then
        best = {line = line, number = head[1], score = tonumber(head[2])}
    end
end
if not best then return nil end
redis.call('ZREM', best.line, best.number)
return best.number
"""

# Whatever Redis held of a token becomes what PostgreSQL says of it now.
_MIRROR = """
local token, counter, current, current_before, line = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local number, score, keep = ARGV[1], ARGV[2], ARGV[3]
for i = 6, #KEYS do redis.call('ZREM', KEYS[i], number) end
redis.call('ZREM', line, number)
if score ~= '' then redis.call('ZADD', line, score, number); redis.call('EXPIRE', line, keep) end
redis.call('HSET', token, 'patient_id', ARGV[4], 'patient_name', ARGV[5], 'doctor_id', ARGV[6])
redis.call('EXPIRE', token, keep)
if tonumber(number) > tonumber(redis.call('GET', counter) or 0) then redis.call('SET', counter, number) end
redis.call('EXPIRE', counter, keep)
if redis.call('GET', current_before) == number then redis.call('DEL', current_before) end
if ARGV[7] == 'CALLED' then redis.call('SET', current, number, 'EX', keep)
elseif redis.call('GET', current) == number then redis.call('DEL', current) end
redis.call('PUBLISH', 'queue:events', 'queue')
"""


@cache
def client() -> "Redis":
    """Fails within a second: the queue goes on without Redis, it does not wait for it. What is tried again is a
    connection that broke while nobody used it; an answer that did not come in time will not come sooner."""
    return Redis.from_url(
        stores.addresses().redis_url,
        decode_responses=True,
        socket_timeout=1,
        socket_connect_timeout=1,
        retry=Retry(NoBackoff(), 1, (ConnectionError,)),
    )


def is_up() -> bool:
    """Whether the queue board is fed by Redis; when not, it comes from PostgreSQL."""
    return bool(tolerant(lambda redis: redis.ping(), otherwise=False))


def propose(day: date, doctor_id: int) -> int | None:
    """The number that is next for a doctor, taken out of the line. None if Redis knows nobody or is away."""
    keys = [_line_key(day, doctor_id), _line_key(day, None)]
    number = tolerant(lambda redis: redis.eval(_PROPOSE, len(keys), *keys), otherwise=None)
    return int(number) if number else None


def mirror(session: Session, token: Token, patient_name: str, *, was_with: int | None = None) -> None:
    """Show the token's new state in Redis once this transaction has committed.

    `was_with` is the doctor before a transfer, or before the call that was put back.
    """
    keys = [
        f"queue:token:{token.issued_on}:{token.number}",
        f"queue:counter:{token.issued_on}",
        f"queue:current:{token.issued_on}:{token.doctor_id or ''}",
        f"queue:current:{token.issued_on}:{was_with or ''}",
        _line_key(token.issued_on, token.doctor_id),
        _line_key(token.issued_on, None),
        _line_key(token.issued_on, was_with),
    ]
    score = _score(token.place, token.number) if token.state is TokenState.WAITING else ""
    arguments = [
        *(token.number, score, KEEP_SECONDS, token.patient_id, patient_name, token.doctor_id or ""),
        token.state.value,
    ]
    db.after_commit(session, lambda: tolerant(lambda redis: redis.eval(_MIRROR, len(keys), *keys, *arguments), None))


def reconcile(session: Session) -> int:
    """Make today's lines in Redis equal to the waiting tokens in PostgreSQL. Returns how many entries were mended.

    Redis is read first: what stands there and is not waiting in PostgreSQL afterwards is stale for certain. Raises
    RedisError if Redis is away.
    """
    redis, day = client(), clock.today()
    found = _read_lines(redis, day)
    rows = _waiting(session, day)
    wanted = _entries(day, rows)
    missing = {entry for entry, score in wanted.items() if found.get(entry) != score}
    stale = found.keys() - wanted.keys()
    if not missing and not stale:
        return 0
    with redis.pipeline(transaction=True) as pipe:
        for line, number in stale:
            pipe.zrem(line, number)
        for row in rows:
            entry = line, number = _line_key(day, row.doctor_id), str(row.number)
            if entry in missing:
                pipe.zadd(line, {number: wanted[entry]})
                pipe.expire(line, KEEP_SECONDS)
                holder: dict[Any, Any] = {
                    "patient_id": row.patient_id,
                    "patient_name": row.name,
                    "doctor_id": row.doctor_id or "",
                }
                pipe.hset(f"queue:token:{day}:{number}", mapping=holder)
                pipe.expire(f"queue:token:{day}:{number}", KEEP_SECONDS)
        pipe.publish(EVENTS, QUEUE)
        pipe.execute()
    return len(missing) + len(stale)


def forget() -> None:
    """Redis knows nothing of any queue: its numbers are those of another past. `reconcile` fills in today's."""

    def drop(redis: "Redis") -> None:
        for key in redis.scan_iter("queue:*"):
            redis.delete(key)

    tolerant(drop, None)


def refill(session: Session) -> None:
    """`reconcile`, where Redis may be away: it is done again as soon as a Qure runs."""
    tolerant(lambda redis: reconcile(session), 0)


def astray(session: Session) -> int | None:
    """How many entries of today's lines are not those of PostgreSQL, with a moment between; None if Redis is away."""
    day = clock.today()
    found = tolerant(lambda redis: _read_lines(redis, day), None)
    wanted = _entries(day, _waiting(session, day))
    return None if found is None else len({entry for entry, _ in found.items() ^ wanted.items()})


def _waiting(session: Session, day: date) -> Sequence[Row[int, int | None, datetime, int, str]]:
    return session.execute(
        select(Token.number, Token.doctor_id, Token.place, Token.patient_id, Patient.name)
        .join(Patient)
        .where(Token.issued_on == day, Token.state == TokenState.WAITING)
    ).all()


def _entries(day: date, rows: Iterable[Row[int, int | None, datetime, int, str]]) -> dict[tuple[str, str], float]:
    """{(line, number): score} as Redis should have it."""
    return {(_line_key(day, row.doctor_id), str(row.number)): _score(row.place, row.number) for row in rows}


def _read_lines(redis: "Redis", day: date) -> dict[tuple[str, str], float]:
    """{(line, number): score} of every line of a day."""
    keys = [_line_key(day, None), *redis.scan_iter(f"queue:{day}:*")]
    with redis.pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.zrange(key, 0, -1, withscores=True)
        return {
            (key, entry[0]): entry[1] for key, entries in zip(keys, pipe.execute(), strict=True) for entry in entries
        }


def _line_key(day: date, doctor_id: int | None) -> str:
    return f"queue:{day}:{doctor_id}" if doctor_id else f"queue:{day}"


def _score(place: datetime, number: int) -> float:
    """Seconds; of two tokens with the same place the lower number comes first."""
    return round(place.timestamp(), 3) + number / 1e6


def tolerant(call: Callable[[Any], _T], otherwise: _T) -> _T:
    """What the call answers; `otherwise` where Redis is away. After an answer that did not come, nobody waits for the
    next one either, for a moment."""
    global _silent_until
    if monotonic() < _silent_until:
        return otherwise
    began = monotonic()
    try:
        return call(client())
    except RedisError as error:
        log.warning("Redis is away (%s); the queue goes on from PostgreSQL.", type(error).__name__)
        if isinstance(error, TimeoutError):
            _silent_until = monotonic() + SPARED_SECONDS
        return otherwise
    finally:
        queries.note(queries.QUEUE, "Redis", monotonic() - began)
