"""The bench measures what it says: a floor writes the same rows as the work beside it, and reads the same.

And what the front desk asks of PostgreSQL, statement by statement: one more has to be meant.
"""

from random import Random

import psycopg
import pytest
from sqlalchemy import select, text

from core import db, patients
from core.bench import front, people, queue, searching
from core.bench.clinic import Clinic, conninfo
from core.bench.measuring import counted_statements
from core.bench.size import Size
from core.models import Patient
from core.permissions import Role
from tests import factories
from tests.statements import count_statements

_COUNTS = """
SELECT 'sign_ins' AS name, count(*) FROM sign_ins UNION ALL SELECT 'tries', count(*) FROM sign_in_failures
UNION ALL SELECT 'events', count(*) FROM audit_events UNION ALL SELECT 'keys', count(*) FROM idempotency_keys
UNION ALL SELECT 'answers', count(result) FROM idempotency_keys
UNION ALL SELECT 'last number', coalesce(sum(last_number), 0) FROM token_counters
UNION ALL SELECT state, count(*) FROM tokens GROUP BY state
"""


@pytest.fixture
def clinic(committed, monkeypatch):
    """Seventy patients of a few names, a desk and a doctor."""
    monkeypatch.setattr(queue, "LENGTH", 4)
    monkeypatch.setattr(front, "APPOINTMENTS", 3)
    monkeypatch.setattr(people, "_INDEXED_AFTERWARDS", 50)  # as with a million
    monkeypatch.setattr(searching, "MANY", ("aarav", "aarti"))  # nobody of the seventy only sounds like them
    with db.transaction() as session:
        desk, doctor = (factories.a_user(session, role) for role in (Role.RECEPTION, Role.DOCTOR))
        people.add(session, Random(1), 1, 70)
        free = list(session.scalars(select(Patient.id)))
    with psycopg.connect(conninfo(), autocommit=True) as bare:
        yield Clinic(Size(70, 1), desk, doctor, desk, desk, bare, Random(1), free)


def counts():
    with db.reading() as session:
        return dict(session.execute(text(_COUNTS)).all())


def grown(job):
    before = counts()
    job()
    return {name: count - before.get(name, 0) for name, count in counts().items() if count != before.get(name, 0)}


def every(clinic):
    return {
        operation.name: operation for family in (front, searching, queue) for operation in family.operations(clinic)
    }


def test_a_floor_writes_the_rows_that_the_work_writes(clinic):
    for name in ("sign in", "walk in", "call next with 4 waiting"):
        operation = every(clinic)[name]
        work, floor = grown(operation.work()), grown(operation.floor())
        assert work == floor, name
        assert work["events"] == 1


def test_a_floor_reads_what_the_work_reads(clinic):
    read = {name: one for name, one in every(clinic).items() if name.startswith(("patient", "appoint", "queue", "the"))}
    found = 0
    for name, operation in read.items():
        for seed in range(4):
            clinic.rng.seed(seed)
            work = operation.work()
            clinic.rng.seed(seed)
            answer = work()
            assert answer == operation.floor()(), name
            found += len(answer)
    assert len(read) == 7
    assert found > 30


def test_what_the_front_desk_asks_of_the_database(clinic):
    """Of them all BEGIN and COMMIT are not counted; a look has none."""
    sent = {}
    for name, operation in every(clinic).items():
        job = operation.work()
        with counted_statements() as statements:
            job()
        sent[name] = len(statements)
    assert sent == {
        "sign in": 12,
        "appointments of a day": 1,
        "patient search by part of a name that many have": 2,  # fewer than twenty: those who sound alike follow
        "patient search by part of a rare name": 2,
        "patient search by part of a phone": 1,
        "patient search by MRN": 1,
        "walk in": 8,
        "queue board of 4 tokens": 1,
        "the same with what to expect": 2,
        "call next with 4 waiting": 7,
    }


def test_a_name_that_many_have_takes_one_statement(session, receptionist):
    for number in range(20):
        factories.a_patient(session, f"Lakshmi Rao {number}")

    def statements(term):
        return count_statements(session, lambda: asserted(patients.search(session, receptionist, term)))

    assert statements("laks") == 1
    assert statements("laxm") == 2  # nowhere written so


def asserted(found):
    assert len(found) == 20
