"""Invoice, receipt and credit note on a page and on a strip: any script, any length, said clearly."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from core.papers import Bearer, Charge, Issuer, MoneyPaper, Sheet, Sum, as_html, as_pdf

DRESSING = Charge("Dressing", "", "Discount: staff", "2", "150.00", "20.00", "18 %  50.40", "330.40", "2 × 150.00 − …")
INVOICE = MoneyPaper(
    Issuer("Lotus Clinic", "12 Lake Road", "080 4123", "29ABCDE1234F1Z5"),
    "Invoice",
    "2026-27/000017",
    Bearer("Asha Rao", (("MRN", "Q-1"),)),
    (DRESSING,),
    (Sum("Total", "₹330.40", strong=True),),
    (("18 %", "280.00", "50.40"),),
    (Sum("Cash", "₹330.40", "27 Nov 2026"),),
    stamp="Paid",
)
A4, STRIP = Sheet("A4", INVOICE.number), Sheet("80mm", INVOICE.number)


def pages(paper, sheet):
    return PdfReader(BytesIO(as_pdf(paper, sheet))).pages


def text(paper, sheet):
    return " ".join(" ".join(page.extract_text().split()) for page in pages(paper, sheet))


@pytest.mark.parametrize("sheet", [A4, STRIP], ids=["a4", "80mm"])
@pytest.mark.parametrize("name", ["लक्ष्मी राव", "சுந்தர்", "محمد", '#panic("no") $x$ *b* <a>', "x" * 300, ""])
def test_a_paper_of_money_says_what_it_must_whatever_the_name(sheet, name):
    said = text(replace(INVOICE, bearer=Bearer(name, ()), charges=(replace(DRESSING, what=name),)), sheet)

    for words in ("Lotus Clinic", "29ABCDE1234F1Z5", "Invoice", "2026-27/000017", "PAID", "₹330.40", "50.40"):
        assert words in said
    if name.isascii():
        assert name.replace(" ", "") in said.replace(" ", "")


def test_many_lines_go_over_pages_that_say_whose_they_are_and_one_strip_takes_them_all():
    long = replace(INVOICE, charges=(DRESSING,) * 100)

    _first, *more = (" ".join(page.extract_text().split()) for page in pages(long, A4))

    assert len(more) >= 2
    assert all("Asha Rao · Invoice 2026-27/000017 · Lotus Clinic" in page and "ITEM" in page for page in more[:-1])
    assert "Total" in more[-1]
    (strip,) = pages(long, STRIP)
    assert round(float(strip.mediabox.width) / 72 * 25.4) == 80
    assert strip.extract_text().count("Dressing") == 100


@pytest.mark.parametrize("size", ["A4", "80mm"])
def test_a_cancelled_bill_cannot_be_taken_for_a_good_one(size):
    assert "CANCELLED" in text(replace(INVOICE, stamp=""), Sheet(size, INVOICE.number, "Cancelled"))


def test_columns_that_nothing_is_in_are_left_out():
    plain = replace(INVOICE, charges=(replace(DRESSING, discount="", discounted="", tax=""),), taxes=())

    assert "DISCOUNT" in text(INVOICE, A4)
    assert "DISCOUNT" not in text(plain, A4)
    assert "TAX RATE" not in text(plain, A4)


def test_a_strip_is_printed_on_as_much_of_the_roll_as_it_needs():
    (height,) = re.findall(r"@page \{ size: 80mm ([\d.]+)pt", as_html(INVOICE, STRIP, "receipt"))

    assert float(height) == pytest.approx(float(pages(INVOICE, STRIP)[0].mediabox.height), abs=1)
    assert "@page { size: A4;" in as_html(INVOICE, A4, "invoice")
