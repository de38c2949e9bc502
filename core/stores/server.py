"""One server under the keeper's eyes: started when it is needed, started again when it ends."""

import logging
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from core.stores import process
from core.stores.process import Failed, Process

TRIES = 3  # starts in a row that end in nothing before the users are told; then it is tried on, more slowly
_log = logging.getLogger("qure.keeper")


@dataclass(frozen=True)
class Running:
    """A server that answers. Only the Mongo server has an address that its users cannot know by themselves."""

    process: Process
    address: str | None = None
    is_broken: Callable[[], bool] = lambda: False  # it answers, but will never work again


Starting = Generator[None, None, Running]  # yields for as long as it has to wait


@dataclass
class Server:
    name: str
    setting: str  # names a server of one's own instead
    log: str
    start: Callable[[Path], Starting]
    starting: Starting | None = None
    running: Running | None = None
    failures: int = 0
    next_try: float = 0.0  # on the monotonic clock
    problem: str | None = None  # a sentence for the users


def wake(server: Server) -> None:
    """Somebody new needs it: what went wrong before may be mended."""
    if server.problem:
        server.problem, server.failures, server.next_try = None, 0, 0.0


def advance(server: Server, folder: Path) -> None:
    """Take the next step: resume a start that waits, begin one if the server has ended, or do nothing."""
    if server.running and server.running.process.poll() is not None:
        _log.warning("%s ended with %s and is started again", server.name, server.running.process.returncode)
        server.running = None
    if server.running or (server.starting is None and time.monotonic() < server.next_try):
        return
    if server.starting is None:
        server.starting = server.start(folder)
    try:
        next(server.starting)
    except StopIteration as done:
        server.running, server.starting, server.failures, server.problem = done.value, None, 0, None
        server.next_try = time.monotonic() + 1  # one that ends again and again must not keep us busy
    except Exception as error:
        _failed(server, folder, error)


def _failed(server: Server, folder: Path, error: Exception) -> None:
    """Note it, and try again: a port may come free, a dying predecessor may let go of its files."""
    reason = f" because {error}" if str(error) else ""
    _log.warning("%s did not start%s", server.name, reason, exc_info=not isinstance(error, Failed))
    server.starting = None
    server.failures += 1
    server.next_try = time.monotonic() + min(0.1 * 4**server.failures, 5)
    if server.failures >= TRIES:
        server.problem = (
            f"{server.name} does not start{reason}: see {folder / server.log}, "
            f"or set {server.setting} to use a server of your own."
        )


def end_broken(server: Server) -> None:
    """The next step starts it again."""
    if server.running and server.running.is_broken():
        _log.warning("%s is broken and is ended", server.name)
        process.kill(server.running.process)


def pause(servers: list[Server]) -> float:
    """How long the keeper may sleep before the next step, in seconds."""
    return 0.005 if any(server.starting for server in servers) else 0.2


def halt(servers: list[Server]) -> None:
    for server in servers:
        if server.starting:
            server.starting.close()
    process.stop_all()
