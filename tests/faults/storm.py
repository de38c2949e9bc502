"""A clinic at work while its processes are killed, paused and emptied; afterwards it is counted.

Run by `python -m tests.faults`, which gives it a data folder of its own. Ends with 1 if anything is wrong.
"""

import argparse
import json
import os
import signal
import sys
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random, randrange
from threading import Event

from core import clinic, clock, db, inventory, migrations, stores, token_queue
from core.analytics import store
from core.inventory import Delivery
from core.permissions import Role
from etl import proof, service
from tests import factories, quick_passwords
from tests.faults import counted, diary
from tests.faults.reaper import Reaper, Strike, plan
from tests.forks import Program
from tests.races import till
from tests.stores.conftest import Clinic, eventually

# Seconds from a restart to the next click that is answered, on a machine that is not busy with other things.
USABLE_WITHIN = 10.0
stopping = Event()


class Storm:
    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.folder = Path(os.environ["QURE_DATA_DIR"])
        self.clinic = Clinic(self.folder)
        self.diaries = [self.folder / f"diary-{n}.jsonl" for n in range(asked.apps)]
        self.apps = [self._app(n) for n in range(asked.apps)]
        self.relay = self._relay()

    def _app(self, n: int) -> Program:
        task = {
            "name": "ABCDEFGH"[n],
            "people": self.asked.people,
            "log": str(self.diaries[n]),
            "seed": self.asked.seed,
        }
        return self._run("tests.faults.clerks", json.dumps(task))

    def _relay(self) -> Program:
        return self._run("etl", "run", "--every", "1s")

    def _run(self, *words: str) -> Program:
        with open(self.folder / "processes.log", "ab") as log:
            return Program(*words, out=log, err=log)

    def restart(self, process: Program) -> None:
        if process is self.relay:
            self.relay = self._relay()
        else:
            n = self.apps.index(process)
            self.apps[n] = self._app(n)

    def log(self) -> str:
        """The end of what the processes wrote."""
        return (self.folder / "processes.log").read_text()[-3000:]

    def has_begun(self) -> bool:
        return all(path.exists() and b'"done"' in path.read_bytes() for path in self.diaries)

    def _are_open(self) -> bool:
        """Nobody has just been started again and hears nothing yet."""
        marks = [diary.OPENED + f', "pid": {app.pid},'.encode() for app in self.apps]
        return all(mark in path.read_bytes() for mark, path in zip(marks, self.diaries, strict=True))

    def blow(self, strikes: list[Strike]) -> None:
        """Strike at random moments, so that all of it takes about as long as was asked."""
        random = Random(f"{self.asked.seed} moments")
        reaper = Reaper(self, self.asked.seed, self.asked.away)
        began = time.time()
        for n, strike in enumerate(strikes):
            due = began + (n + random.random()) * self.asked.seconds / len(strikes)
            if stopping.wait(max(0.0, due - time.time())):
                break
            reaper.strike(strike)
            say(self.asked, f"{strike.action} {strike.component}")
        stopping.wait(max(0.0, began + self.asked.seconds - time.time()))

    def close(self) -> None:
        """Whoever is still at work, after a storm that broke off."""
        for process in [*self.apps, self.relay]:
            process.kill()

    def end(self) -> list[str]:
        """Let everybody finish; what is still unanswered is sent again. Returns what did not end well."""
        wrong = [f"App {n} ended by itself" for n, app in enumerate(self.apps) if app.poll() is not None]
        wrong += ["The relay ended by itself"] if self.relay.poll() is not None else []
        assert eventually(self._are_open, 120), self.log()
        for process in [*self.apps, self.relay]:
            process.send_signal(signal.SIGTERM)
        for n, app in enumerate(self.apps):
            wrong += [f"App {n} ended with {app.wait(180)}"] if app.wait(180) else []
        self.relay.wait(60)
        return wrong


def set_up(people: int) -> counted.Start:
    quick_passwords.keep()
    migrations.upgrade(db.engine())
    with db.transaction() as session:
        factories.set_up(session)
        admin = factories.an_admin(session)
        clinic.change(session, admin, dispense_unpaid=True)
        for n in range(max(2, people // 6)):
            factories.a_user(session, Role.RECEPTION, f"Cashier {n}")
            factories.a_user(session, Role.PHARMACIST, f"Pharmacist {n}")
            factories.a_user(session, Role.RECEPTION, f"Desk {n}")
            factories.a_user(session, Role.DOCTOR, f"Dr {n}")
        for n in range(50):
            factories.a_patient(session, f"Patient {n}")
        medicines = [factories.a_medicine(session, f"Medicine {n}", "2.35", tax_percent=Decimal(12)) for n in range(20)]
    delivered = till.Worker("before", admin, None)
    for n, medicine in enumerate(medicines):
        delivery = Delivery(f"first {n}", 100_000, clock.today() + timedelta(300), Decimal("0.80"))
        delivered.act(f"first {n}", inventory.receive, medicine.medicine_id, delivery)
    with db.transaction() as session:
        return counted.Start(counted.rows(session), delivered.told)


def prove() -> list[str]:
    """`qure verify`, after the relay has carried what waited."""
    with store.unhurried():
        while service.catch_up() is None:
            time.sleep(0.2)
    with db.reading() as session:
        token_queue.reconcile(session)
    return [f"{broken.sentence}: {broken.problems[:3]}" for broken in proof.run().broken]


def main(asked: argparse.Namespace) -> int:
    print(f"Seed {asked.seed}: {asked.kills} kills in {asked.seconds:g} s", flush=True)  # noqa: T201
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    say(asked, "setting up")
    stores.addresses()
    start = set_up(asked.people)
    say(asked, "starting")
    storm, strikes = Storm(asked), plan(asked.seed, asked.kills)
    try:
        assert eventually(storm.has_begun, 60), storm.log()
        storm.blow(strikes)
        busy = os.getloadavg()[0] / (os.cpu_count() or 1)
        say(asked, "the last clicks")
        wrong = storm.end()
    finally:
        storm.close()
    say(asked, "the proof")
    wrong += prove()
    say(asked, "the counts")
    told = [diary.read(path) for path in storm.diaries]
    struck = [strike for strike in strikes if strike.mended_at]
    summary, more = counted.look(start, told, struck, USABLE_WITHIN * max(1.0, busy))
    print(f"{busy:.1f} processes wanted each processor", flush=True)  # noqa: T201
    print(summary, flush=True)  # noqa: T201
    for problem in [*wrong, *more]:
        print(f"WRONG {problem}", flush=True)  # noqa: T201
    if asked.verbose:
        print(storm.log())  # noqa: T201
    return 1 if wrong or more else 0


def say(asked: argparse.Namespace, what: str) -> None:
    if asked.verbose:
        print(f"{time.strftime('%H:%M:%S')}  {what}", flush=True)  # noqa: T201


def wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=25)
    parser.add_argument("--apps", type=int, default=2)
    parser.add_argument("--people", type=int, default=8, help="in each app")
    parser.add_argument("--away", type=float, default=8, help="seconds for which MongoDB is away at times")
    parser.add_argument("--seed", type=int, default=randrange(10**6))
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(wishes()))
