"""The app is killed while eight people send forms; they send them again to the next one. Everything is there once."""

import json
import os
import tempfile
from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import text

from core import clock, db
from etl import relay, verify
from tests.forks import Program
from tests.races import counting
from tests.races.busy import PEOPLE, send


def answered_until_killed(times):
    """The forms (person, number) that were answered by a process that is killed after so many answers."""
    shift = (clock.now() - datetime.now(UTC)).total_seconds()
    with tempfile.TemporaryFile() as errors:
        process = Program("tests.races.busy", json.dumps({"shift": shift}), err=errors)
        heard = [process.stdout.readline() for _ in range(times)]
        process.kill()
        heard += process.stdout.readlines()
        process.wait()
        assert not errors.seek(0, os.SEEK_END)
    return {tuple(map(int, line.split())) for line in heard if line.endswith("\n")}  # the last may be half written


def test_what_was_answered_is_there_once_after_every_kill(committed_mongo):
    answered = answered_until_killed(20) | answered_until_killed(50)
    newest = {person: max(number for who, number in answered if who == person) for person in range(PEOPLE)}
    sent = [(person, number) for person, last in newest.items() for number in range(1, last + 2)]

    for person, last in newest.items():
        assert send(person, last) == send(person, last)
        send(person, last + 1)  # which was perhaps at work

    with db.transaction() as session:
        kept = session.execute(text("SELECT count(*), count(DISTINCT name), count(DISTINCT mrn) FROM patients")).one()
        trail = Counter(session.scalars(text("SELECT event FROM audit_events")))
        assert counting.numbers_wrong(session, counting.all_done(session)) == []
    assert answered <= set(sent)
    assert tuple(kept) == (len(sent),) * 3
    assert (trail["patient.registered"], trail["token.issued"]) == (len(sent), len(sent))
    relay.drain()
    assert verify.run() == []
    assert committed_mongo.audit_logs.count_documents({"event": "token.issued"}) == len(sent)
