"""The servers that are measured: Qure on a data folder, and beside it the least that Streamlit can serve."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from tests.running import ROOT, App

BARE = {
    "streamlit_app.py": 'import streamlit as st\n\napp = st.App("page.py")\n',
    # What does not change shows nothing to the stopwatch.
    "page.py": 'import time\n\nimport streamlit as st\n\nst.button("Again")\nst.text(time.time_ns())\n',
}


class Clinic(App):
    """Qure on the data folder of a simulated clinic, which is made if there is none."""

    def __init__(self, folder: Path, logs: Path, *, show_queries: bool = False) -> None:
        super().__init__(folder)
        self.log_path = logs / f"{folder.name}.log"
        self.environment |= {"QURE_SHOW_QUERIES": str(show_queries).lower()}

    def prepare(self, days: int, patients_per_day: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if (self.folder / "postgres").exists():
            return
        asked = ["--days", str(days), "--patients-per-day", str(patients_per_day), "--seed", "1"]
        self._run("-c", "from core.cli import main; main()", "simulate", *asked)
        self._run("-m", "etl", "rebuild")

    def tokens(self) -> dict[str, str]:
        """By role. Also sees to it that today something happens."""
        return json.loads(self._run("-m", "tests.bench.screens.backstage"))

    def _run(self, *command: str) -> str:
        asked, pipe = [sys.executable, *command], subprocess.PIPE
        return subprocess.run(asked, cwd=ROOT, env=self.environment, check=True, stdout=pipe, text=True).stdout


class Bare(App):
    """A page of one button in the same kind of server with the same settings."""

    def __init__(self, logs: Path) -> None:
        folder = Path(tempfile.mkdtemp(prefix="bare-", dir=logs))
        super().__init__(folder, root=folder)
        shutil.copytree(ROOT / ".streamlit", self.folder / ".streamlit")
        for name, text in BARE.items():
            (self.folder / name).write_text(text)


@contextmanager
def running(*apps: App):
    try:
        for app in apps:
            app.start()
        yield
    finally:
        for app in apps:
            app.end()


def noise() -> str:
    """How busy the machine is otherwise: what a figure was taken beside."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
