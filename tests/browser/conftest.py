"""A real app in a process of its own, and a real Chromium to look at it.

The app has a data folder of its own, so it starts as on a machine where Qure has never run.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Without these Chromium asks its maker's servers for things nobody needs here.
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


class App:
    """A running Qure: its address, its data folder, and the way to stop it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, "QURE_DATA_DIR": str(folder)}

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
        options = ["--server.port", str(self.port), "--server.headless", "true", "--server.address", "127.0.0.1"]
        self.log = open(self.folder / "app.log", "ab")
        self.process = subprocess.Popen(
            command + options, cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log, start_new_session=True
        )
        self._wait_until_healthy()

    def _wait_until_healthy(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2).read() == b"ok":
                    return
            except OSError:
                time.sleep(0.1)
        pytest.fail(f"The app did not start:\n{(self.folder / 'app.log').read_text()[-3000:]}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        os.killpg(self.process.pid, how)
        self.process.wait(20)
        self.log.close()


@pytest.fixture(scope="module")
def app():
    folder = Path(tempfile.mkdtemp(prefix="qure-app-"))
    running = App(folder)
    running.start()
    yield running
    running.stop()
    errors = [line for line in (folder / "app.log").read_text().splitlines() if "Traceback" in line or "Error:" in line]
    shutil.rmtree(folder, ignore_errors=True)
    assert errors == []


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        reason = "needs a browser: install Chromium (apt-get install chromium)"
        if os.environ.get("QURE_BROWSER_TESTS") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()
