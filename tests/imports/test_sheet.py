from datetime import date
from decimal import Decimal

import pytest

from core.imports import cells, sheet
from core.imports.sheet import MissingColumns, NotATable, Unreadable
from tests.imports.files import csv_of, told

ALIASES = {"name": ("name", "full_name"), "phone": ("phone", "mobile")}


def read(data, required=None):
    return sheet.parse(data, ALIASES, required or {"the name": ("name",)})


def names(data):
    return [line.text("name") for line in read(data).lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_are_found_out(encoding, delimiter):
    data = csv_of(f"phone{delimiter}Full Name", f'1{delimiter}"Núñez{delimiter} José"', encoding=encoding)

    assert names(data) == [f"Núñez{delimiter.strip() or ''} José"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_any_system_are_read(end):
    assert names(csv_of("name,phone", "Asha,1", "Ravi,2", end=end)) == ["Asha", "Ravi"]


def test_headers_are_matched_whatever_their_case_and_spaces():
    assert read(csv_of(" FULL-NAME ,Ward", "Asha,3")).columns == {"name": "FULL-NAME"}
    assert read(csv_of(" FULL-NAME ,Ward", "Asha,3")).unused == ("Ward",)


def test_of_two_columns_for_one_field_the_first_that_says_something_counts():
    table = read(csv_of("name,phone,mobile", "Asha,-,2", "Ravi,1,2"))

    assert [line.text("phone") for line in table.lines] == ["2", "1"]


@pytest.mark.parametrize("data", [b"", b"\r\n", b"\xef\xbb\xbf", b",,,\r\n", b"\0"])
def test_an_empty_file_is_refused(data):
    with pytest.raises(NotATable, match=r"^The file is empty\.$"):
        read(data)


def test_a_wrong_file_is_refused_and_the_missing_columns_are_named():
    with pytest.raises(MissingColumns) as refusal:
        read(csv_of("invoice,amount", "1,2"), {"the name": ("name",), "the phone": ("phone",)})

    assert str(refusal.value) == (
        "The file has no column for the name (name) and the phone (phone). Its columns are: invoice, amount."
    )


def test_a_workbook_is_refused_with_what_to_do():
    with pytest.raises(NotATable, match="Save the sheet as CSV"):
        read(b"PK\x03\x04rest of the workbook")


def test_a_file_that_is_far_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(sheet, "MOST_BYTES", 10)
    with pytest.raises(NotATable, match="too large: 18 bytes, at most 10"):
        read(csv_of("name,phone", "Asha"))


def test_a_missing_quotation_mark_that_swallows_the_file_is_refused():
    with pytest.raises(NotATable, match="cannot be read from line 3 on"):
        read(csv_of("name,phone", "Asha,1", '"Ravi,2', *["x" * 1000] * 200))


def test_a_row_of_another_length_is_named():
    table = read(csv_of("name,phone", "Asha", "Ravi,1", "Rao, Meera,2", "", ",,"))

    assert told(table.rejected) == [
        (2, "", "The row has 1 cells where the header has 2."),
        (4, "", "The row has 3 cells where the header has 2."),
    ]
    assert [line.number for line in table.lines] == [3]


def test_rows_are_counted_as_lines_of_the_file_and_empty_ones_are_passed_over():
    table = read(csv_of("name,phone", '"Asha\r\nRao",1', "", ",", "Ravi,2"))

    assert [(line.number, line.text("name")) for line in table.lines] == [(2, "Asha Rao"), (6, "Ravi")]


@pytest.mark.parametrize(
    "begins", [b"%PDF-1.7\nname,phone", b"\x89PNG\r\n\x1a\n", b"\x1f\x8b\x08", b"\x7fELF", b"MZ\x90\0"]
)
def test_what_is_no_text_is_refused_whatever_its_name_ends_in(begins):
    with pytest.raises(NotATable, match="This is no text"):
        read(begins + b"name,phone\r\nAsha,1\r\n")


def test_nul_bytes_and_terminal_codes_are_dropped():
    assert names(b"name,phone\r\nAs\0ha \x1b[31mRao,1\r\n") == ["Asha [31mRao"]


@pytest.mark.parametrize("placeholder", ["-", "Null", "NULL", " n/a ", "\\N", "Unknown", "?"])
def test_a_placeholder_says_nothing(placeholder):
    assert names(csv_of("name,phone", f"{placeholder},1")) == [""]


@pytest.mark.parametrize("formula", ["=cmd|'/c calc'!A1", "+1+1", "@SUM(A1)", '=HYPERLINK("x")'])
def test_a_formula_is_text(formula):
    quoted = formula.replace('"', '""')

    assert names(csv_of("name,phone", f'"{quoted}",1')) == [formula]


@pytest.mark.parametrize(
    "text",
    [
        *("1990-09-03", "1990/09/03", "03/09/1990", "3.9.1990", "03-09-1990", "19900903", "3 Sep 1990", "03-Sep-1990"),
        *("September 3, 1990", "1990-09-03 00:00:00", "1990-09-03T10:20:30Z", "03/09/1990 14:05"),
    ],
)
def test_a_day_is_read_as_programs_write_it(text):
    assert cells.day(text) == date(1990, 9, 3)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1990-02-30", "There is no such day."),
        ("31/04/1990", "There is no such day."),
        ("03/09/90", "This is not a date such as 1990-09-03."),
        ("yesterday", "This is not a date such as 1990-09-03."),
        ("33119", "This is not a date such as 1990-09-03."),
        ("0000-00-00", "There is no such day."),
    ],
)
def test_what_is_no_day_is_refused(text, reason):
    with pytest.raises(Unreadable, match=reason):
        cells.day(text)


def test_one_date_tells_the_order_of_all():
    assert cells.months_first(["03/04/1990", "12/25/1990"])
    assert not cells.months_first(["03/04/1990", "25/12/1990"])
    assert not cells.months_first(["03/04/1990"])
    assert cells.day("03/04/1990", months_first=True) == date(1990, 3, 4)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.50", "12.50"),
        ("12,50", "12.50"),
        ("1,234.50", "1234.50"),
        ("12,34,567.50", "1234567.50"),
        ("1.234,50", "1234.50"),
        ("₹ 1,23,456", "123456"),
        ("Rs. 40", "40"),
        ("40 INR", "40"),
        ("1 234,50", "1234.50"),
        ("-3", "-3"),
    ],
)
def test_an_amount_is_read_as_programs_write_it(text, amount):
    assert cells.amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["NaN", "inf", "1e9", "1,234", "12..5", "=1+1", "5 packs", "--3", "9" * 40, "1/2"])
def test_what_is_no_clear_amount_is_refused(text):
    with pytest.raises(Unreadable):
        cells.amount(text)


def test_a_whole_number_is_whole_and_within_bounds():
    assert [cells.whole(text) for text in ("12", "12.0", "1,200", "1.200")] == [12, 12, 1200, 1200]
    for text in ("1.5", "-1", "9999999999"):
        with pytest.raises(Unreadable):
            cells.whole(text)


def test_empty_lines_before_the_header_are_passed_over():
    found = read(b"\r\n;;\r\nname;phone\r\nAsha;1\r\n")

    assert (found.delimiter, [line.number for line in found.lines]) == ("semicolon", [4])
