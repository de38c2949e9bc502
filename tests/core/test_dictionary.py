"""The data dictionary tells of every frame, and the page in the docs is what it tells."""

import inspect
from pathlib import Path

import pandas as pd
import pytest

from core import analytics
from core.analytics import dictionary

PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"
OTHERS = {"ClinicInfo", "Freshness", "charts", "clinic", "freshness"}


def test_every_frame_is_in_it():
    assert {table.name for table in dictionary.frames()} == set(analytics.__all__) - OTHERS


def test_the_page_in_the_docs_is_what_it_tells():
    """Made again by `python -m core.analytics.dictionary > docs/data-dictionary.md`."""
    assert PAGE.read_text() == dictionary.markdown()


def test_every_column_is_told_in_the_functions_own_help():
    for table in dictionary.frames():
        told = inspect.getdoc(getattr(analytics, table.name))
        assert told.startswith(table.about.splitlines()[0])
        assert all(f"- {column.name} (" in told for column in table.columns)
        assert table.about
        assert all(column.meaning for column in table.columns)


def test_a_name_is_money_everywhere_or_nowhere():
    """A sheet's columns are known by it, of those that are no whole numbers."""
    columns = dictionary.as_frame().query("type == 'float64'")
    units = columns.assign(is_money=columns["unit"] == "money").groupby("column")["is_money"].nunique()

    assert list(units[units > 1].index) == []


def test_it_is_a_frame_itself():
    table = dictionary.as_frame()

    assert list(table.columns) == ["frame", "column", "type", "unit", "meaning"]
    assert table[table["frame"] == "receivables"]["type"].iloc[-1] == "ordered category"


def test_a_frame_that_is_not_as_told_is_refused():
    with pytest.raises(AssertionError, match="payments should have"):
        dictionary.check(pd.DataFrame({"date": [1]}), "payments")
