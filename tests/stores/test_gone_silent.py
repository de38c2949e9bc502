"""Servers that are paused answer nothing and close nothing. Whoever waits hears a sentence within five seconds, and all
is well again by itself once they go on."""

import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import text

from core import db, db_watch, stores, token_queue
from core.analytics import store
from core.errors import StoreUnavailable
from core.idempotency import once
from core.patients import PatientDetails, Sex
from core.token_queue import line, news
from tests import factories
from tests.stores.conftest import eventually
from tests.wire import Wire

WAIT, BACK = 5, 10  # seconds in which a screen says so, and in which it works again


def timed(call):
    """What it refused, or what it answered, and after how many seconds."""
    began = time.monotonic()
    try:
        answer = call()
    except StoreUnavailable as refusal:
        answer = refusal
    return answer, time.monotonic() - began


def one():
    with db.reading() as session:
        return session.scalar(text("SELECT 1"))


def works():
    """Through both doors: each has connections of its own."""
    with db.transaction() as session:
        return session.scalar(text("SELECT 1")) == one()


def register(name, between=lambda: None):
    with db.transaction() as session:
        actor = factories.an_admin(session)
        answer = once(f"form of {name}", token_queue.register_and_walk_in)(
            session, actor, PatientDetails(name, Sex.UNKNOWN)
        )
        between()
    return answer


@pytest.mark.usefixtures("committed")
def test_a_paused_database_is_a_sentence_in_time_and_works_again_by_itself(own_stores, record_property):
    with ThreadPoolExecutor() as pool:
        at_commit = []

        def hold():
            at_commit.append("here")
            assert eventually(lambda: "paused" in at_commit, 10)

        committing = pool.submit(timed, lambda: register("Asha", between=hold))
        assert eventually(lambda: "here" in at_commit, 10)
        with own_stores.paused("postgres", "backend"):
            at_commit.append("paused")
            told = [pool.submit(timed, one) for _ in range(3)]
            told = [each.result() for each in [*told, committing]]
        back = timed(lambda: eventually(lambda: timed(works)[0] is True, 30))
        again = register("Asha")

    record_property("told after", [round(seconds, 1) for _, seconds in told])
    record_property("usable after", round(back[1], 2))
    assert [str(refusal).split(".")[0] for refusal, _ in told] == ["The database cannot be reached"] * 4
    assert all(seconds < WAIT for _, seconds in told)
    assert back[1] < BACK
    with db.reading() as session:
        assert session.execute(text("SELECT count(*), max(number) FROM tokens")).one() == (1, again.number)


@pytest.fixture
def hurried(monkeypatch):
    """The same in a fraction of the time."""
    monkeypatch.setattr(db_watch, "SILENCE", 0.3)
    monkeypatch.setattr(db_watch, "BELIEVED", 0.2)


@pytest.mark.usefixtures("hurried")
def test_a_long_report_of_a_living_server_is_waited_for(engine):
    with db.reading() as session:
        assert session.scalar(text("SELECT 'done' FROM pg_sleep(1.5)")) == "done"


@pytest.mark.usefixtures("hurried")
def test_who_waits_for_a_colleague_is_not_cut_off(engine):
    with ThreadPoolExecutor() as pool, engine.connect() as colleague:
        colleague.execute(text("SELECT pg_advisory_lock(7)"))
        waiting = pool.submit(locked)
        time.sleep(1)
        assert not waiting.done()
        colleague.execute(text("SELECT pg_advisory_unlock(7)"))
        assert waiting.result(5) == "mine"


def locked():
    with db.reading() as session:
        return session.scalar(text("SELECT 'mine' FROM pg_advisory_xact_lock(7)"))


@pytest.fixture
def wire(committed, engine):
    """A line to the database by which everybody works, and which can lose answers."""
    folder = Path(tempfile.mkdtemp(prefix="qure-"))
    line = Wire(folder / ".s.PGSQL.5432", str(Path(engine.url.query["host"]) / ".s.PGSQL.5432"))
    by_wire = db.engine_at(engine.url.update_query_dict({"host": str(folder)}))
    db.session_factory().configure(bind=by_wire)
    yield line
    db.session_factory().configure(bind=engine)
    by_wire.dispose()
    line.close()
    shutil.rmtree(folder)


@pytest.mark.usefixtures("hurried")
def test_a_line_whose_other_end_is_gone_is_dropped(wire):
    wire.lose_answer_to = b"a lost answer"
    refusal, seconds = timed(lambda: asked("a lost answer"))

    assert isinstance(refusal, StoreUnavailable)
    assert seconds < 2
    assert asked("another") == "another"


def asked(word):
    with db.reading() as session:
        return session.scalar(text(f"SELECT '{word}'"))


def test_without_the_watch_one_waits_for_a_lost_answer_for_ever(wire, monkeypatch):
    monkeypatch.setattr(db_watch.Watched, "_look", lambda self, silent_for: None)
    wire.lose_answer_to = b"a lost answer"
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(timed, lambda: asked("a lost answer"))
        wire.lost.wait(5)
        time.sleep(db_watch.SILENCE + 1)
        assert not waiting.done()
        wire.hang_up_all()
        assert isinstance(waiting.result(5)[0], StoreUnavailable)


@pytest.mark.parametrize("hang_up", [True, False], ids=["broken", "silent"])
@pytest.mark.usefixtures("hurried")
def test_who_does_not_hear_whether_it_was_saved_sends_it_again_and_it_is_there_once(wire, hang_up):
    wire.lose_answer_to, wire.hang_up = b"COMMIT", hang_up
    refusal, _ = timed(lambda: register("Asha"))
    assert isinstance(refusal, StoreUnavailable)
    assert wire.lost.is_set()

    again = register("Asha")

    with db.reading() as session:
        assert session.execute(text("SELECT count(*), max(number) FROM tokens")).one() == (1, again.number)
        assert session.scalar(text("SELECT count(*) FROM patients")) == 1


@pytest.mark.usefixtures("hurried")
def test_without_the_key_what_was_saved_unheard_is_done_twice(wire, monkeypatch):
    monkeypatch.setattr(f"{__name__}.once", lambda key, verb: verb)
    wire.lose_answer_to, wire.hang_up = b"COMMIT", True
    timed(lambda: register("Asha"))

    register("Asha")

    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM patients")) == 2


@pytest.mark.usefixtures("committed")
def test_the_queue_goes_on_while_redis_is_paused_and_is_whole_soon_after(own_stores, record_property):
    register("Asha")
    with own_stores.paused("valkey"):
        began = time.monotonic()
        for name in ("Vikram", "Meena", "Omar"):
            register(name)
        assert not token_queue.is_up()
        took = time.monotonic() - began
    back = timed(lambda: eventually(whole, 30))[1]

    record_property("three registrations took", round(took, 2))
    record_property("queue whole after", round(back, 2))
    assert took < WAIT
    assert back < WAIT


def whole():
    """As the app's own reconciler does it."""
    try:
        with db.reading() as session:
            token_queue.reconcile(session)
            return token_queue.astray(session) == 0
    except line.RedisError:
        return False


def test_paused_reports_are_a_sentence_in_time(own_stores, record_property):
    def reports():
        return len(list(store.find("daily_summaries")))

    reports()
    with own_stores.paused("mongo"):
        told, seconds = timed(reports)
    back = timed(lambda: eventually(lambda: timed(reports)[0] == 0, 30))[1]

    record_property("told after", round(seconds, 1))
    record_property("usable after", round(back, 2))
    assert str(told).startswith("MongoDB, which keeps reports and history, cannot be reached.")
    assert seconds < WAIT
    assert back < BACK


def test_a_line_of_news_whose_other_end_is_gone_is_given_up(engine, monkeypatch):
    folder = Path(tempfile.mkdtemp(prefix="qure-"))
    server = stores.addresses()
    silent = Wire(folder / "redis.sock", server.redis_url.removeprefix("unix://"))
    silent.lose_answer_to = b"PING"
    monkeypatch.setattr(stores, "addresses", lambda: replace(server, redis_url=f"unix://{folder}/redis.sock"))
    monkeypatch.setattr(news, "_SILENCE_SECONDS", 0.2)
    monkeypatch.setattr(news, "_TURN_SECONDS", 0.1)
    heard = []

    with ThreadPoolExecutor() as pool:
        listening = pool.submit(token_queue.listen, heard.append, stopping := Event())
        try:
            assert isinstance(listening.exception(timeout=5), line.RedisError)
        finally:
            stopping.set()
    assert heard == ["queue"]
    silent.close()
    shutil.rmtree(folder)
