"""One process at a time, by a lock that the kernel lets go of when its holder ends, however it ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ClinicError
from core.stores.folder import closed


def _no_link(path: str, flags: int) -> int:
    """Where others may write, too, a link here would have another file of ours emptied."""
    return closed(path, flags | os.O_NOFOLLOW)


@contextmanager
def alone(lock: Path, refusal: ClinicError) -> Iterator[None]:
    """Raises the refusal where another process is at it."""
    import fcntl

    with open(lock, "w", opener=_no_link) as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refusal from None
        yield
