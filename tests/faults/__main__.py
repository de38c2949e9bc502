"""`python -m tests.faults --kills 200 --seconds 2400`: a storm over a clinic of its own, in a folder thrown away.

It prints its seed; the same seed strikes in the same order. Ctrl+C ends the striking, then everything is counted.
"""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from core.stores import scratch

ROOT = Path(__file__).parents[2]


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="qure-storm-"))
    given = scratch.environment(folder) | {"PYTHONPATH": str(ROOT)}
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the storm hears it, and counts
    try:
        command = [sys.executable, "-m", "tests.faults.storm", *sys.argv[1:]]
        return subprocess.run(command, cwd=ROOT, env=given, check=False).returncode
    finally:
        scratch.remove(folder)


if __name__ == "__main__":
    sys.exit(main())
