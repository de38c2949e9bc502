"""Who strikes: a seeded order of kills, pauses and losses over the five components, and how each is done."""

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random

import psutil
from sqlalchemy import text

from core import db
from core.errors import StoreUnavailable
from core.token_queue import line

COMPONENTS = ("app", "postgres", "valkey", "mongo", "relay")
PAUSES = (0.5, 3.0)  # seconds
KILLS = {
    "app": ["kill"],
    "postgres": ["kill", "kill a backend"],
    "valkey": ["kill"],
    "mongo": ["kill"],
    "relay": ["kill"],
}
OTHERS = {
    "app": ["pause"],
    "postgres": ["pause", "end backends"],
    "valkey": ["pause", "wipe"],
    "mongo": ["pause", "away"],
    "relay": ["pause"],
}


@dataclass
class Strike:
    component: str
    action: str
    mended_at: float = 0.0  # when it was started again, or went on
    app: int | None = None  # which one


def plan(seed: object, kills: int) -> list[Strike]:
    """As many kills of each component, and a third as many other strikes."""
    random = Random(f"{seed}")
    wanted = [(COMPONENTS[n % 5], KILLS) for n in range(kills)] + [
        (COMPONENTS[n % 5], OTHERS) for n in range(kills // 3)
    ]
    strikes = [Strike(component, random.choice(actions[component])) for component, actions in wanted]
    random.shuffle(strikes)
    return strikes


class Reaper:
    """`processes` finds those of a server by kind; `storm` holds the apps and the relay."""

    def __init__(self, storm, seed: object, away: float) -> None:
        self.storm, self.random, self.away = storm, Random(f"{seed} reaper"), away

    def strike(self, strike: Strike) -> None:
        done: Callable[[Strike], None] = getattr(self, f"_{strike.action.replace(' ', '_')}")
        with suppress(psutil.NoSuchProcess):
            done(strike)
        strike.mended_at = strike.mended_at or time.time()

    def _kill(self, strike: Strike) -> None:
        if strike.component in ("app", "relay"):
            process = self._child(strike)
            process.kill()
            process.wait()
            strike.mended_at = time.time()
            self.storm.restart(process)
        else:
            for process in self._servers(strike.component)[:1]:
                process.kill()

    def _kill_a_backend(self, strike: Strike) -> None:
        backends = self._servers("backend")
        if backends:
            self.random.choice(backends).kill()

    def _end_backends(self, strike: Strike) -> None:
        """One by one, as an administrator would: their people are told, the server goes on."""
        others = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"""
        with suppress(StoreUnavailable), db.transaction() as session:
            session.execute(text(others))

    def _pause(self, strike: Strike) -> None:
        self._hold(strike, self.random.uniform(*PAUSES))

    def _away(self, strike: Strike) -> None:
        self._hold(strike, self.away)

    def _hold(self, strike: Strike, seconds: float) -> None:
        own = strike.component in ("app", "relay")
        held = [psutil.Process(self._child(strike).pid)] if own else self._servers(strike.component)
        if strike.component == "postgres":
            held += self._servers("backend")
        for process in held:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        for process in held:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)

    def _wipe(self, strike: Strike) -> None:
        line.tolerant(lambda redis: redis.flushall(), None)

    def _child(self, strike: Strike):
        if strike.component == "relay":
            return self.storm.relay
        strike.app = self.random.randrange(len(self.storm.apps))
        return self.storm.apps[strike.app]

    def _servers(self, kind: str) -> list[psutil.Process]:
        return self.storm.clinic.running().get(kind, [])
