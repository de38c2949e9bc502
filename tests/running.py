"""A real Qure in a process of its own, on a data folder of its own: as on a machine where it has never run."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.forks import ROOT, Program


def processes(*about):
    """All of the machine, as they are now: of one that has ended psutil would lend its object to who has its number.
    What is asked `about` them stands in their `info`."""
    psutil.process_iter.cache_clear()
    return psutil.process_iter(list(about) or None)


class App:
    """`streamlit run streamlit_app.py` at `url`; its output goes to app.log in `folder`.

    Where the matter is not how it starts it is `forked` off what has loaded Qure.
    """

    def __init__(self, folder: Path, name: str = "app", root: Path = ROOT, *, forked: bool = False) -> None:
        self.folder, self.log_path, self.root, self.forked = folder, folder / f"{name}.log", root, forked
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, "QURE_DATA_DIR": str(folder)}
        self.process: Program | subprocess.Popen | None = None

    def start(self) -> None:
        self.launch()
        self.wait_until_healthy()

    def launch(self) -> None:
        options = ["--server.port", str(self.port), "--server.headless", "true", "--server.address", "127.0.0.1"]
        words, environment = ["streamlit", "run", "streamlit_app.py", *options], self.environment
        with open(self.log_path, "ab") as log:
            if self.forked:
                self.process = Program(*words, environment=environment, folder=self.root, out=log, err=log)
                return
            command = [sys.executable, "-m", *words]
            self.process = subprocess.Popen(
                command, cwd=self.root, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def wait_until_healthy(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2).read() == b"ok":
                    return
            except OSError:
                time.sleep(0.1)
        pytest.fail(f"The app did not start:\n{self.log_path.read_text()[-3000:]}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        os.killpg(self.process.pid, how)
        self.process.wait(20)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it if it still runs."""
        if self.process and self.process.poll() is None:
            self.stop(how)

    def errors(self) -> list[str]:
        """What went wrong, as the log tells it."""
        return [line for line in self.log_path.read_text().splitlines() if "Traceback" in line or "Error:" in line]
