"""The data dictionary: what every frame of core.analytics holds. It types them, so it cannot lag behind."""

import sys

import pandas as pd

from core.analytics.columns import Column, Table, tables

__all__ = ["Column", "Table", "as_frame", "check", "frames", "markdown"]
TITLE = "# Data dictionary"
_HEAD = """What `from core.analytics import …` gives. Days are the clinic's own, from midnight to midnight on its clock;
moments are what that clock showed. Money is in the clinic's currency. An empty result has the same columns and types.
`first` and `last` are days, both included; without them everything that is known is read. Patients are pseudonyms:
nobody is named but by `visits_with_names`, which asks who wants to know."""


def frames() -> tuple[Table, ...]:
    """Every frame by name, with its columns in their order; the index, if it has a name, is the first of them."""
    return tables()


def of(name: str) -> Table:
    """Raises KeyError for what is no frame of core.analytics."""
    return {table.name: table for table in frames()}[name]


def as_frame() -> pd.DataFrame:
    """One row per column of every frame: frame, column, type, unit, meaning."""
    rows = [
        (table.name, column.name, column.kind, column.unit, column.meaning)
        for table in frames()
        for column in table.columns
    ]
    return pd.DataFrame(rows, columns=["frame", "column", "type", "unit", "meaning"], dtype="str")


def check(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Columns and how many values are missing in each. Raises AssertionError where they are not those of the frame."""
    table = of(name)
    found = frame.reset_index() if table.index else frame
    expected = {column.name: column.kind for column in table.columns}
    given = {str(column): _kind(found[column].dtype) for column in found.columns}
    assert given == expected, f"{name} should have {expected}, not {given}"
    rows = [
        (column.name, column.unit, int(found[column.name].isna().sum()), column.meaning) for column in table.columns
    ]
    return pd.DataFrame(rows, columns=["column", "unit", "missing", "meaning"]).set_index("column")


def markdown() -> str:
    """docs/data-dictionary.md: `python -m core.analytics.dictionary` writes it."""
    return "\n\n".join([TITLE, _HEAD, *(_section(table) for table in frames())]) + "\n"


def _section(table: Table) -> str:
    rows = [f"| {column.name} | {column.kind} | {column.unit} | {column.meaning} |" for column in table.columns]
    head = ["| column | type | unit | meaning |", "| --- | --- | --- | --- |"]
    index = [f"Index: {table.index}.", ""] if table.index else []
    return "\n".join([f"## {table.name}", "", table.about, "", *index, *head, *rows])


def _kind(dtype: object) -> str:
    return Column("", dtype, "", "").kind


if __name__ == "__main__":
    sys.stdout.write(markdown())
