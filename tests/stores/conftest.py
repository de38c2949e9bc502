"""Data folders of their own, the processes that use them, and a look at what runs there.

Everything here is a real process. Whatever a test leaves behind is killed afterwards.
"""

import json
import os
import shutil
import signal
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from core import db, stores
from tests import prepared
from tests.forks import FORKS
from tests.stores.person import live

PATIENCE = 120  # seconds; nothing takes so long, but the machine may be busy
EVERYTHING = {"keeper", "postgres", "backend", "valkey", "mongo"}


class Person:
    """A user of the stores; see person.py."""

    def __init__(self, folder, **environment):
        settings = {"DATABASE_URL": "", "REDIS_URL": "", "MONGO_URL": "", "QURE_DATA_DIR": str(folder)}
        self._line, line = FORKS.Pipe()
        told = (line, {**os.environ, **settings, **environment})
        self.process = FORKS.Process(target=live, args=told, daemon=True)
        self.process.start()
        line.close()

    def say(self, expression):
        self._line.send(expression)

    def hear(self):
        assert self._line.poll(PATIENCE), "no answer in time"
        return json.loads(self._line.recv())

    def ask(self, expression):
        self.say(expression)
        return self.hear()

    def kill(self):
        self.process.kill()
        self.leave()

    def leave(self):
        self._line.close()
        self.process.join(30)
        assert self.process.exitcode is not None


class Clinic:
    """A data folder and who works in it."""

    def __init__(self, folder):
        self.folder = folder
        self.people = []

    def person(self, *needs, **environment):
        """Who needs not all servers does not start the others: they are somewhere else."""
        for kind in prepared.ELSEWHERE.keys() - set(needs or prepared.ELSEWHERE):
            environment |= prepared.ELSEWHERE[kind]
        self.people.append(Person(self.folder, **environment))
        return self.people[-1]

    def running(self):
        """{"keeper": [process], "backend": [process, ...], ...}, from the processes of the machine."""
        found, home = {}, str(self.folder.resolve())
        for seen in psutil.process_iter():
            with suppress(psutil.Error):  # it has just ended
                if seen.cwd().startswith(home):
                    process = psutil.Process(seen.pid)  # psutil keeps `seen`, for whoever gets its number too
                    if kind := self._kind(process, home):
                        found.setdefault(kind, []).append(process)
        return found

    def _kind(self, process, home):
        try:
            place = process.cwd().removeprefix(home)
            if place == "":
                return "keeper" if "core.stores.keeper" in process.cmdline() else None
            if place == "/postgres/data":
                is_first = "-D" in process.cmdline() and process.parent().name() != "postgres"
                return "postgres" if is_first else "backend"
        except (psutil.Error, AttributeError):  # it has just ended, or its parent has
            return None
        return {"/valkey": "valkey", "/secantus": "mongo", "/mongod": "mongo"}.get(place)

    def server(self, kind):
        """The one process of a kind."""
        (found,) = self.running()[kind]
        return found

    def send_home(self):
        for person in self.people:
            person.kill()
        self.people.clear()

    def close(self):
        self.send_home()
        for keeper in self.running().get("keeper", []):
            keeper.send_signal(signal.SIGTERM)
        eventually(lambda: not self.running(), 15)
        for left in self.running().values():
            for process in left:
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def _is_held(process):
    try:
        return process.status() in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def eventually(condition, seconds):
    """Whether it comes true within this time."""
    deadline = time.monotonic() + seconds
    while not (true := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return bool(true)


class OwnStores(Clinic):
    """The stores of this test run itself, whose process goes on."""

    def __init__(self):
        super().__init__(Path(stores.client._hold.folder))

    def kill(self, *kinds):
        for kind in kinds:
            self.server(kind).kill()

    @contextmanager
    def without(self, *kinds):
        """They are gone: their keeper is held off from starting them again."""
        keeper = self.server("keeper")
        keeper.suspend()
        try:
            self.kill(*kinds)
            yield
        finally:
            keeper.resume()

    @contextmanager
    def paused(self, *kinds):
        """Every process of a server; afterwards it goes on. One that has just ended need not."""
        running = self.running()
        meant = [process for kind in kinds for process in running[kind]]
        for process in meant:
            with suppress(psutil.NoSuchProcess):
                process.suspend()
        try:
            assert eventually(lambda: all(map(_is_held, meant)), 10)  # a busy machine does that a moment later
            yield
        finally:
            for process in meant:
                with suppress(psutil.NoSuchProcess):
                    process.resume()

    def end_one_backend(self):
        """One that is in the middle of something."""
        busy = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND backend_type = 'client backend' AND state <> 'idle' LIMIT 1"
        )
        with db.engine().connect() as connection:
            assert eventually(lambda: connection.scalar(busy), 10)


@pytest.fixture
def own_stores(engine):
    return OwnStores()


@contextmanager
def opened(below=""):
    """A clinic in a folder in which nobody has been yet."""
    above = Path(tempfile.mkdtemp(prefix="qure-"))
    clinic = Clinic(above / below)
    try:
        yield clinic
    finally:
        clinic.close()
        shutil.rmtree(above, ignore_errors=True)


@pytest.fixture
def new_clinic():
    with opened() as clinic:
        yield clinic


@pytest.fixture
def clinic(new_clinic):
    """The same with servers that need not be made: that takes most of the time of a test about something else."""
    prepared.lay_servers(new_clinic.folder)
    return new_clinic


@pytest.fixture(scope="module")
def lasting_clinic():
    """One for all tests of a file after which whoever comes can work in it."""
    with opened() as clinic:
        prepared.lay_servers(clinic.folder)
        yield clinic


@pytest.fixture
def person(lasting_clinic):
    """Somebody there, before anything is noted. Everybody leaves with the test; who comes next finds it running."""
    person = lasting_clinic.person()
    person.ask("forget()")
    yield person
    lasting_clinic.send_home()
