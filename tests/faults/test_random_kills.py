"""A clinic at work is struck at random moments; nothing that was answered is missing, and nothing happened twice.

By hand, for an hour: `python -m tests.faults --kills 200 --seconds 2400 --apps 2 --people 12`.
"""

import os
import subprocess
import sys

from tests.running import ROOT

KILLS, SECONDS = os.environ.get("QURE_KILLS", "20"), os.environ.get("QURE_KILL_SECONDS", "12")


def test_nothing_answered_is_lost_or_doubled_by_random_kills(record_property):
    command = [sys.executable, "-m", "tests.faults", "--kills", KILLS, "--seconds", SECONDS, "--people", "4"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    record_property("storm", run.stdout)

    assert run.returncode == 0, run.stdout + run.stderr[-3000:]
    assert f"kills: {KILLS}," in run.stdout
