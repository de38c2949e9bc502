"""What a file gave: what would be added, what is there already, what is rejected and what is only worth a note."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Text, any_, literal, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.errors import Invalid
from core.imports.sheet import Finding, Line, Sheet
from core.words import say

T = TypeVar("T")
SOURCE = "import"  # the program a file comes from, unless it is named
Tell = Callable[[int, int], None]  # how many rows of how many are written

# Any number will do: whoever imports holds it until the commit, so that the same file twice at once adds nothing.
_LOCK = 7_203_519


@dataclass(frozen=True)
class Item(Generic[T]):
    """A row that can be taken. `key` is the record's import key."""

    line: int
    key: str
    details: T


@dataclass(frozen=True)
class Reading(Generic[T]):
    """A file as it was understood; `remarks` concern all of it.

    `doubles` are rows of somebody who may be here already; they are among the accepted unless they were left out.
    """

    rows: int
    accepted: tuple[Item[T], ...]
    known: tuple[Item[T], ...] = ()
    rejected: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = ()
    doubles: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do: `rows` of the file, records added and already there.

    A rejected row may have several findings.
    """

    rows: int
    added: int
    already_there: int
    rejected: list[Finding]
    notes: list[Finding]
    remarks: list[str]

    @property
    def rejected_rows(self) -> int:
        return len({finding.line for finding in self.rejected})


@dataclass
class Collector(Generic[T]):
    """Gathers the rows of a sheet into a Reading."""

    sheet: Sheet
    remarks: list[str] = field(default_factory=list)
    items: list[Item[T]] = field(default_factory=list)
    rejected: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def take(self, line: Line, key: str, details: T) -> None:
        """Keep a row unless something in it was refused."""
        if not line.rejected:
            self.items.append(Item(line.number, key, details))
            self.notes.extend(line.notes)
        self.rejected.extend(line.rejected)

    def reading(self) -> Reading[T]:
        names = ", ".join(self.sheet.unused)
        unused = [say("Columns that were not used: {names}.", names=names)] if names else []
        return Reading(
            rows=len(self.sheet.lines) + len(self.sheet.rejected),
            accepted=tuple(self.items),
            rejected=in_order([*self.sheet.rejected, *self.rejected]),
            notes=in_order(self.notes),
            remarks=(*unused, *self.remarks),
        )


def key_of(source: str, number: str, *identifying: object) -> str:
    """The import key: source and old number, or without a number a hash of what tells the record apart."""
    if number:
        return f"{source}:{number}"
    words = "|".join(str(part).casefold() for part in identifying)
    return f"{source}:#{hashlib.sha256(words.encode()).hexdigest()[:32]}"


def sort_out(reading: Reading[T], verdict: Callable[[Item[T]], Finding | bool]) -> Reading[T]:
    """Hold the accepted rows against what is there: a Finding rejects, True is there already, False is new."""
    accepted: list[Item[T]] = []
    known: list[Item[T]] = []
    rejected = list(reading.rejected)
    for item in reading.accepted:
        found = verdict(item)
        if isinstance(found, Finding):
            rejected.append(found)
        else:
            (known if found else accepted).append(item)
    return replace(reading, accepted=tuple(accepted), known=tuple(known), rejected=in_order(rejected))


def with_doubles(reading: Reading[T], doubles: tuple[Finding, ...], leave_out: bool) -> Reading[T]:
    """The rows that are told as doubles are taken with a note, or left out as refused."""
    if not leave_out:
        return replace(reading, notes=in_order([*reading.notes, *doubles]), doubles=doubles)
    lines = {finding.line for finding in doubles}
    accepted = tuple(item for item in reading.accepted if item.line not in lines)
    return replace(reading, accepted=accepted, rejected=in_order([*reading.rejected, *doubles]), doubles=doubles)


def untold(_done: int, _of: int) -> None:
    """Nobody watches."""


def one_at_a_time(session: Session) -> None:
    """Wait for another import that is under way; called before the look at what is there already."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def one_of(column: ColumnElement[Any] | InstrumentedAttribute[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """IN for any number of texts: as one array, since a statement takes 65,535 parameters at the most."""
    return column == any_(literal(sorted(values), ARRAY(Text)))


def write(reading: Reading[T], add: Callable[[Item[T]], object], tell: Tell = untold) -> Outcome:
    """Add every accepted row. What a workflow finds Invalid changed nothing and is rejected too; whatever else it
    raises undoes the file."""
    added, refused = 0, []
    for done, item in enumerate(reading.accepted):
        tell(done, len(reading.accepted))
        try:
            add(item)
            added += 1
        except Invalid as refusal:
            refused += [Finding(item.line, name, problem) for name, problem in refusal.problems.items()]
    return _outcome(replace(reading, rejected=in_order([*reading.rejected, *refused])), added)


def outcome(reading: Reading[T]) -> Outcome:
    """What `save` would do."""
    return _outcome(reading, len(reading.accepted))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.line))


def _outcome(reading: Reading[T], added: int) -> Outcome:
    return Outcome(
        reading.rows,
        added,
        len(reading.known),
        list(reading.rejected),
        list(reading.notes),
        list(reading.remarks),
    )
