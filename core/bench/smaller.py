"""A clinic of a tenth of the size, in a process and in stores of its own, for what must not cost more with the years.

Both take turns in one run, so that whatever else the machine does meets them alike.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from core.bench.clinic import Clinic, opened
from core.bench.measuring import Job
from core.bench.size import Size
from core.config import settings
from core.stores import scratch


class Smaller:
    """It is made when it is first asked for a job, and stays in the folder of the measured clinic until `close`."""

    def __init__(self, size: Size) -> None:
        self._size = replace(size, patients=max(size.patients // 10, 1), visits=max(size.visits // 10, 1))
        self._folder: Path = settings().data_dir / "tenth"
        self._process: subprocess.Popen[str] | None = None

    def job(self, name: str) -> Job:
        """One of `answering`, got ready there."""
        self._ask(name)
        return lambda: self._ask("go")

    def close(self) -> None:
        if self._process is not None:
            self._process.communicate()
            scratch.stop(self._folder)
            self._process = None

    def _ask(self, word: str) -> None:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{word}\n")
        process.stdin.flush()
        if process.stdout.readline().strip() != word:
            raise RuntimeError("The smaller clinic has ended.")

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "core.bench.smaller", json.dumps(asdict(self._size))],
                cwd=Path(__file__).parents[2],
                env=scratch.environment(self._folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._process


def answering(jobs: dict[str, Callable[[Clinic], Job]], clinic: Clinic) -> None:
    """Get the job ready whose name comes in, do it on "go", and say so each time."""
    job: Job = bool
    for line in sys.stdin:
        word = line.strip()
        if word == "go":
            job()
        else:
            job = jobs[word](clinic)
        sys.stdout.write(line)
        sys.stdout.flush()


if __name__ == "__main__":
    from core.bench import analytics
    from etl import rebuild

    with opened(Size(**json.loads(sys.argv[1])), lambda words: sys.stderr.write(f"A tenth: {words}\n")) as small:
        answering({"run": analytics.run_after_one_change, "rebuild": lambda _: rebuild.run}, small)
