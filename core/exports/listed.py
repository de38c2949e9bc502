"""A list that can be taken away: its columns and its query."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute

from core import clock
from core.permissions import Permission

MONEY, TEXT = "money", "General"
Query = Select[*tuple[Any, ...]]
Shown = tuple[str, str]  # the name of a column, and how it is written
NAMING = {"MRN", "Patient", "Phone"}  # columns left out for those who may not see patients


@dataclass(frozen=True)
class List:
    """`query` gives the rows of a period, both days included, in the order of `columns`.

    `sees` is what its reader must be allowed besides taking lists away; `period` says which day counts, "" if none.
    Its words are said by whoever shows them; the names of columns stay English, for other programs read them.
    """

    name: str
    title: str
    about: str
    sees: Permission
    period: str
    columns: tuple[Shown, ...]
    query: Callable[[date, date], Query]


def within(column: InstrumentedAttribute[Any], first: date, last: date) -> ColumnElement[bool]:
    """Of a moment, by the clinic's days."""
    return (column >= clock.day_bounds(first)[0]) & (column < clock.day_bounds(last)[1])
