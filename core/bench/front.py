"""The front desk: finding somebody, a token, the board."""

import secrets
from collections.abc import Iterator
from functools import partial

from core import clock, db, patients, spelling, token_queue
from core.bench import bare
from core.bench.bare import Statement
from core.bench.clinic import Clinic
from core.bench.measuring import Job, Operation
from core.token_queue import line
from core.web import acting

_FOUND = """
SELECT id, mrn, name, sex, birth_date, birth_date_is_estimated, phone, archived_at FROM patients
WHERE archived_at IS NULL AND search_grams @> %s AND (phone LIKE %s OR mrn LIKE %s OR name LIKE %s)
ORDER BY last_visit_at DESC NULLS LAST, id DESC LIMIT 20
"""
_NEXT_NUMBER = """
INSERT INTO token_counters (issued_on, last_number) VALUES (%s, 1)
ON CONFLICT (issued_on) DO UPDATE SET last_number = token_counters.last_number + 1
"""
_TOKEN = """
INSERT INTO tokens (issued_on, number, patient_id, for_anyone, state, priority, place, issued_at)
SELECT issued_on, last_number, %s, true, 'WAITING', 'NORMAL', now(), now() FROM token_counters WHERE issued_on = %s
"""
_NUMBER = "SELECT last_number FROM token_counters WHERE issued_on = %s"


def operations(clinic: Clinic) -> Iterator[Operation]:
    yield Operation("patient search", 2, partial(_search, clinic), partial(_bare_search, clinic))
    yield Operation("walk in", 3, partial(_walk_in, clinic), partial(_bare_walk_in, clinic))


def _search(clinic: Clinic) -> Job:
    """By the last four digits of a phone, as most people are looked for."""
    term = f"{clinic.rng.randrange(10_000):04d}"

    def search() -> None:
        with db.reading() as session:
            patients.search(session, clinic.desk, term)

    return search


def _bare_search(clinic: Clinic) -> Job:
    term = f"{clinic.rng.randrange(10_000):04d}"
    like, pieces = f"%{term}%", sorted(spelling.pieces(term))
    return lambda: clinic.bare.execute(_FOUND, (pieces, like, like, like), prepare=True).fetchall()


def _walk_in(clinic: Clinic) -> Job:
    patient_id = clinic.somebody()
    return lambda: acting.act(None, clinic.desk, secrets.token_hex(16), token_queue.walk_in, patient_id)


def _bare_walk_in(clinic: Clinic) -> Job:
    key, patient_id, today = secrets.token_hex(16), clinic.somebody(), clock.today()
    rows = [
        bare.claim(clinic.desk, key, "core.token_queue.walk_in"),
        Statement(_NEXT_NUMBER, [today]),
        Statement(_TOKEN, [patient_id, today]),
        bare.event(clinic.desk, "CREATE", "token.issued", "tokens", None, {"number": [None, 1]}),
        bare.answered(key, {"number": 1}),
    ]

    def walk_in() -> None:
        bare.write(clinic.bare, rows)
        with line.client().pipeline(transaction=False) as pipe:
            pipe.zadd(f"bench:{today}", {str(patient_id): 1.0})
            pipe.hset(f"bench:token:{patient_id}", mapping={"patient_id": patient_id, "patient_name": "A name"})
            pipe.expire(f"bench:token:{patient_id}", line.KEEP_SECONDS)
            pipe.publish("bench:events", "queue")
            pipe.execute()

    return walk_in
