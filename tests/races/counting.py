"""Counts what a day has left behind in PostgreSQL. Each count is a list of what is wrong, in words: empty is right.

`audit_events` tells what was done; `idempotency_keys` of the same transaction (the same xmin) with which form, and what
it answered.
"""

from collections import Counter, defaultdict
from itertools import groupby

from sqlalchemy import text

from core import clock


def wrongs(session, told):
    """{count: what is wrong}; `told` is what the clients were told."""
    events = all_done(session)
    return {
        "slots booked twice": slots_booked_twice(session),
        "numbers given twice or left out": numbers_wrong(session, events),
        "called twice": called_twice(events),
        "two at once": two_at_once(session, events),
        "forgotten": forgotten(session, events),
        "answers lost": answers_lost(session, told),
        "counted twice": counted_twice(session, events),
    }


def slots_booked_twice(session):
    active = "a.slot_id = s.id AND a.state IN ('BOOKED', 'ARRIVED', 'COMPLETED')"
    return [
        f"Slot {row.id} is {row.state} with {row.booked} appointments"
        for row in session.execute(
            text(f"SELECT id, state, (SELECT count(*) FROM appointments a WHERE {active}) AS booked FROM slots s")
        )
        if row.booked != (1 if row.state == "BOOKED" else 0)
    ]


def numbers_wrong(session, events):
    """The numbers of each day are 1 to the last that was given, once each, in the table and in the trail."""
    tokens = session.execute(text("SELECT id, issued_on AS day, number FROM tokens")).all()
    last = dict(session.execute(text("SELECT issued_on, last_number FROM token_counters")).all())
    day_of, found = {token.id: token.day for token in tokens}, defaultdict(list)
    for token in tokens:
        found["tokens", token.day].append(token.number)
    for event in events:
        if event.event == "token.issued":
            found["trail", day_of.get(event.resource_id)].append(event.changes["number"][1])
    wrong = []
    for where, day in found.keys() | {(where, day) for where in ("tokens", "trail") for day in last}:
        expected = list(range(1, last.get(day, 0) + 1))
        if sorted(found[where, day]) != expected:
            odd = _odd(found[where, day], expected)
            wrong.append(f"The {where} of {day} does not hold 1 to {len(expected)} once each: {odd}")
    return wrong


def called_twice(events):
    """The states of each token follow one another: who is called was waiting, or stood at the door."""
    wrong = []
    for token_id, steps in _by_token(events).items():
        state = None
        for step in steps:
            before, after = (
                ("", "WAITING") if step.event == "token.issued" else step.changes.get("state", (state, state))
            )
            if before != (state or ""):
                wrong.append(f"Token {token_id} was {state} when it was {step.event}, not {before}")
            state = after
    return wrong


def two_at_once(session, events):
    """Nobody is with two doctors, no doctor has two patients, and every call has one caller."""
    with_doctor, wrong = {}, []
    for step in events:
        if step.resource_type != "tokens":
            continue
        if step.event == "token.called":
            if step.answer is None:
                wrong.append(f"Token {step.resource_id} was called by nobody")
                continue
            doctor_id = step.answer["doctor_id"]
            if doctor_id in with_doctor.values():
                wrong.append(f"Doctor {doctor_id} called token {step.resource_id} with another one in the room")
            if step.resource_id in with_doctor:
                wrong.append(f"Token {step.resource_id} was called to two doctors")
            with_doctor[step.resource_id] = doctor_id
        elif step.changes.get("state", ("", ""))[0] == "CALLED":
            with_doctor.pop(step.resource_id, None)
    rows = session.execute(
        text("SELECT patient_id FROM tokens WHERE issued_on = :day AND state IN ('WAITING', 'CALLED', 'SKIPPED')"),
        _today(),
    )
    twice = [patient_id for patient_id, times in Counter(row.patient_id for row in rows).items() if times > 1]
    return wrong + [f"Patient {patient_id} is in the queue twice" for patient_id in twice]


def forgotten(session, events):
    """Whoever was given a token is in the table, in the state in which the trail left it; visits end their tokens."""
    states = dict(session.execute(text("SELECT id, state FROM tokens")).all())
    left = {
        token_id: next((s.changes["state"][1] for s in reversed(steps) if "state" in s.changes), "WAITING")
        for token_id, steps in _by_token(events).items()
    }
    wrong = [
        f"Token {token_id} is {states.get(token_id)}, the trail left it {left.get(token_id)}"
        for token_id in states.keys() | left.keys()
        if states.get(token_id) != left.get(token_id)
    ]
    unfinished = text(
        "SELECT t.number FROM tokens t JOIN visits v ON v.token_id = t.id"
        " WHERE v.state = 'COMPLETED' AND t.state <> 'FINISHED'"
    )
    return wrong + [f"Token {number} was seen and is not finished" for number in session.scalars(unfinished)]


def answers_lost(session, told):
    """Every answer a client got is kept under its key, the same to every click, and nothing else was written."""
    kept = dict(session.execute(text("SELECT key, result FROM idempotency_keys")).all())
    answers = defaultdict(list)
    for one in told:
        if one["outcome"] == "done":
            answers[one["key"]].append(one["answer"])
    wrong = [f"Form {key} was written and nobody was told" for key in kept.keys() - answers.keys()]
    for key, given in answers.items():
        wrong += [
            f"Form {key} answered {answer}, kept is {kept.get(key)}" for answer in given if answer != kept.get(key)
        ]
    return wrong


def counted_twice(session, events):
    """A form is one transaction, and no change is without a form."""
    wrong = [f"{step.event} of {step.resource_id} came from no form" for step in events if step.key is None]
    forms = session.execute(text("SELECT xmin::text AS own, count(*) AS forms FROM idempotency_keys GROUP BY 1"))
    return wrong + [f"Transaction {row.own} holds {row.forms} forms" for row in forms if row.forms > 1]


def all_done(session):
    """What happened to tokens and appointments, in the order of the trail."""
    return session.execute(
        text(
            "SELECT e.id, e.event, e.resource_type, e.resource_id, e.changes, k.key, k.result AS answer"
            " FROM audit_events e LEFT JOIN idempotency_keys k ON k.xmin::text = e.xmin::text"
            " WHERE e.resource_type IN ('tokens', 'appointments') ORDER BY e.id"
        )
    ).all()


def _by_token(events):
    tokens = sorted((e for e in events if e.resource_type == "tokens"), key=lambda e: (e.resource_id, e.id))
    return {token_id: list(steps) for token_id, steps in groupby(tokens, lambda step: step.resource_id)}


def _odd(numbers, expected):
    counts = Counter(numbers)
    return {number: counts[number] for number in counts.keys() | set(expected) if counts[number] != 1}


def _today():
    return {"day": clock.today()}
