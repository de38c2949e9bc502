"""What writes without a key is killed at its points, too, and simply done again: signing in, the relay, the mending
of the queue. Afterwards it is as if nobody had been killed.
"""

import os

from sqlalchemy import text

from core import auth, db, token_queue
from core.models import SignIn
from core.permissions import Role
from core.token_queue import line
from etl import relay, verify
from tests import factories
from tests.faults.doors import AFTER, SENT, died_at
from tests.faults.sweep import picture

# Of the relay's points, of which there are many.
STRIDE = 1 if os.environ.get("QURE_SWEEP") == "every" else 7


def until_it_comes_through(work, look, stride=1):
    """`work` dies at its points in turn; after each death `look(run)`. Returns how often it died."""
    for times, n in enumerate(range(1, 10_000, stride)):
        run = died_at(n, work)
        if not run.killed:
            assert run.refusal is None
            return times
        look(run)
    raise AssertionError("It never came through")


def in_a_transaction(verb, *arguments):
    def work():
        with db.transaction() as session:
            return str(bool(verb(session, *arguments)))

    return work


def test_a_sign_in_is_there_or_not(committed):
    def look(run):
        with db.reading() as session:
            there.append(session.query(SignIn).count())
        if SENT not in run.points:
            assert len(set(there)) == 1  # a sign-in that was not kept is nowhere
        else:
            assert there[-1] - there[-2] in ({1} if AFTER in run.points else {0, 1})

    there = [0]
    assert until_it_comes_through(in_a_transaction(auth.sign_in, "asha", factories.PASSWORD, "10.0.0.7"), look) >= 4


def test_a_wrong_password_is_counted_or_not(committed):
    before = picture()

    def look(run):
        if SENT not in run.points:
            assert picture() == before

    assert until_it_comes_through(in_a_transaction(auth.sign_in, "asha", "wrong", "10.0.0.7"), look) >= 3
    assert picture()["sign_in_failures"]


def test_the_queue_in_redis_is_mended_whenever_its_mending_is_killed(committed):
    with db.transaction() as session:
        doctor = factories.a_user(session, Role.DOCTOR)
        for n in range(3):
            factories.a_token(session, f"Patient {n}", doctor=doctor)
    line.client().flushdb()

    def work():
        with db.reading() as session:
            return str(token_queue.reconcile(session))

    died = until_it_comes_through(work, lambda run: None)

    assert died >= 2
    with db.reading() as session:
        assert token_queue.astray(session) == 0


def a_day(session):
    """Something for every collection that the relay feeds from one visit, its bill and its medicine."""
    doctor = factories.a_user(session, Role.DOCTOR)
    medicine = factories.a_medicine(session)
    factories.a_batch(session, medicine, 30)
    factories.a_completed_visit(session, doctor)
    factories.an_invoice(session, (medicine, 3), paid=True)


def test_a_relay_that_is_killed_again_and_again_loses_and_doubles_nothing(committed_mongo):
    """Each death comes a point or some later, and finds what the ones before have left."""
    with db.transaction() as session:
        a_day(session)
        events = session.scalar(text("SELECT count(*) FROM audit_events"))

    def work():
        relay.run()
        return ""

    died = until_it_comes_through(work, lambda run: None, STRIDE)

    assert died >= 21 // STRIDE
    assert relay.run().events == 0
    assert verify.run() == []
    assert committed_mongo.audit_logs.count_documents({}) == events


def test_a_relay_that_marks_first_would_lose_what_it_had_not_written(committed_mongo):
    """The control: such a one dies between its two steps, and the month never hears of what it marked."""
    with db.transaction() as session:
        factories.a_batch(session, factories.a_medicine(session), 30)

    def work():
        with db.transaction() as session:
            session.execute(text("UPDATE stock_movements SET relayed_at = now()"))
        relay.run()
        return ""

    assert died_at(4, work).died_at == AFTER  # of its mark, before it writes anything
    relay.run()

    assert [found.collection for found in verify.run()] == ["monthly_stock"]
