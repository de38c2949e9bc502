from io import BytesIO

import pytest
from pypdf import PdfReader

from core.papers import Bearer, DayClosePaper, Issuer, Sheet, Sum, as_pdf

HEAD = "3a6dd7b642001e2c"


@pytest.mark.parametrize("size", ["A4", "80mm"])
@pytest.mark.parametrize("name", ["Ravi Kumar", "लक्ष्मी राव", '#panic("no") $x$ *b* <a> @b', "x" * 200, ""])
def test_a_closed_drawer_is_one_page_that_says_all_of_it(size, name):
    closed = DayClosePaper(
        issuer=Issuer(name or "Lotus Clinic", "12 Lake Road", "", ""),
        bearer=Bearer(name, (("Day", "1 Mar 2025"),)),
        cash=(Sum("Opened with", "₹0.00"), Sum("Expected", "₹530.00", strong=True)),
        pieces=(("500", "1", "₹500.00"), ("Rest", "", "₹20.00")),
        result=(Sum("Counted", "₹520.00"), Sum("Difference", "-₹10.00", strong=True)),
        other=(Sum("UPI", "₹99.00"),),
        explanation=name * 2,
        chain_length="2,443 entries",
        chain_head=HEAD,
    )

    (page,) = PdfReader(BytesIO(as_pdf(closed, Sheet(size, f"2443 {HEAD}")))).pages

    said = " ".join(page.extract_text().split())
    for words in (
        "Closed drawer",
        "500 × 1 ₹500.00",
        "-₹10.00",
        "2,443 entries",
        "3a6d d7b6 4200 1e2c",
        "Received and",
    ):
        assert words in said
