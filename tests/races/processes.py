"""Several processes of the app at once, each with its people."""

import json
import tempfile
from datetime import UTC, datetime
from multiprocessing.connection import wait

from core import clock
from tests.forks import Program


def two(module, **task):
    """Apps A and B, by the same clock."""
    shift = (clock.now() - datetime.now(UTC)).total_seconds()
    return [App(module, name=name, shift=shift, **task) for name in "AB"]


class App:
    """A process of the app with its people: `module` of this folder, which waits for "go" and tells what they did."""

    def __init__(self, module, *, seconds, **task):
        self.seconds = seconds
        wanted = json.dumps({"seconds": seconds, **task})
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.process = Program(f"tests.races.{module}", wanted, err=self.log)

    def is_ready(self):
        return self.process.stdout.readline() == "ready\n"

    def work(self):
        self.process.stdin.write("go\n")
        self.process.stdin.close()
        with self.log as written:
            told = self.process.stdout.read() if wait([self.process.stdout], self.seconds + 120) else ""
            ended, log = self.process.wait(10), written.seek(0) or written.read()
        assert ended == 0, log
        assert "waited for each other" not in log, log  # they would get a sentence, but locks have an order
        return json.loads(told)
