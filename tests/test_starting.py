"""Starting and stopping the whole of Qure: processes, folders, and what is left when the last one is gone."""

import json
import shutil
import signal
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from core import stores
from tests import forks
from tests.running import App, processes


@pytest.fixture
def folder():
    folder = Path(tempfile.mkdtemp(prefix="qure-start-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def an_app(folder):
    """Call for an app on the folder; whatever still runs afterwards is killed."""
    with ExitStack() as afterwards:

        def make(name="app"):
            app = App(folder, name)
            afterwards.callback(app.end, signal.SIGKILL)
            return app

        yield make


def qure(app, *arguments, typed=""):
    return forks.run("core.cli", *arguments, environment=app.environment, typed=typed)


def processes_of(folder):
    """Every process that has to do with a data folder, by its command line or its current directory."""
    found = []
    for process in processes("cmdline", "cwd"):
        told = " ".join([*(process.info["cmdline"] or []), process.info["cwd"] or ""])
        if str(folder) in told and process.status() != psutil.STATUS_ZOMBIE:
            found.append(told)
    return found


def wait_until_gone(folder, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not processes_of(folder):
            return
        time.sleep(0.2)
    pytest.fail(f"still running: {processes_of(folder)}")


def test_two_first_starts_at_once_share_one_clinic_which_outlives_both_and_nothing_else_does(folder, an_app):
    apps = [an_app("one"), an_app("two")]
    for app in apps:
        app.launch()
    for app in apps:
        app.wait_until_healthy()

    status = json.loads(qure(apps[0], "status", "--json").stdout)
    assert [store["reachable"] for store in status["stores"]] == [True, True, True]
    assert status["schema"] == status["newest_schema"]
    assert [app.errors() for app in apps] == [[], []]

    apps[0].stop(signal.SIGKILL)  # the other one goes on
    clinic = ("--name", "Lotus Clinic", "--time-zone", "Asia/Kolkata", "--currency", "INR")
    admin = ("--username", "asha", "--full-name", "Asha Admin", "--password-stdin")
    made = qure(apps[1], "set-up", *clinic, *admin, typed="correct horse battery\n")
    assert made.stdout == "Lotus Clinic is set up. Asha Admin can sign in as asha.\n"
    apps[1].stop(signal.SIGKILL)
    wait_until_gone(folder)

    apps[0].start()
    assert json.loads(qure(apps[0], "status", "--json").stdout)["set_up"] is True
    apps[0].stop()
    wait_until_gone(folder)


def test_a_database_that_is_away_is_told_in_one_sentence(engine, an_app):
    """MongoDB is that of the tests, so that no other one is made."""
    app = an_app()
    app.environment |= {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "MONGO_URL": stores.addresses().mongo_url,
    }
    app.start()
    app.stop()

    assert "Qure: The database cannot be reached." in app.log_path.read_text()
    assert app.errors() == []
