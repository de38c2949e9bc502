"""What writes without a key is killed at every point, too, and simply done again: signing in, the relay, the mending
of the queue. Afterwards it is as if nobody had been killed.
"""

from sqlalchemy import text

from core import auth, db, token_queue
from core.models import SignIn
from core.permissions import Role
from core.token_queue import line
from etl import relay, verify
from tests import factories
from tests.faults.doors import AFTER, NEVER, SENT, died_at
from tests.faults.sweep import every_point, picture


def until_it_comes_through(work, look):
    """`work` dies at each of its points in turn; after each death `look(run)`. Returns how often it died."""
    for n in every_point([None] * 500):
        run = died_at(n, work)
        if not run.killed:
            assert run.refusal is None
            return n - 1
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


def test_a_relay_that_is_killed_at_every_point_loses_and_doubles_nothing(committed_mongo):
    """Each death comes one point later, and finds what the ones before have left."""
    with db.transaction() as session:
        a_day(session)
        events = session.scalar(text("SELECT count(*) FROM audit_events"))

    def work():
        relay.run()
        return ""

    died = until_it_comes_through(work, lambda run: None)

    assert died > 20
    assert relay.run().events == 0
    assert verify.run() == []
    assert committed_mongo.audit_logs.count_documents({}) == events


def test_a_death_of_the_relay_before_its_commit_leaves_the_mark_to_the_next(committed_mongo):
    """The control: a relay that marked first would lose what it had not written yet."""
    with db.transaction() as session:
        factories.a_patient(session)
    unmarked = text("SELECT count(*) FROM audit_events WHERE relayed_at IS NULL")
    unharmed = died_at(NEVER, lambda: "")
    assert unharmed.points == ()

    def work():
        relay.run()
        return ""

    run = died_at(1, work)

    assert "MongoDB" in run.died_at or SENT not in run.points
    with db.reading() as session:
        assert session.scalar(unmarked) > 0
