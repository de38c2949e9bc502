"""`python -m tests.faults --kills 200 --seconds 2400`: a storm over a clinic of its own, in a folder thrown away.

It prints its seed; the same seed strikes in the same order. Ctrl+C ends the striking, then everything is counted.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN = ("DATABASE_URL", "REDIS_URL", "MONGO_URL", "SECRET_KEY")


def main() -> int:
    folder = tempfile.mkdtemp(prefix="qure-storm-")
    given = {**os.environ, **dict.fromkeys(OWN, ""), "QURE_DATA_DIR": folder, "PYTHONPATH": str(ROOT)}
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the storm hears it, and counts
    try:
        command = [sys.executable, "-m", "tests.faults.storm", *sys.argv[1:]]
        return subprocess.run(command, cwd=ROOT, env=given, check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
