"""The sweep: a verb dies at its first point, its second, … until it comes through. After each death it is asked for
again with the same key, and everything must be there once or not at all.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import text
from sqlalchemy.exc import InternalError
from sqlalchemy.orm import Session

from core import db, token_queue
from core.idempotency import once
from core.models import Base
from core.permissions import Actor
from tests.emptying import empty
from tests.faults.doors import AFTER, NEVER, SENT, Run, died_at

_TABLES = [table.name for table in Base.metadata.sorted_tables]
_ALL_ROWS = text(" UNION ALL ".join(f"SELECT '{name}' AS name, t::text AS row FROM {name} t" for name in _TABLES))
_FIRST_OF_ALL = {
    "token_counters",
    "invoice_counters",
    "credit_note_counters",
}  # the first one makes the row that the next ones change
_numbers = count(1)


@dataclass(frozen=True)
class Click:
    """What somebody is about to do."""

    verb: Callable[..., Any]
    actor: Actor | None
    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


Arrange = Callable[[Session], Click]
Choose = Callable[[Sequence[str]], Iterable[int]]  # which of these points, from 1
Picture = dict[str, Counter[str]]


def every_point(points: Sequence[str]) -> Iterable[int]:
    return range(1, len(points) + 1)


def one_point(seed: object) -> Choose:
    """As likely before COMMIT as in or behind it; which one differs from verb to verb."""

    def choose(points: Sequence[str]) -> Iterable[int]:
        random, sent = Random(f"{seed}{points}"), points.index(SENT) + 1
        return [random.randrange(1, sent) if random.random() < 0.5 else random.randint(sent, len(points))]

    return choose


@dataclass
class Swept:
    """The points at which a verb was killed, and what was wrong afterwards."""

    name: str
    killed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def sweep(name: str, arrange: Arrange, choose: Choose = every_point) -> Swept:
    """`arrange` makes a world of its own, in which the click works. What only reads is not killed.

    A click that does something else the second time (a setting that is set already) gets an empty clinic each time.
    """
    found = _Sweep(name, arrange, empty_first=False).run(choose)
    return _Sweep(name, arrange, empty_first=True).run(choose) if found.wrong else found


class _Sweep:
    def __init__(self, name: str, arrange: Arrange, *, empty_first: bool) -> None:
        self.name, self.arrange, self.empty_first = name, arrange, empty_first
        self.found = Swept(name)
        self.whole: Counter[tuple[str, str]] = Counter()

    def run(self, choose: Choose) -> Swept:
        self._anew()
        if self._only_reads():
            return self.found
        unharmed = died_at(NEVER, self._click)
        self.whole = difference(self.before, picture())
        self._look(unharmed)
        for n in choose(unharmed.points) if unharmed.refusal is None else ():
            if self.is_done:
                self._anew()
            run = died_at(n, self._click)
            self.found.killed.append(unharmed.points[n - 1])
            self._look(run)
            if not run.killed:
                self._say(run, "it came through")
        return self.found

    def _anew(self) -> None:
        self.key = f"{self.name} {next(_numbers)}"
        if self.empty_first:
            with db.engine().begin() as connection:
                empty(connection)
        with db.transaction() as session:
            self.click = self.arrange(session)
        self.before, self.is_done = picture(), False

    def _only_reads(self) -> bool:
        """PostgreSQL itself says so."""
        click = self.click
        with db.session_factory()() as session:
            session.execute(text("SET TRANSACTION READ ONLY"))
            try:
                click.verb(session, click.actor, *click.args, **click.kwargs)
                session.flush()
            except InternalError:
                return False
        return True

    def _click(self) -> str:
        click = self.click
        with db.transaction() as session:
            answer = once(self.key, click.verb)(session, click.actor, *click.args, **click.kwargs)
        return json.dumps(to_jsonable_python(answer))

    def _look(self, run: Run) -> None:
        """Whole or absent; asked for again it answers the same and does nothing more."""
        if run.refusal is not None:
            self._say(run, run.refusal)
        after = picture()
        if after == self.before:
            if AFTER in run.points:
                self._say(run, "nothing was kept")
        else:
            if SENT not in run.points:
                self._say(run, f"a part was kept: {dict(difference(self.before, after))}")
            self._ask_again(run, after)
        self._mend_the_queue(run)

    def _ask_again(self, run: Run, after: Picture) -> None:
        if (kept := difference(self.before, after)) != self.whole:
            self._say(run, f"kept {dict(kept)}, not {dict(self.whole)}")
        again = self._click()
        if run.answer not in (None, again):
            self._say(run, f"answered {run.answer}, and {again} when asked again")
        if picture() != after:
            self._say(run, f"asked again, it did more: {dict(difference(after, picture()))}")
        self.is_done = True

    def _mend_the_queue(self, run: Run) -> None:
        with db.reading() as session:
            token_queue.reconcile(session)
            if astray := token_queue.astray(session):
                self._say(run, f"{astray} entries of the queue are astray")

    def _say(self, run: Run, problem: str) -> None:
        where = f"killed {run.points[-1]}" if run.killed else "not killed"
        self.found.wrong.append(f"{self.name}, {where}: {problem}")


def picture() -> Picture:
    """Every row of every table."""
    found: Picture = {name: Counter() for name in _TABLES}
    with db.engine().connect() as connection:
        for name, row in connection.execute(_ALL_ROWS):
            found[name][row] += 1
    return found


def difference(before: Picture, after: Picture) -> Counter[tuple[str, str]]:
    """How many rows came (+) and went (-) by table; a changed row did both."""
    found: Counter[tuple[str, str]] = Counter()
    for name in _TABLES:
        found[name, "+"] = (after[name] - before[name]).total()
        found[name, "-"] = (before[name] - after[name]).total() if name not in _FIRST_OF_ALL else 0
    return +found
