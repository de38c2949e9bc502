"""A relay that kills itself at a given point of its pass: `python -m tests.etl.killed_relay MOMENT`.

Each line on stdin is a point, or several of them for as many relays at once; each pass is a process of its own, forked
off before anything is connected. On stdout comes how each ended: 0, or -9.
"""

import os
import signal
import sys
from datetime import datetime
from functools import wraps
from zoneinfo import ZoneInfo

from core import clock, db
from etl import audit_logs, daily_summaries, lock, relay, touched

WHOLE, MARKS_FIRST = "whole", "marks first"
STEPS = {  # the step of a pass that is killed, and whether it has done its work by then
    "after the claim": (touched, "by", False),
    "after the audit log is written": (audit_logs, "_mark", False),
    "after the mark": (audit_logs, "_mark", True),
    "among the summaries": (daily_summaries, "remake", False),
    "before the commit": (relay, "carry", True),
}


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at(point):
    module, name, done = STEPS[point]
    step = getattr(module, name)

    @wraps(step)
    def killed(*arguments):
        if done:
            step(*arguments)
        die()

    setattr(module, name, killed)


def mark_first():
    """What Qure does not do: the mark is committed before MongoDB has the entry."""
    with db.transaction() as session:
        assert lock.take(session)
        for _ in audit_logs.link_waiting(session):
            pass
    die()


def run(point):
    if point == MARKS_FIRST:
        mark_first()
    if point != WHOLE:
        kill_at(point)
    relay.drain()
    os._exit(0)


def main(moment):
    clock._zone = ZoneInfo("Asia/Kolkata")
    clock.now = lambda: moment
    print("ready", flush=True)  # noqa: T201
    for line in sys.stdin:
        relays = []
        for point in line.strip().split(","):
            relays.append(os.fork())
            if not relays[-1]:
                run(point)
        ended = [os.waitstatus_to_exitcode(os.waitpid(one, 0)[1]) for one in relays]
        print(*ended, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(datetime.fromisoformat(sys.argv[1]))
