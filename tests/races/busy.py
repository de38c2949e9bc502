"""A process of the app that will be killed: eight people give tokens to new patients, and the relay feeds MongoDB.

Each goes on from the first form: what was sent before is sent again, as by a browser whose answer was lost. Run with
{"shift"}; says the key of each form that was answered.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Thread
from time import sleep

from core import clock, db, token_queue
from core.idempotency import once
from core.patients import PatientDetails, Sex
from etl import relay
from tests import factories

PEOPLE = 8


def send(person: int, number: int) -> token_queue.TokenCard:
    """The form with this key; the same one whoever sends it."""
    with db.transaction() as session:
        actor, details = factories.an_admin(session), PatientDetails(f"Person {person} {number}", Sex.UNKNOWN)
        return once(f"{person} {number}", token_queue.register_and_walk_in)(session, actor, details)


def work(person: int) -> None:
    for number in count(1):
        send(person, number)
        sys.stdout.write(f"{person} {number}\n")
        sys.stdout.flush()


def feed() -> None:
    while True:
        relay.run(limit=20)
        sleep(0.02)


if __name__ == "__main__":
    shift = timedelta(seconds=json.loads(sys.argv[1])["shift"])
    clock.now = lambda: datetime.now(UTC) + shift
    threads = [Thread(target=work, args=[person]) for person in range(PEOPLE)] + [Thread(target=feed)]
    for thread in threads:
        thread.start()
