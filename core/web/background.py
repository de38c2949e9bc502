"""What the app does by itself: start the stores, migrate, keep the queue's order in Redis, tell screens what has
changed, learn from yesterday's waits, feed MongoDB, save everything each night and look for what stands open.
"""

import itertools
import logging
import threading
from collections.abc import Callable

from redis.exceptions import RedisError

from core import backup, clinic, db, idempotency, logs, secret, status, stores, token_queue, tries
from core.config import settings
from core.errors import ClinicError
from core.web import hub
from etl.service import Service

log = logging.getLogger(__name__)

RECONCILE_SECONDS = 1.0
LISTEN_AGAIN_SECONDS = 1.0
FORGET_SECONDS = 3600.0
BACK_UP_SECONDS = 300.0  # until it is seen that tonight's backup is due
DOORS_SECONDS, FIRST_LOOK_SECONDS = 3600.0, 1.0
LEARN_SECONDS = 60.0  # until yesterday is learned from, and until it is seen that it is

_lock = threading.Lock()
_stopping = threading.Event()
_etl = Service()
_ready = False
_open_doors: list[str] = []


def start() -> None:
    """Bring the clinic up: once per process, again after a failure. Raises StoreUnavailable."""
    global _ready
    with _lock:
        if _ready:
            return
        secret.every()  # a clinic on servers of its own needs one: say so at once, not at the first sign-in
        backup.upgrade()
        _stopping.clear()
        _repeat("queue reconciler", RECONCILE_SECONDS, _reconcile)
        _repeat("news of the queue", LISTEN_AGAIN_SECONDS, _listen)
        _repeat("wait forecast", LEARN_SECONDS, _learn)
        _repeat("old forms and tries", FORGET_SECONDS, _forget_old)
        if settings().app_takes_backups:
            _repeat("nightly backup", BACK_UP_SECONDS, _back_up)
        _repeat("doors", DOORS_SECONDS, _look_for_open_doors, first=FIRST_LOOK_SECONDS)
        if settings().app_runs_etl:
            _etl.start()
        _ready = True


def stop() -> None:
    global _ready
    with _lock:
        _stopping.set()
        _etl.stop()
        _ready = False


def open_doors() -> list[str]:
    """What stood open to strangers when it was last looked for."""
    return list(_open_doors)


def _repeat(name: str, seconds: float, work: Callable[[], None], first: float | None = None) -> None:
    """Run work again and again in a thread that ends with the process; a store that is away is waited for."""

    def loop() -> None:
        pauses = itertools.chain([seconds if first is None else first], itertools.repeat(seconds))
        while not _stopping.wait(next(pauses)):
            with logs.work(job=name):
                _once(name, work)

    threading.Thread(target=loop, name=name, daemon=True).start()


def _once(name: str, work: Callable[[], None]) -> None:
    try:
        work()
    except (ClinicError, RedisError) as error:
        log.info("%s waits: %s", name, error)
    except Exception:
        log.exception("%s failed and goes on", name)


def _forget_old() -> None:
    with db.transaction() as session:
        idempotency.forget_old(session)
        tries.forget_old(session)


def _reconcile() -> None:
    with db.reading() as session:
        token_queue.reconcile(session)


def _listen() -> None:
    token_queue.listen(hub.tell, _stopping)


def _learn() -> None:
    with db.transaction() as session:
        token_queue.learn_if_due(session)


def _back_up() -> None:
    with db.reading() as session:
        anything = clinic.is_set_up(session)
    if anything and backup.is_due():
        taken = backup.take_apart()
        with db.transaction() as session:
            backup.note_own(session, taken)


def _look_for_open_doors() -> None:
    found = status.open_doors(stores.status())
    for sentence in set(found) - set(_open_doors):
        log.warning("%s", sentence)
    _open_doors[:] = found
