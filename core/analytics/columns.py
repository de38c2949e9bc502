"""What a frame's columns hold, said once: it types the frame, completes its docstring and makes the data dictionary."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd

MONEY = "money"  # the unit: the clinic's currency
_DAY = "datetime64[s]"
F = TypeVar("F", bound=Callable[..., pd.DataFrame])


@dataclass(frozen=True)
class Column:
    """`meaning` tells what a missing value means, where one can be missing. `unit` is "" where there is none."""

    name: str
    dtype: Any
    unit: str
    meaning: str

    @property
    def kind(self) -> str:
        """The dtype in words: an ordered category stays one, whatever its members."""
        if isinstance(self.dtype, pd.CategoricalDtype):
            return "ordered category" if self.dtype.ordered else "category"
        return str(self.dtype)


@dataclass(frozen=True)
class Table:
    """A frame as the dictionary knows it. `index` is the name of the column that is its index, "" if none is."""

    name: str
    about: str
    columns: tuple[Column, ...]
    index: str


_TABLES: dict[str, Table] = {}


def described(columns: Sequence[Column], index: str = "") -> Callable[[F], F]:
    """Enter a frame in the dictionary and its columns in the docstring."""

    def enter(function: F) -> F:
        about = inspect.cleandoc(function.__doc__ or "")
        _TABLES[function.__name__] = Table(function.__name__, about, tuple(columns), index)
        listed = [f"- {column.name} ({_in_words(column)}): {column.meaning}" for column in columns]
        function.__doc__ = "\n".join([about, "", "Columns:", *listed])
        return function

    return enter


def tables() -> tuple[Table, ...]:
    return tuple(_TABLES[name] for name in sorted(_TABLES))


def types(columns: Sequence[Column]) -> dict[str, Any]:
    return {column.name: column.dtype for column in columns}


def day(name: str, meaning: str) -> Column:
    return Column(name, _DAY, "", meaning)


def moment(name: str, meaning: str) -> Column:
    return Column(name, _DAY, "wall clock", meaning)


def text(name: str, meaning: str) -> Column:
    return Column(name, "str", "", meaning)


def flag(name: str, meaning: str) -> Column:
    return Column(name, "bool", "", meaning)


def whole(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, "int64", unit, meaning)


def number(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, "float64", unit, meaning)


def money(name: str, meaning: str) -> Column:
    return Column(name, "float64", MONEY, meaning)


def category(name: str, meaning: str, members: list[str] | None = None, *, ordered: bool = False) -> Column:
    return Column(name, pd.CategoricalDtype(members, ordered=ordered), "", meaning)


def _in_words(column: Column) -> str:
    return ", ".join(filter(None, (column.kind, column.unit)))
