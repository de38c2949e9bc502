"""What leaves as a file: dates are dates, money is money, and no text is run as a formula."""

import io

import openpyxl
import pandas as pd
import pytest

from core.analytics import export, store
from tests.etl.conftest import mongo  # noqa: F401


@pytest.fixture
def sheet(session, mongo):  # noqa: F811
    def opened(frame, title="Bills"):
        return openpyxl.load_workbook(io.BytesIO(export.excel(frame, title))).active

    return opened


@pytest.fixture
def bills():
    return pd.DataFrame(
        {
            "date": pd.to_datetime(["2025-03-01", "2025-03-02"]).as_unit("s"),
            "number": pd.Series(["INV-1", "=1+1"], dtype="str"),
            "total": [1234.5, float("nan")],
            "share": [0.25, float("inf")],
            "visits": [3, 4],
            "is_refund": [True, False],
        }
    )


def test_no_text_in_a_csv_is_a_formula():
    frame = pd.DataFrame({"name": pd.Series([" =1", "Asha"], dtype="str"), "kind": pd.Categorical([" =1", "Asha"])})

    read = pd.read_csv(io.BytesIO(export.csv(frame)))

    assert read["name"].tolist() == read["kind"].tolist() == ["' =1", "Asha"]


def test_numbers_of_a_csv_stay_numbers():
    frame = pd.DataFrame({"change": [-5, 3], "name": pd.Series(["Müller ₹", None], dtype="str")})

    text = export.csv(frame).decode("utf-8-sig")

    assert text == "change,name\r\n-5,Müller ₹\r\n3,\r\n"


def test_days_of_a_csv_are_days_and_the_index_is_a_column():
    days = pd.date_range("2025-03-01", periods=2, unit="s", name="date")

    assert export.csv(pd.DataFrame({"visits": [1, 2]}, index=days)).decode("utf-8-sig") == (
        "date,visits\r\n2025-03-01,1\r\n2025-03-02,2\r\n"
    )


def test_a_sheet_has_a_frozen_header_filters_and_widths(sheet, bills):
    made = sheet(bills, "Bills: [all] of them, until the end of March 2025?")

    assert made.title == "Bills all of them, until the en"
    assert made.freeze_panes == "A2"
    assert made.auto_filter.ref == "A1:F3"
    assert made.column_dimensions["A"].width > 10


def test_days_are_days_and_money_is_money(sheet, bills):
    made = sheet(bills)

    assert str(made["A2"].value) == "2025-03-01 00:00:00"
    assert made["A2"].number_format == "yyyy-mm-dd"
    assert (made["C2"].value, made["C2"].number_format) == (1234.5, "#,##0.00")
    assert (made["D2"].number_format, made["E2"].number_format) == ("0.00", "0")
    assert made["F2"].value is True


def test_what_is_missing_is_an_empty_cell(sheet, bills):
    made = sheet(bills)

    assert made["C3"].value is None
    assert made["D3"].value is None


def test_a_formula_in_a_sheet_is_text(sheet, bills):
    assert (sheet(bills)["B3"].value, sheet(bills)["B3"].data_type) == ("=1+1", "s")


def test_a_currency_without_decimals_has_none_in_a_sheet(sheet, bills):
    feed = next(store.find("feed"))
    store.put("feed", [feed | {"clinic": feed["clinic"] | {"currency": "JPY", "country": "JP"}}])

    assert sheet(bills)["C2"].number_format == "#,##0"


def test_moments_keep_their_time(sheet):
    made = sheet(pd.DataFrame({"moved_at": pd.to_datetime(["2025-03-01 10:30"]).as_unit("s")}), "")

    assert made.title == "Data"
    assert made["A2"].number_format == "yyyy-mm-dd hh:mm"


def test_an_empty_frame_is_a_header(sheet, bills):
    made = sheet(bills.iloc[:0])

    assert [cell.value for cell in made[1]] == list(bills.columns)
    assert made.max_row == 1
