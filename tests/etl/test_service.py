"""The relay that runs by itself, and what it does while MongoDB is away."""

import logging
import os
import signal
import traceback
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from core import analytics, clock, stores
from core.analytics import store
from core.errors import ClinicError, StoreUnavailable
from core.models import AuditEvent
from etl import __main__ as command
from etl import audit_logs, feed, rebuild, relay, service, verify
from etl.service import Service
from tests.factories import a_patient
from tests.forks import Program
from tests.stores.conftest import eventually

NOTHING_ELSE = (
    "0 stock movements, 0 visits, 0 invoices, 0 advances, 0 closed drawers, 0 orders, 0 days, 0 months, 0 medicines"
)
NO_OTHERS = ", ".join(f"0 {collection.COLLECTION}" for collection in rebuild.COLLECTIONS[1:])


@pytest.fixture
def away(monkeypatch):
    """MongoDB is where nobody listens, until `away.undo()`."""
    given = stores.addresses()
    nobody = stores.Addresses(
        given.database_url, given.redis_url, "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=100"
    )
    with monkeypatch.context() as gone:
        gone.setattr(stores, "addresses", lambda: nobody)
        yield gone


def test_events_wait_while_mongodb_is_away_and_arrive_later(session, mongo, away):
    a_patient(session, "Asha Rao")
    session.flush()
    with pytest.raises(StoreUnavailable, match="MongoDB, which keeps reports and history, cannot be reached"):
        relay.run()
    waiting = session.scalar(select(func.count()).where(AuditEvent.relayed_at.is_(None)))
    assert waiting == 2

    away.undo()

    assert relay.run().events == waiting
    assert verify.run() == []


def test_the_service_tells_once_that_mongodb_is_away_and_once_that_it_is_back(session, mongo, away, caplog):
    feeding = Service()
    with caplog.at_level(logging.INFO, logger="etl.service"):
        feeding.turn()
        feeding.turn()
        assert feeding.problem is not None
        assert feeding.last_success is None

        away.undo()
        feeding.turn()
        feeding.turn()

    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert (feeding.problem, feeding.last_success) == (None, clock.now())


def test_a_service_that_starts_before_the_database_waits_for_it(caplog):
    answers = iter([StoreUnavailable("Away."), StoreUnavailable("Away."), None])

    def upgraded():
        if away := next(answers):
            raise away

    with caplog.at_level(logging.INFO, logger="etl.service"):
        Service(every=0.01).begin(upgraded)

    assert next(answers, "asked until it was there") == "asked until it was there"
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_service_does_not_wait_where_waiting_does_not_help():
    def upgraded():
        raise ClinicError("The database belongs to a newer Qure.")

    with pytest.raises(ClinicError, match="newer"):
        Service().begin(upgraded)


def test_the_command_goes_on_while_there_is_no_database_and_ends_when_it_is_asked_to(tmp_path):
    nobody = {**os.environ, "DATABASE_URL": "postgresql://clinic@127.0.0.1:1/clinic"}
    with open(tmp_path / "said", "w+") as said:
        feeding = Program("etl", "run", "--every", "0.1s", environment=nobody, err=said)
        assert eventually(lambda: "cannot be reached" in Path(said.name).read_text(), 60)
        assert feeding.poll() is None
        feeding.send_signal(signal.SIGTERM)

        assert feeding.wait(60) == 0


def test_the_service_outlives_a_fault(session, mongo, monkeypatch, caplog):
    def broken():
        raise ZeroDivisionError("of our own")

    monkeypatch.setattr(relay, "drain", broken)
    feeding = Service()

    feeding.turn()

    assert "ZeroDivisionError" in feeding.problem
    assert "Traceback" in caplog.text


def test_a_refused_document_is_not_quoted_in_the_log(mongo):
    mongo["visit_history"].create_index("visit_id", unique=True)
    twice = [{"_id": number, "visit_id": 1, "patient": {"name": "Asha Rao"}} for number in (1, 2)]

    for write in (store.put, store.add):
        with pytest.raises(store.DocumentsRefused) as refusal:
            write("visit_history", twice)
        assert "Asha" not in "".join(traceback.format_exception(refusal.value))


def test_the_service_runs_in_a_thread_until_it_is_stopped(monkeypatch):
    ran = Event()
    monkeypatch.setattr(service, "catch_up", lambda: ran.set())
    feeding = Service(every=0.01)

    feeding.start()
    feeding.start()
    assert ran.wait(5)
    feeding.stop()

    assert not feeding._thread.is_alive()


def test_a_mongodb_that_was_lost_is_made_again(session, mongo, carry):
    a_patient(session, "Asha Rao")
    carry()
    mongo.client.drop_database("qure")
    a_patient(session, "Vikram Sen")
    session.flush()

    assert service.catch_up().events == 3

    assert mongo.audit_logs.count_documents({}) == 3
    assert verify.run() == []


def test_what_an_earlier_version_has_fed_is_made_again(session, mongo, treat):
    treat()
    session.flush()
    service.catch_up()
    mongo.feed.update_one({}, {"$unset": {"shape": 1}})
    mongo.invoices.delete_many({})

    service.catch_up()

    assert mongo.invoices.count_documents({}) == 1
    assert verify.run() == []


def test_a_rebuild_that_was_interrupted_is_begun_again(session, mongo, carry, monkeypatch):
    a_patient(session, "Asha Rao")
    carry()
    with monkeypatch.context() as interrupted:
        interrupted.setattr(rebuild, "_filled", interrupt)
        with pytest.raises(KeyboardInterrupt):
            rebuild.run()
    assert not feed.is_whole()
    assert not analytics.freshness().whole
    assert relay.run().events == 0
    assert not feed.is_whole()

    service.catch_up()

    assert feed.is_whole()
    assert mongo.audit_logs.count_documents({}) == 2


def test_a_clinic_far_behind_is_made_again_and_not_carried_event_by_event(session, mongo, carry, monkeypatch):
    a_patient(session, "Asha Rao")
    carry()
    monkeypatch.setattr(service, "MANY", 2)
    monkeypatch.setattr(audit_logs, "relay", interrupt_if_any)
    for number in range(3):
        a_patient(session, f"Patient {number}")
    session.flush()

    assert service.catch_up().events == 5
    assert verify.run() == []


def test_how_fresh_reports_are_is_known_after_each_pass(session, mongo, carry, frozen_clock):
    assert analytics.freshness().fed_at is None

    carry()

    assert analytics.freshness().fed_at == clock.now()
    assert analytics.clinic() == analytics.ClinicInfo("Lotus Clinic", "INR", "IN", "Asia/Kolkata")


def test_verify_names_what_is_missing_too_many_or_changed(session, mongo, carry, treat):
    visit_id, _ = treat()
    carry()
    mongo.visit_history.update_one({"_id": visit_id}, {"$set": {"diagnosis": "Nothing"}})
    mongo.daily_summaries.delete_one({"_id": "2025-03-01"})
    mongo.stock_movements.insert_one({"_id": 999})

    problems = [found.problem for found in verify.run()]

    assert problems == [
        "stock_movements 999 is in MongoDB alone.",
        f"visit_history {visit_id} is not equal: diagnosis.",
        "daily_summaries 2025-03-01 is missing.",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], f"Carried over: 2 audit events, {NOTHING_ELSE}.\n"),
        (["rebuild"], f"Made again: 2 audit_logs, {NO_OTHERS}.\n"),
        (["verify"], "MongoDB is equal to PostgreSQL and the audit chain is unbroken.\n"),
    ],
)
def test_the_command_says_what_it_did(session, mongo, monkeypatch, arguments, said):
    monkeypatch.setattr(command.backup, "upgrade", lambda: None)
    a_patient(session, "Asha Rao")
    session.flush()

    ran = CliRunner().invoke(command.app, arguments)

    assert (ran.exit_code, ran.stdout) == (0, said)


def test_the_command_refuses_with_a_sentence(session, mongo, monkeypatch, away):
    monkeypatch.setattr(command.backup, "upgrade", lambda: None)

    ran = CliRunner().invoke(command.app, ["run"])

    assert ran.exit_code == 1
    assert ran.stderr.startswith("MongoDB, which keeps reports and history, cannot be reached.")


def test_a_break_ends_verify_with_1(session, mongo, monkeypatch):
    monkeypatch.setattr(command.backup, "upgrade", lambda: None)
    mongo.visit_history.insert_one({"_id": 7})

    ran = CliRunner().invoke(command.app, ["verify"])

    assert ran.exit_code == 1
    assert ran.stdout.startswith("visit_history 7 is in MongoDB alone. `python -m etl rebuild`")


@pytest.mark.parametrize("pause", ["soon", "0s", "-1s", "5 days"])
def test_a_pause_that_is_none_is_refused(pause):
    ran = CliRunner().invoke(command.app, ["run", "--every", pause])

    assert ran.exit_code == 2


@pytest.mark.parametrize(("written", "seconds"), [("5s", 5), ("1m", 60), ("0.5s", 0.5), ("30", 30), ("1h", 3600)])
def test_a_pause_is_read(written, seconds):
    assert command._pause(written) == seconds


def interrupt(*_):
    raise KeyboardInterrupt


def interrupt_if_any(session, events):
    if events:
        raise KeyboardInterrupt
    return 0
