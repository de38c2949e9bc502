"""Frames as files for a spreadsheet."""

from typing import Any

import pandas as pd

from core import spreadsheet
from core.analytics import dictionary, feed
from core.analytics.columns import MONEY
from core.spreadsheet import Column


def csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 with the mark by which a spreadsheet knows it. Missing values are empty, days are 2025-03-01."""
    plain = _flat(frame)
    for name in plain.columns:
        if _is_text(plain[name]):
            plain[name] = plain[name].astype("str").map(spreadsheet.harmless, na_action="ignore")
    return plain.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def excel(frame: pd.DataFrame, title: str) -> bytes:
    """One sheet: days as days, money as the clinic's currency is written. Missing and infinite values are empty."""
    plain, money = _flat(frame), money_format()
    columns = [Column(str(name), _pattern(plain[name], money)) for name in plain.columns]
    rows = list(zip(*(_values(plain[name]) for name in plain.columns), strict=True))
    return spreadsheet.excel(title, columns, rows)


def money_format() -> str:
    """Of a spreadsheet, with the decimals that the clinic's currency has."""
    return spreadsheet.money(feed.clinic().decimals)


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """The index too, where it says something."""
    named = any(name is not None for name in frame.index.names)
    return frame.reset_index() if named else frame.copy(deep=False)


def _is_text(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(column.dtype)


def _pattern(column: pd.Series, money: str) -> str:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return spreadsheet.DAY if (column.dropna() == column.dropna().dt.normalize()).all() else spreadsheet.MOMENT
    if pd.api.types.is_float_dtype(column.dtype):
        return money if str(column.name) in _MONEY_COLUMNS else "0.00"
    return spreadsheet.WHOLE if pd.api.types.is_integer_dtype(column.dtype) else "General"


def _values(column: pd.Series) -> list[Any]:
    """As Python has them; None where there is nothing to write."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return [None if pd.isna(value) else value.to_pydatetime() for value in column]
    known = column.replace([float("inf"), float("-inf")], None) if pd.api.types.is_float_dtype(column.dtype) else column
    return known.astype(object).where(known.notna(), None).tolist()


_MONEY_COLUMNS = {column.name for table in dictionary.frames() for column in table.columns if column.unit == MONEY}
