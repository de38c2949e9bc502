"""What one run of a screen asks of the stores, for whoever looks for what is slow (QURE_SHOW_QUERIES).

A statement is kept as it is sent, with placeholders where the values go: nothing of a patient gets onto a screen or
into the log. Where the switch is off the doors to the stores are not listened at, and nobody counts.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from core.config import settings

STATEMENT, DOCUMENTS, QUEUE = "statement", "MongoDB command", "Redis call"


@dataclass
class Asked:
    """By kind of query how many there were and how long they took, and the slowest of them all."""

    counts: Counter[str] = field(default_factory=Counter)
    ms: dict[str, float] = field(default_factory=dict)
    slowest: str = ""
    slowest_ms: float = 0.0

    @property
    def in_words(self) -> str:
        """ "7 statements, 4.1 ms · 1 Redis call, 0.2 ms"."""
        kinds = [kind for kind in (STATEMENT, DOCUMENTS, QUEUE) if self.counts[kind]]
        told = (f"{self.counts[kind]} {kind}{'s'[: self.counts[kind] != 1]}, {self.ms[kind]:.1f} ms" for kind in kinds)
        return " · ".join(told) or "no store was asked"


_now: ContextVar[Asked | None] = ContextVar("what the stores are asked", default=None)


@contextmanager
def counted() -> Iterator[Asked | None]:
    """Count what is asked in the block, by this thread. None where the switch is off, or where a block around this one
    counts already."""
    if not settings().show_queries or _now.get() is not None:
        yield None
        return
    before = _now.set(Asked())
    try:
        yield _now.get()
    finally:
        _now.reset(before)


def note(kind: str, text: str, seconds: float) -> None:
    """For the doors to the stores: a query is done. `text` holds no values."""
    asked = _now.get()
    if asked is None:
        return
    asked.counts[kind] += 1
    asked.ms[kind] = asked.ms.get(kind, 0.0) + seconds * 1000
    if seconds * 1000 > asked.slowest_ms:
        asked.slowest, asked.slowest_ms = " ".join(text.split()), seconds * 1000
