"""`qure status`: what runs where, and whether all is well."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core import db, migrations, stores
from core.cli import app
from core.errors import StoreUnavailable
from core.stores import StoreStatus


@pytest.fixture
def reachable(monkeypatch):
    """Three stores that answer."""
    seen = [StoreStatus(name, "embedded", "here", "1.0", True, "") for name in ("PostgreSQL", "Redis", "MongoDB")]
    monkeypatch.setattr(stores, "status", lambda: seen)


def qure(*words):
    return CliRunner().invoke(app, words, catch_exceptions=False)


def test_status_tells_how_far_the_relay_is_behind(session, reachable, frozen_clock):
    session.flush()
    frozen_clock(minute=5)
    told = qure("status", "--json")

    status = json.loads(told.stdout)
    assert (told.exit_code, status["ok"], status["problems"], status["clinic"]) == (0, True, [], "Lotus Clinic")
    assert status["schema"] == status["newest_schema"] == migrations.newest_version()
    assert status["audit_events"] == {"waiting": 1, "oldest_seconds": 300}
    assert status["stock_movements"] == {"waiting": 0, "oldest_seconds": None}


def test_status_is_readable_too(session, reachable):
    session.flush()
    told = qure("status").stdout

    assert "PostgreSQL  1.0     embedded  here" in told
    assert "1 audit event is waiting, the oldest for 0 s" in told
    assert "no stock movement is waiting" in told
    assert told.endswith("All is well.\n")


def test_status_before_the_set_up_is_no_problem(bare_session, reachable):
    told = qure("status")

    assert told.exit_code == 0
    assert "not set up yet" in told.stdout


def test_a_store_that_cannot_be_reached_is_a_problem(session, monkeypatch):
    lost = StoreStatus("Redis", "address", "redis://board", None, False, "Redis cannot be reached: refused.")
    monkeypatch.setattr(stores, "status", lambda: [lost])
    told = qure("status")

    assert told.exit_code == 1
    assert told.stdout.endswith("Redis cannot be reached: refused.\n")


def test_without_a_database_the_rest_is_not_known(session, monkeypatch):
    def unreachable():
        raise StoreUnavailable("The database cannot be reached.")

    monkeypatch.setattr(stores, "status", list)
    monkeypatch.setattr(db, "reading", unreachable)
    told = qure("status", "--json")

    status = json.loads(told.stdout)
    assert (told.exit_code, status["problems"]) == (1, ["The database cannot be reached."])
    assert (status["schema"], status["set_up"], status["audit_events"]) == (None, None, None)


def test_an_older_schema_is_a_problem(session, reachable, monkeypatch):
    monkeypatch.setattr(migrations, "newest_version", lambda: "9999")
    told = qure("status")

    assert told.exit_code == 1
    assert "this Qure needs 9999. Starting Qure brings an older one up to date." in told.stdout


def test_the_installed_command_answers_from_a_process_of_its_own(engine):
    """Real stores, shared with this test run."""
    environment = {**os.environ, "QURE_BACKGROUND_JOBS": "false"}
    told = subprocess.run(
        [sys.executable, "-c", "from core.cli import main; main()", "status", "--json"],
        cwd=Path(__file__).parents[1],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    status = json.loads(told.stdout)
    assert (told.returncode, told.stderr, status["ok"]) == (0, "", True)
    assert status["schema"] == migrations.newest_version()
