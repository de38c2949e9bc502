"""What leaves as a file opens as text, days and numbers, and runs nothing."""

import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from core import spreadsheet
from core.spreadsheet import DAY, MOMENT, Column

NINE, MIDNIGHT = datetime(2025, 3, 1, 9, 5), datetime(2025, 3, 1)  # noqa: DTZ001  (a file has no time zone)
FORMULAS = [
    "=1+1",
    "+1",
    "-1 pcs",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n1",
    "  =1",
    "\u00a0=1",
    "\u200b=1",
    "＝1+1",
    "\ufeff@A1",
    "+919876543210+1",
    "+9198765\n",
]
TEXTS = ["Asha", "a=b", "1-2", "👩‍⚕️ आशा", "'quoted'", "+919876543210", ""]


def opened(columns, rows, title="Patients"):
    return openpyxl.load_workbook(io.BytesIO(spreadsheet.excel(title, columns, rows))).active


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_would_be_a_formula_gets_a_quote(text):
    assert spreadsheet.harmless(text) == f"'{text}"


@pytest.mark.parametrize("value", [*TEXTS, -5, Decimal("-1.50"), None])
def test_other_values_stay_as_they_are(value):
    assert spreadsheet.harmless(value) == value


def test_a_csv_knows_its_encoding_and_writes_days_and_times():
    rows = [["=A1 👩‍⚕️", date(2025, 3, 1), NINE, Decimal("-1.50"), None]]

    data = spreadsheet.csv(["Name", "Day", "Time", "Due", "Note"], rows)

    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig") == "Name,Day,Time,Due,Note\r\n'=A1 👩‍⚕️,2025-03-01,2025-03-01 09:05,-1.50,\r\n"


def test_a_sheet_has_days_numbers_and_text_that_stays_text_when_it_is_edited():
    columns = [Column("Name"), Column("Day", DAY), Column("Time", MOMENT), Column("Due", spreadsheet.money(2))]
    sheet = opened(columns, [("=1+1", date(2025, 3, 1), NINE, Decimal("-1.50"))])
    name, day, time, due = sheet[2]

    assert (name.value, name.data_type, name.quotePrefix) == ("=1+1", "s", True)
    assert (day.value, day.number_format) == (MIDNIGHT, "yyyy-mm-dd")
    assert (time.value, time.number_format) == (NINE, "yyyy-mm-dd hh:mm")
    assert (due.value, due.number_format) == (-1.5, "#,##0.00")
    assert sheet.freeze_panes == "A2"


def test_a_text_longer_than_a_cell_holds_is_cut_and_says_so():
    value = opened([Column("Note")], [("x" * 40_000,)])["A2"].value

    assert len(value) == 32_767
    assert value.endswith("…")


def test_a_large_sheet_is_made_in_a_process_of_its_own():
    made = spreadsheet.excel_apart("Patients", [Column("Name")], [("Asha",)])

    assert openpyxl.load_workbook(io.BytesIO(made)).active["A2"].value == "Asha"
