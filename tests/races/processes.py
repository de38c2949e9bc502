"""Several processes of the app at once, each with its people."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from core import clock

ROOT = Path(__file__).parents[2]


class App:
    """A process of the app with its people: `module` of this folder, which waits for "go" and tells what they did."""

    def __init__(self, module, *, seconds, **task):
        self.seconds = seconds
        shift = (clock.now() - datetime.now(UTC)).total_seconds()
        wanted = json.dumps({"seconds": seconds, "shift": shift, **task})
        command = [sys.executable, "-m", f"tests.races.{module}", wanted]
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        self.process = subprocess.Popen(command, cwd=ROOT, text=True, **pipes)

    def is_ready(self):
        return self.process.stdout.readline() == "ready\n"

    def work(self):
        told, log = self.process.communicate("go\n", timeout=self.seconds + 120)
        assert self.process.returncode == 0, log
        assert "waited for each other" not in log, log  # they would get a sentence, but locks have an order
        return json.loads(told)
