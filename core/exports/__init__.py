"""Lists that leave the clinic as a file, for those who may. What was taken, by whom and how many rows, is in the trail.

Nothing clinical is in them, and who may not see patients takes bills and payments away without names. A list is of a
period, by the clinic's days. Refused: a period the wrong way round, and more rows than a file may hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from babel.numbers import get_currency_precision
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit, clinic, clock, spreadsheet
from core.errors import Conflict, NotFound, check
from core.exports import ledgers, lists
from core.exports.listed import MONEY, NAMING
from core.exports.listed import List as List
from core.models import Clinic, PaymentMethod
from core.permissions import Actor, Permission, allowed, require
from core.spreadsheet import Column
from core.words import say

LISTS = (*lists.LISTS, *ledgers.LISTS)
MOST_ROWS = 250_000  # of one file: a hundred megabytes while it is made
_MANY = 5_000  # from here on a sheet takes longer to make than a process to begin
KINDS = (".csv", ".xlsx")


class TooManyRows(Conflict):
    def __init__(self, rows: int) -> None:
        self.rows = rows
        super().__init__(
            say(
                "These are {rows:,} rows, and a file holds {most:,}. Choose a shorter period.",
                rows=rows,
                most=MOST_ROWS,
            )
        )


@dataclass(frozen=True)
class Rows:
    """A list as it is written: days are dates, moments those of the clinic's wall clock."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]

    def as_file(self, kind: str) -> bytes:
        """`kind` is .csv or .xlsx."""
        if kind == ".csv":
            return spreadsheet.csv([column.name for column in self.columns], self.rows)
        excel = spreadsheet.excel if len(self.rows) <= _MANY else spreadsheet.excel_apart
        return excel(self.title, self.columns, self.rows)


def available(actor: Actor) -> list[List]:
    """The lists that this person may take away."""
    require(actor, Permission.EXPORT)
    return [known for known in LISTS if allowed(actor, known.sees)]


def count(session: Session, actor: Actor, name: str, first: date, last: date) -> int:
    """How many rows the list of a period has."""
    require(actor, Permission.EXPORT)
    return _count(session, _known(actor, name), first, last)


def look(session: Session, actor: Actor, name: str, first: date, last: date, most: int = 20) -> Rows:
    """The first rows, to look at."""
    require(actor, Permission.EXPORT)
    return _rows(session, actor, _known(actor, name), first, last, most)


def take(session: Session, actor: Actor, name: str, first: date, last: date, kind: str) -> Rows:
    """All rows of a period, to be made a file of this kind. Leaves one audit event. Raises TooManyRows."""
    require(actor, Permission.EXPORT)
    known, kind = _known(actor, name), kind_of_file(kind)
    if (found := _count(session, known, first, last)) > MOST_ROWS:
        raise TooManyRows(found)
    taken = _rows(session, actor, known, first, last)
    told: audit.Changes = {"list": (None, name), "rows": (None, len(taken.rows)), "kind": (None, kind)}
    if known.period:
        told |= {"first_on": (None, first), "last_on": (None, last)}
    audit.record(session, actor, audit.CREATE, "list.exported", session.get_one(Clinic, 1), told)
    return taken


def kind_of_file(kind: str, *others: str) -> str:
    """One of KINDS, or of the others a list has. Raises NotFound."""
    if kind not in (*KINDS, *others):
        raise NotFound("kind of file", kind)
    return kind


def _known(actor: Actor, name: str) -> List:
    known = next((known for known in LISTS if known.name == name), None)
    if known is None:
        raise NotFound("list", name)
    require(actor, known.sees)
    return known


def _count(session: Session, known: List, first: date, last: date) -> int:
    check(period=None if first <= last else say("The first day of a period cannot be after the last."))
    rows = known.query(first, last).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(rows)) or 0


def _rows(session: Session, actor: Actor, known: List, first: date, last: date, most: int | None = None) -> Rows:
    money = spreadsheet.money(get_currency_precision(clinic.profile(session).currency))
    kept = [place for place, (name, _) in enumerate(known.columns) if _may_see(actor, name)]
    columns = [Column(name, money if shown == MONEY else shown) for name, shown in known.columns]
    found = session.execute(known.query(first, last).limit(most))
    rows = [tuple(_plain(row[place], columns[place].pattern) for place in kept) for row in found]
    return Rows(known.title, tuple(columns[place] for place in kept), rows)


def _may_see(actor: Actor, column: str) -> bool:
    return column not in NAMING or allowed(actor, Permission.SEE_PATIENTS)


def _plain(value: Any, pattern: str) -> Any:
    """As a file has it: no time zone, no state in capitals."""
    if isinstance(value, datetime):
        local = clock.local(value)
        return local.date() if pattern == spreadsheet.DAY else local.replace(tzinfo=None)
    if isinstance(value, bool):
        return "yes" if value else ""
    return _word(value) if isinstance(value, StrEnum) else value


def _word(state: StrEnum) -> str:
    return str(state) if state is PaymentMethod.UPI else state.replace("_", " ").capitalize()
