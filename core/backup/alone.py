"""One process at a time, by a lock that the kernel lets go of when its holder ends, however it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ClinicError
from core.stores.folder import closed


@contextmanager
def alone(lock: Path, refusal: ClinicError) -> Iterator[None]:
    """Raises the refusal where another process is at it."""
    import fcntl

    with open(lock, "w", opener=closed) as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refusal from None
        yield
