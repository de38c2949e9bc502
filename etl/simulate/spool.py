"""What was made and is not loaded yet, on disk: rows as COPY takes them, and the trail until it is in order."""

import pickle
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import Enum
from operator import itemgetter
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, Any
from weakref import finalize

_BLOCK = 1 << 18  # bytes
_AT_ONCE = 500  # events of a month kept before they are put down
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
Event = dict[str, Any]


class Lines:
    """Lines of text, the many in a file without a name, which goes with this."""

    def __init__(self) -> None:
        self.number = 0
        self._file = SpooledTemporaryFile(_BLOCK)  # noqa: SIM115 - open as long as this lives
        finalize(self, self._file.close)

    def add(self, lines: Iterable[str]) -> None:
        given = list(lines)
        self.number += len(given)
        self._file.write("".join(given).encode())

    def taken(self) -> Iterator[bytes]:
        """In blocks; nothing is left."""
        self._file.seek(0)
        while block := self._file.read(_BLOCK):
            yield block
        self._file.close()


class Trail:
    """Events come in any order of time, for what follows from a visit is made with it. A month of them is put in order
    at once."""

    def __init__(self) -> None:
        self._newest: dict[tuple[int, int], list[tuple[datetime, Event]]] = {}
        self._files: dict[tuple[int, int], IO[bytes]] = {}
        finalize(self, _close, self._files)

    def add(self, at: datetime, event: Event) -> None:
        month = at.year, at.month
        newest = self._newest.setdefault(month, [])
        newest.append((at, event))
        if len(newest) >= _AT_ONCE:
            if month not in self._files:
                self._files[month] = TemporaryFile(buffering=_BLOCK)  # noqa: SIM115 - open until it is in order
            pickle.dump(newest, self._files[month], pickle.HIGHEST_PROTOCOL)
            newest.clear()

    def in_order(self) -> Iterator[Event]:
        """By time; those of one moment as they came. Nothing is left."""
        for month in sorted(self._newest):
            events = [*self._put_down(month), *self._newest.pop(month)]
            for _, event in sorted(events, key=itemgetter(0)):
                yield event

    def _put_down(self, month: tuple[int, int]) -> Iterator[tuple[datetime, Event]]:
        if (file := self._files.pop(month, None)) is not None:
            with file:
                end = file.tell()
                file.seek(0)
                while file.tell() < end:
                    yield from pickle.load(file)


def _close(files: dict[tuple[int, int], IO[bytes]]) -> None:
    for file in files.values():
        file.close()


def line(row: Sequence[object]) -> str:
    """A row as COPY reads it."""
    return "\t".join(["\\N" if value is None else _text(value) for value in row]) + "\n"


def _text(value: object) -> str:
    if isinstance(value, str):
        plain = value.value if isinstance(value, Enum) else value
        return plain if plain.isalnum() else plain.translate(_ESCAPED)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, date):  # a moment is one, too
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"{{{','.join(_element(one) for one in value)}}}".translate(_ESCAPED)
    return str(value)


def _element(value: object) -> str:
    """Of an array, within quotes: then nothing in it has a meaning but quotes and backslashes."""
    if value is None:
        return "NULL"
    return '"' + _plain(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
