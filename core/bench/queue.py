"""The queue: a token for whoever walks in, the board, and who is next."""

import secrets
from collections.abc import Iterator
from functools import partial
from itertools import count

from core import clock, db, token_queue
from core.bench import bare
from core.bench.bare import Statement
from core.bench.clinic import Clinic
from core.bench.doing import act, bare_look, look
from core.bench.measuring import Job, Operation
from core.token_queue import TokenState
from core.web import acting

LENGTH = 200  # how many wait
_BOARD = """
SELECT t.id, t.number, t.state, t.priority, t.patient_id, p.name, p.mrn, t.doctor_id, u.name, d.room, t.issued_at,
  t.called_at, t.appointment_id, t.said_p50, t.said_p90
FROM tokens t JOIN patients p ON p.id = t.patient_id LEFT JOIN doctors d ON d.user_id = t.doctor_id
  LEFT JOIN users u ON u.id = d.user_id
WHERE t.issued_on = %s AND t.state IN ('CALLED', 'WAITING', 'SKIPPED') ORDER BY t.place, t.number
"""
_KNOWN = "SELECT id FROM patients WHERE id = %s AND archived_at IS NULL FOR UPDATE"
_IN_QUEUE = """
SELECT number FROM tokens WHERE patient_id = %s AND issued_on = %s AND state IN ('WAITING', 'CALLED', 'SKIPPED')
"""
_LEARNED = "SELECT model, said, within_p50, within_p90 FROM wait_models ORDER BY learned_on DESC LIMIT 1"
_AHEAD = """
SELECT array_agg(doctor_id ORDER BY place, number) FILTER (WHERE state = 'WAITING'),
  jsonb_object_agg(doctor_id, called_at) FILTER (WHERE state = 'CALLED')
FROM tokens WHERE issued_on = %s AND state IN ('WAITING', 'CALLED')
"""
_NEXT_NUMBER = """
INSERT INTO token_counters (issued_on, last_number) VALUES (%s, 1)
ON CONFLICT (issued_on) DO UPDATE SET last_number = token_counters.last_number + 1
"""
_TOKEN = """
INSERT INTO tokens (issued_on, number, patient_id, for_anyone, state, priority, place, issued_at)
SELECT issued_on, last_number, %s, true, 'WAITING', 'NORMAL', now(), now() FROM token_counters WHERE issued_on = %s
"""
_WORKS = """
SELECT u.id, u.name, d.room FROM users u JOIN doctors d ON d.user_id = u.id
WHERE d.user_id = %s AND u.disabled_at IS NULL
FOR NO KEY UPDATE OF d
"""
_SERVING = "SELECT number FROM tokens WHERE issued_on = %s AND doctor_id = %s AND state = 'CALLED'"
_CALL = """
UPDATE tokens SET state = 'CALLED', doctor_id = %s, called_at = now()
WHERE issued_on = %s AND number = %s AND state = 'WAITING'
RETURNING id
"""
_HOLDER = (
    "SELECT name, mrn FROM patients WHERE id = (SELECT patient_id FROM tokens WHERE issued_on = %s AND number = %s)"
)
_numbers = count(1)


def operations(clinic: Clinic) -> Iterator[Operation]:
    yield Operation("walk in", 3, partial(_walk_in, clinic), partial(_bare_walk_in, clinic))
    yield Operation(f"queue board of {LENGTH} tokens", 2, partial(_board, clinic), partial(_bare_board, clinic))
    yield Operation("the same with what to expect", None, partial(_waits, clinic), partial(_bare_waits, clinic))
    yield Operation(f"call next with {LENGTH} waiting", 3, partial(_call, clinic), partial(_bare_call, clinic))


def _fill(clinic: Clinic) -> None:
    """Nobody is with a doctor, and just so many wait."""
    with db.transaction() as session:
        board = token_queue.board(session, clinic.desk)
        waiting = [card for card in board if card.state is TokenState.WAITING]
        for card in [card for card in board if card.state is not TokenState.WAITING] + waiting[LENGTH:]:
            token_queue.mark_no_show(session, clinic.desk, card.token_id)
    for patient_id in [clinic.somebody() for _ in range(LENGTH - len(waiting))]:
        acting.act(None, clinic.desk, None, token_queue.walk_in, patient_id)


def _first(clinic: Clinic) -> int:
    with db.reading() as session:
        return next(card.number for card in token_queue.board(session, clinic.desk))


def _walk_in(clinic: Clinic) -> Job:
    patient_id = clinic.somebody()
    return lambda: act(clinic.desk, token_queue.walk_in, patient_id)


def _bare_walk_in(clinic: Clinic) -> Job:
    """Locked, looked at and written in one trip; what is read on the way is read here, too."""
    key, patient_id, today = secrets.token_hex(16), clinic.somebody(), clock.today()
    statements = [
        bare.claim(clinic.desk, key, "core.token_queue.walk_in"),
        Statement(_KNOWN, [patient_id]),
        Statement(_IN_QUEUE, [patient_id, today]),
        Statement(_AHEAD, [today]),
        Statement(_LEARNED),
        Statement(_NEXT_NUMBER, [today]),
        Statement(_TOKEN, [patient_id, today]),
        bare.event(clinic.desk, "CREATE", "token.issued", "tokens", None, {"number": [None, 1]}),
        bare.answered(key, {"number": 1}),
    ]

    def walk_in() -> None:
        bare.write(clinic.bare, statements)
        bare.show(next(_numbers), patient_id, waits=True)

    return walk_in


def _board(clinic: Clinic) -> Job:
    _fill(clinic)
    return look(lambda session: [card.number for card in token_queue.board(session, clinic.desk)])


def _bare_board(clinic: Clinic) -> Job:
    return bare_look(clinic, _BOARD, [clock.today()], column=1)


def _waits(clinic: Clinic) -> Job:
    _fill(clinic)
    return look(lambda session: [card.number for card in token_queue.waits(session, clinic.desk)])


def _bare_waits(clinic: Clinic) -> Job:
    board = _bare_board(clinic)

    def waits() -> object:
        clinic.bare.execute(_LEARNED, prepare=True).fetchall()
        return board()

    return waits


def _call(clinic: Clinic) -> Job:
    _fill(clinic)
    doctor_id = clinic.doctor.user_id
    return lambda: act(clinic.desk, token_queue.call_next, doctor_id)


def _bare_call(clinic: Clinic) -> Job:
    """Redis says who is next, PostgreSQL decides; then Redis is told."""
    _fill(clinic)
    key, today, doctor_id, number = secrets.token_hex(16), clock.today(), clinic.doctor.user_id, _first(clinic)
    bare.show(number, number, waits=True)
    statements = [
        bare.claim(clinic.desk, key, "core.token_queue.call_next"),
        Statement(_WORKS, [doctor_id]),
        Statement(_SERVING, [today, doctor_id]),
        Statement(_CALL, [doctor_id, today, number]),
        Statement(_HOLDER, [today, number]),
        bare.event(clinic.desk, "UPDATE", "token.called", "tokens", number, {"state": ["WAITING", "CALLED"]}),
        bare.answered(key, {"number": number}),
    ]

    def call() -> None:
        bare.propose()
        bare.write(clinic.bare, statements)
        bare.show(number, number, waits=False)

    return call
