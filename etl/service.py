"""The relay as something that runs by itself: in a thread of the app, or as `python -m etl run --every 5s`."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Event, Thread

from core import clock, db, logs
from core.errors import ClinicError, StoreUnavailable
from etl import audit_logs, feed, lock, rebuild, relay, set_aside

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 60.0
MANY = 10 * relay.LIMIT  # events; fewer are carried in moments


def catch_up(progress: bool = False) -> relay.Relayed | None:
    """Relay all that waits; first make MongoDB again if it is new, was lost, is half rebuilt or far behind."""
    remade = rebuild.run(progress) if not feed.is_whole() or _is_far_behind() else {}
    relayed = relay.drain()
    _try_again()
    return relayed.plus(_as_relayed(remade)) if relayed and remade else relayed


def _try_again() -> None:
    with db.transaction() as session:
        if set_aside.count(session) and lock.take(session):
            set_aside.try_again(session, rebuild.COLLECTIONS)


def _as_relayed(written: Mapping[str, int]) -> relay.Relayed:
    return relay.Relayed(
        events=written["audit_logs"],
        movements=written["stock_movements"],
        visits=written["visit_history"],
        invoices=written["invoices"],
        advances=written["advances"],
        drawers=written["day_closes"],
        orders=written["purchase_orders"],
        days=written["waiting_times"] + written["daily_summaries"],
        months=sum(written[name] for name in written if name.startswith("monthly_")),
        medicines=written["stock_levels"],
    )


def _is_far_behind() -> bool:
    """More waits than was ever carried, as in a clinic that was simulated or restored after the first feed.

    A rebuild writes every document once, the relay visits, bills, days and months again with every pass that touches
    them: measured on a simulated year, an event costs it about three times as much.
    """
    with db.reading() as session:
        most = max(audit_logs.linked(session), MANY)
        return audit_logs.waiting(session, most + 1) > most


class Service:
    """Feeds MongoDB every few seconds. Whatever happens it goes on: what waits in PostgreSQL is not lost."""

    def __init__(self, every: float = 5.0) -> None:
        self.every = every
        self.last_success: datetime | None = None
        self.problem: str | None = None  # why it does not get on just now
        self._failures = 0
        self._stopping = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """In a thread that ends with the process. Starting twice does nothing."""
        if self._thread is None or not self._thread.is_alive():
            self._stopping.clear()
            self._thread = Thread(target=self.run, name="qure-etl", daemon=True)
            self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Let the pass at work come to its end."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def run(self) -> None:
        """Until `stop`; in the thread that calls it."""
        while not self._stopping.is_set():
            with logs.work(job="relay"):
                self.turn()
            self._rest()

    def begin(self, prepare: Callable[[], object]) -> None:
        """Wait until the stores are there and `prepare` is done, or until `stop`. Any other refusal is raised."""
        while not self._stopping.is_set():
            try:
                prepare()
                return
            except StoreUnavailable as away:
                self._note(str(away))
                self._rest()

    def _rest(self) -> None:
        self._stopping.wait(min(self.every * 2**self._failures, max(LONGEST_WAIT_S, self.every)))

    def turn(self) -> None:
        """One go. A trouble is logged when it begins and when it ends, and makes the next goes rarer."""
        try:
            catch_up()
        except ClinicError as error:
            self._note(str(error))
        except Exception as error:
            self._note(f"A fault in the relay: {error!r}", exc_info=True)
        else:
            if self.problem:
                log.info("MongoDB is being fed again.")
            self.last_success, self.problem, self._failures = clock.now(), None, 0

    def _note(self, problem: str, exc_info: bool = False) -> None:
        if problem != self.problem:
            log.warning("%s Reports wait until this is over.", problem, exc_info=exc_info)
        self.problem = problem
        self._failures = min(self._failures + 1, 10)
