"""The notebooks run against a clinic of their own: simulated, carried over to MongoDB, and thrown away at the end.

It is made when the first notebook of a test session runs; the terminal says how long that took. Kernels find it by
QURE_DATA_DIR, which is set while a notebook runs and as it was before afterwards. A warning in a notebook is an error.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

SIMULATE = ("simulate", "--days", "100", "--patients-per-day", "10", "--seed", "1")
PATIENCE = 300  # seconds for each of the two steps
WARNINGS_ARE_ERRORS = 'import warnings\n\nwarnings.simplefilter("error")\n'


class SimulatedClinic:
    """A data folder with a clinic in it. `seconds` is how long it took to make."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="qure-notebooks-"))
        self.environment = {
            "QURE_DATA_DIR": str(self.folder / "data"),
            "IPYTHONDIR": str(self.folder / "ipython"),  # what somebody's own kernels do at their start stays theirs
        }
        self.seconds = 0.0
        self.problem = ""

    def make(self) -> None:
        began = time.monotonic()
        startup = self.folder / "ipython" / "profile_default" / "startup"
        startup.mkdir(parents=True)
        (startup / "warnings.py").write_text(WARNINGS_ARE_ERRORS)
        self.problem = self._run("-c", "from core.cli import main; main()", *SIMULATE) or self._run("-m", "etl", "run")
        self.seconds = time.monotonic() - began

    def remove(self) -> None:
        """With the keeper and its servers, should they still run."""
        with suppress(OSError, ValueError, psutil.Error):
            keeper = psutil.Process(int((self.folder / "data" / "keeper.lock").read_text()))
            if str(self.folder) in " ".join(keeper.cmdline()):
                keeper.send_signal(signal.SIGTERM)
                keeper.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, *words: str) -> str:
        """Not in the checkout, where a .env may name somebody's real stores. Returns what went wrong."""
        where = {"cwd": self.folder, "env": os.environ | self.environment}
        try:
            done = subprocess.run(
                [sys.executable, *words], **where, capture_output=True, text=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            return f"{words} took longer than {PATIENCE} s"
        return done.stderr[-3000:] or f"{words} failed" if done.returncode else ""


_clinic: SimulatedClinic | None = None


def pytest_runtest_setup(item: pytest.Item) -> None:
    global _clinic
    if _clinic is None:
        _clinic = SimulatedClinic()
        _clinic.make()
    if _clinic.problem:
        pytest.fail(f"The simulated clinic could not be made: {_clinic.problem}", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    assert _clinic is not None  # made in the setup of whatever runs first
    with _environment(_clinic.environment):
        return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _clinic is not None:
        terminalreporter.write_line(f"The notebooks' simulated clinic was made in {_clinic.seconds:.0f} s.")


def pytest_sessionfinish() -> None:
    if _clinic is not None:
        _clinic.remove()


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
