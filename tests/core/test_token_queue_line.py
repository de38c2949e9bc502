"""Redis' part of the queue, with changes that are really committed: the order, and what happens when it is lost."""

import pytest

from core import clock, db, token_queue
from core.permissions import Role
from core.token_queue import line
from tests.factories import a_token, a_user

DAY = "2025-03-01"


@pytest.fixture
def doctor(committed):
    with db.transaction() as session:
        return a_user(session, Role.DOCTOR, "Dr Sen")


@pytest.fixture
def redis():
    redis = line.client()
    redis.flushdb()
    return redis


def tokens(*names, doctor=None):
    with db.transaction() as session:
        return [a_token(session, name, doctor) for name in names]


def call(doctor):
    with db.transaction() as session:
        card = token_queue.call_next(session, doctor, doctor.user_id)
    return card and card.number


def reconcile():
    with db.transaction() as session:
        return token_queue.reconcile(session)


def test_a_committed_token_stands_in_redis_under_the_fixed_names(redis, doctor):
    tokens("Asha", doctor=doctor)
    tokens("Vikram")

    assert redis.zrange(f"queue:{DAY}:{doctor.user_id}", 0, -1) == ["1"]
    assert redis.zrange(f"queue:{DAY}", 0, -1) == ["2"]
    assert redis.get(f"queue:counter:{DAY}") == "2"
    assert redis.hget(f"queue:token:{DAY}:1", "patient_name") == "Asha"
    assert all(0 < redis.ttl(key) <= line.KEEP_SECONDS for key in redis.keys("queue:*"))


def test_a_token_that_is_rolled_back_never_reaches_redis(redis, doctor):
    with pytest.raises(RuntimeError), db.transaction() as session:
        a_token(session, "Asha", doctor)
        raise RuntimeError

    assert redis.keys("queue:*") == []


def test_calling_takes_the_token_from_the_line_and_shows_who_is_served(redis, doctor):
    tokens("Asha", "Vikram", doctor=doctor)

    assert call(doctor) == 1
    assert redis.get(f"queue:current:{DAY}:{doctor.user_id}") == "1"
    assert redis.zrange(f"queue:{DAY}:{doctor.user_id}", 0, -1) == ["2"]


def test_a_stale_proposal_is_dropped_and_the_next_one_taken(redis, doctor):
    first, second = tokens("Asha", "Vikram", doctor=doctor)
    key = f"queue:{DAY}:{doctor.user_id}"
    before = redis.zrange(key, 0, -1, withscores=True)
    with db.transaction() as session:
        token_queue.mark_no_show(session, doctor, first.token_id)
    redis.zadd(key, dict(before))  # Redis went back in time

    assert call(doctor) == second.number


def test_a_wiped_redis_loses_nobody(redis, doctor):
    tokens("Asha", "Vikram", doctor=doctor)
    redis.flushall()

    assert call(doctor) == 1
    assert tokens("Meena", doctor=doctor)[0].number == 3


def test_the_reconciler_makes_the_line_anew(redis, doctor):
    tokens("Asha", "Vikram", doctor=doctor)
    tokens("Meena")
    before = {key: redis.zrange(key, 0, -1, withscores=True) for key in redis.keys(f"queue:{DAY}*")}
    redis.flushall()

    assert reconcile() == 3
    assert {key: redis.zrange(key, 0, -1, withscores=True) for key in redis.keys(f"queue:{DAY}*")} == before
    assert reconcile() == 0


def test_the_reconciler_puts_back_who_was_proposed_but_not_called(redis, doctor):
    tokens("Asha", "Vikram", doctor=doctor)
    assert line.propose(clock.today(), doctor.user_id) == 1  # and then the process was killed

    assert reconcile() == 1
    assert call(doctor) == 1


def test_the_reconciler_removes_who_waits_no_more(redis, doctor):
    tokens("Asha", doctor=doctor)
    redis.zadd(f"queue:{DAY}:{doctor.user_id}", {"77": 1.0})

    assert reconcile() == 1
    assert redis.zrange(f"queue:{DAY}:{doctor.user_id}", 0, -1) == ["1"]


def test_a_transferred_token_leaves_the_first_doctors_line(redis, doctor):
    with db.transaction() as session:
        other = a_user(session, Role.DOCTOR)
    (asha,) = tokens("Asha", doctor=doctor)
    with db.transaction() as session:
        token_queue.transfer(session, doctor, asha.token_id, other.user_id)

    assert redis.zrange(f"queue:{DAY}:{doctor.user_id}", 0, -1) == []
    assert redis.zrange(f"queue:{DAY}:{other.user_id}", 0, -1) == ["1"]


def test_a_called_token_that_is_transferred_is_no_longer_served_by_the_first_doctor(redis, doctor):
    with db.transaction() as session:
        other = a_user(session, Role.DOCTOR)
    (asha,) = tokens("Asha", doctor=doctor)
    call(doctor)
    with db.transaction() as session:
        token_queue.transfer(session, doctor, asha.token_id, other.user_id)

    assert redis.get(f"queue:current:{DAY}:{doctor.user_id}") is None
    assert call(other) == 1
    assert redis.get(f"queue:current:{DAY}:{other.user_id}") == "1"


def test_without_redis_tokens_are_issued_and_called_all_the_same(doctor, without_redis):
    assert [card.number for card in tokens("Asha", "Vikram", doctor=doctor)] == [1, 2]
    assert call(doctor) == 1
    assert not token_queue.is_up()
