"""Processes of their own for what the tests do beside themselves, forked off one that has loaded all of Qure and used
nothing of it: loading it takes seconds.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import spawn
from multiprocessing.connection import Connection
from pathlib import Path

from tests import quick_passwords

ROOT = Path(__file__).parents[1]
FORKS = multiprocessing.get_context("forkserver")
_LOADED = [
    *("tests.stores.person", "tests.browser.backstage", "tests.browser.lived_in", "tests.faults.clerks"),
    *("tests.races.app", "tests.races.till", "tests.races.busy", "tests.etl.killed_relay"),
    *("core.cli", "core.status", "etl.service", "etl.simulate"),
]
OF_AN_APP = ("streamlit.web.cli", "streamlit.web.bootstrap", "pages.ui.server", "plotly.graph_objects")
FORKS.set_forkserver_preload(_LOADED)
_preparation = spawn.get_preparation_data


def _without_main(name: str) -> dict:
    """A fork would begin by running what is the main program here: where AppTest has been, the last page it drew."""
    return {key: value for key, value in _preparation(name).items() if not key.startswith("init_main")}


spawn.get_preparation_data = _without_main


def preload(*modules: str) -> None:
    """What some need besides is loaded, too, if nothing was forked off yet: more seconds, not for everybody."""
    FORKS.set_forkserver_preload([*_LOADED, *modules])


def apart(environment: Mapping[str, str], work: Callable, *arguments):
    """What `work` answers or raises there: a function of a module, with arguments and an answer that can be sent."""
    with ProcessPoolExecutor(1, FORKS, be_in, (environment,)) as process:
        return process.submit(work, *arguments).result()


def be_in(environment: Mapping[str, str]) -> None:
    """Settings are read from it afterwards, and no time goes by with passwords."""
    os.environ.clear()
    os.environ.update(environment)
    quick_passwords.keep()


class Program(FORKS.Process):
    """`python -m` with these words in a session of its own, with as much of a `subprocess.Popen` as is needed.

    Without an `out` there is a pipe of what it says. What it leaves to `atexit` is not done.
    """

    def __init__(self, *words: str, environment: Mapping[str, str] | None = None, folder=ROOT, out=None, err=None):
        (typed, stdin), (stdout, said) = FORKS.Pipe(duplex=False), FORKS.Pipe(duplex=False)
        streams = [one and _lent(one) for one in (typed, out or said, err)]
        told = (words, environment or dict(os.environ), str(folder), streams)
        super().__init__(target=_be_main, args=told, daemon=True)
        self.start()
        while not self._leads_its_session():
            time.sleep(0.01)
        self.stderr = None
        self.stdin, self.stdout = os.fdopen(os.dup(stdin.fileno()), "w"), os.fdopen(os.dup(stdout.fileno()))

    def _leads_its_session(self) -> bool:
        """Or has ended: until then, whoever ends its group ends that of the tests."""
        try:
            return os.getpgid(self.pid) == self.pid
        except ProcessLookupError:
            return True

    def poll(self) -> int | None:
        return self.exitcode

    def wait(self, seconds: float | None = None) -> int:
        self.join(seconds)
        if self.exitcode is None:
            raise subprocess.TimeoutExpired(self.name, seconds)
        self.stdin.close()
        self.stdout.close()
        return self.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def run(*words: str, typed: str = "", seconds: float = 60, **where) -> subprocess.CompletedProcess:
    """A program from its beginning to its end."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        program = Program(*words, out=out, err=err, **where)
        program.stdin.write(typed)
        program.stdin.close()
        code = program.wait(seconds)
        told = [file.seek(0) or file.read() for file in (out, err)]
    return subprocess.CompletedProcess(words, code, *told)


def _lent(stream) -> Connection:
    """What can be sent to another process."""
    return Connection(os.dup(stream.fileno()))


def _be_main(words, environment, folder, streams) -> None:
    os.setsid()
    multiprocessing.set_start_method(None, force=True)  # nor has it chosen how it would fork itself
    be_in(environment)
    os.chdir(folder)
    for number, stream in enumerate(streams):
        if stream:
            os.dup2(stream.fileno(), number)
            stream.close()
    sys.stdin, sys.argv = os.fdopen(0, closefd=False), list(words)
    if not hasattr(sys.modules.get(words[0]), "__path__"):
        sys.modules.pop(words[0], None)  # or runpy warns of it
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)
