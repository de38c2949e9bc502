"""Frames as files for a spreadsheet. Text that a spreadsheet would run as a formula stays text."""

import io
from datetime import date
from typing import Any

import pandas as pd

from core.analytics import dictionary, feed
from core.analytics.columns import MONEY

_STARTS_A_FORMULA = r"^(?=\s*[=+\-@\t\r])"
_WIDEST, _NARROWEST, _SHEET_NAME = 50, 8, 31  # characters
_NOT_IN_A_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_MOST_ROWS = 1_048_575  # of a sheet, below its header
_LOOKED_AT = 1000  # rows, for the width of a column


def csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 with the mark by which a spreadsheet knows it. Missing values are empty, days are 2025-03-01."""
    plain = _flat(frame)
    for name in plain.columns:
        if _is_text(plain[name]):
            plain[name] = plain[name].astype("str").str.replace(_STARTS_A_FORMULA, "'", regex=True)
    return plain.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def excel(frame: pd.DataFrame, title: str) -> bytes:
    """One sheet: a frozen header with filters, days as days, money as the clinic's currency is written.

    Missing and infinite values are empty. Raises ValueError above the million rows that a sheet holds.
    """
    import xlsxwriter  # takes a while to load, and few ask for a sheet

    plain = _flat(frame)
    if len(plain) > _MOST_ROWS:
        raise ValueError(f"a sheet holds {_MOST_ROWS:,} rows, not {len(plain):,}")
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": title})
        sheet = book.add_worksheet(_sheet_name(title))
        money = money_format()
        heading = book.add_format({"bold": True, "bottom": 1})
        for place, name in enumerate(plain.columns):
            pattern = _pattern(plain[name], money)
            values = _values(plain[name])
            sheet.set_column(place, place, _width(str(name), values, pattern), book.add_format({"num_format": pattern}))
            sheet.write_string(0, place, str(name), heading)
            sheet.write_column(1, place, values)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(plain), max(len(plain.columns) - 1, 0))
    return file.getvalue()


def money_format() -> str:
    """Of a spreadsheet, with the decimals that the clinic's currency has."""
    decimals = feed.clinic().decimals
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """The index too, where it says something."""
    named = any(name is not None for name in frame.index.names)
    return frame.reset_index() if named else frame.copy(deep=False)


def _is_text(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(column.dtype)


def _pattern(column: pd.Series, money: str) -> str:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return "yyyy-mm-dd" if (column.dropna() == column.dropna().dt.normalize()).all() else "yyyy-mm-dd hh:mm"
    if pd.api.types.is_float_dtype(column.dtype):
        return money if str(column.name) in _MONEY_COLUMNS else "0.00"
    return "0" if pd.api.types.is_integer_dtype(column.dtype) else "General"


def _values(column: pd.Series) -> list[Any]:
    """As Python has them; None where there is nothing to write."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return [None if pd.isna(value) else value.to_pydatetime() for value in column]
    known = column.replace([float("inf"), float("-inf")], None) if pd.api.types.is_float_dtype(column.dtype) else column
    return known.astype(object).where(known.notna(), None).tolist()


def _width(name: str, values: list[Any], pattern: str) -> int:
    shown = [len(_shown(value, pattern)) for value in values[:_LOOKED_AT]]
    return min(max([_NARROWEST, len(name) + 3, *shown]) + 1, _WIDEST)  # 3: the filter's button


def _shown(value: Any, pattern: str) -> str:
    if isinstance(value, date):
        return pattern
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def _sheet_name(title: str) -> str:
    return " ".join(title.translate(_NOT_IN_A_SHEET_NAME).split())[:_SHEET_NAME].strip() or "Data"


_MONEY_COLUMNS = {column.name for table in dictionary.frames() for column in table.columns if column.unit == MONEY}
