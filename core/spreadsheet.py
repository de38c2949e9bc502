"""Tables as files for a spreadsheet, CSV and Excel, and the one rule that keeps text from being run as a formula."""

import csv as _csv
import io
import pickle
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

MIME = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DAY, MOMENT, WHOLE = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "0"
MOST_ROWS = 1_048_575  # of a sheet, below its header
# A phone number is but a number to a spreadsheet, and other programs want it as it is.
_RUN_AS_FORMULA = re.compile(r"(?!\+\d{7,15}\Z)(?:[\t\r\n]|[\s\x00-\x1f\u200b\ufeff]*[=+\-@＝＋－＠])")
_LONGEST = 32_767  # characters in a cell of Excel
_WIDEST, _NARROWEST, _SHEET_NAME = 50, 8, 31  # characters
_NOT_IN_A_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_ROOT = Path(__file__).parent.parent
_APART = """
import pickle, sys
from core.spreadsheet import excel
sys.stdout.buffer.write(excel(*pickle.load(sys.stdin.buffer)))
"""
_LOOKED_AT = 1000  # rows, for the width of a column


@dataclass(frozen=True)
class Column:
    """`pattern` is the number format of a spreadsheet."""

    name: str
    pattern: str = "General"


def money(decimals: int) -> str:
    """The pattern of amounts in a currency with so many decimals."""
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def harmless(value: Any) -> Any:
    """A value for a file: text that a spreadsheet would run as a formula gets a quote before it."""
    return f"'{value}" if isinstance(value, str) and _RUN_AS_FORMULA.match(value) else value


def unquoted(text: str) -> str:
    """A text of a file as it was before `harmless`."""
    return text[1:] if text.startswith("'") and _RUN_AS_FORMULA.match(text, 1) else text


def csv(names: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with the mark by which a spreadsheet knows it. Nothing is an empty cell, a day 2025-03-01."""
    text = io.StringIO(newline="")
    writer = _csv.writer(text)
    writer.writerow(names)
    writer.writerows([_written(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def excel_apart(title: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> bytes:
    """As `excel`, in a process of its own: a hundred thousand rows are seconds in which nobody else should wait.

    Not by multiprocessing, which would run the main script anew, and that is Streamlit's.
    """
    given = pickle.dumps((title, columns, rows))
    apart = subprocess.run([sys.executable, "-c", _APART], input=given, stdout=subprocess.PIPE, cwd=_ROOT, check=True)
    return apart.stdout


def excel(title: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> bytes:
    """One sheet with a frozen header and filters. Days are days and numbers are numbers.

    Raises ValueError above the million rows that a sheet holds.
    """
    import xlsxwriter  # takes a while to load, and few ask for a sheet

    if len(rows) > MOST_ROWS:
        raise ValueError(f"a sheet holds {MOST_ROWS:,} rows, not {len(rows):,}")
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": title})
        sheet = book.add_worksheet(_sheet_name(title))
        heading, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"quote_prefix": True})
        for place, column in enumerate(columns):
            shown = book.add_format({"num_format": column.pattern})
            sheet.set_column(place, place, _width(column, [row[place] for row in rows[:_LOOKED_AT]]), shown)
            sheet.write_string(0, place, column.name, heading)
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                if not isinstance(value, str):
                    sheet.write(number, place, value)
                elif value:
                    # Edited in the sheet it would become a formula, but for the quote of this format.
                    sheet.write_string(number, place, _cut(value), text if _RUN_AS_FORMULA.match(value) else None)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows), max(len(columns) - 1, 0))
    return file.getvalue()


def _written(value: object) -> object:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else harmless(value)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _width(column: Column, values: Sequence[object]) -> int:
    shown = [len(_shown(value, column.pattern)) for value in values]
    return min(max([_NARROWEST, len(column.name) + 3, *shown]) + 1, _WIDEST)  # 3: the filter's button


def _shown(value: object, pattern: str) -> str:
    if isinstance(value, date):
        return pattern
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def _sheet_name(title: str) -> str:
    return " ".join(title.translate(_NOT_IN_A_SHEET_NAME).split())[:_SHEET_NAME].strip() or "Data"
