"""How money and freshness are written."""

import pandas as pd
import pytest

from core.analytics.documents import Decimal128, money
from core.analytics.feed import ClinicInfo, Freshness
from core.analytics.frames import amount, amounts

WRITTEN = [
    ("INR", "IN", "₹12,34,567.50", "₹12,34,568"),
    ("EUR", "DE", "1.234.567,50 €", "1.234.568 €"),
    ("JPY", "JP", "¥1,234,568", "¥1,234,568"),
    ("KWD", "KW", "KWD1,234,567.500", "KWD1,234,568"),
    ("XXX", "ZZ", "1,234,567.50", "1,234,568"),
]


@pytest.mark.parametrize(("currency", "country", "written", "rounded"), WRITTEN)
def test_money_is_written_as_the_clinic_writes_it(currency, country, written, rounded):
    clinic = ClinicInfo(currency=currency, country=country)

    assert clinic.money(1234567.5).replace("\xa0", " ") == written
    assert clinic.money_round(1234567.5).replace("\xa0", " ") == rounded


def test_an_amount_that_is_missing_is_a_dash():
    assert ClinicInfo().money(float("nan")) == ClinicInfo().money_round(float("nan")) == "–"


def test_nothing_is_not_written_as_less_than_nothing():
    assert ClinicInfo(currency="INR", country="IN").money_round(-0.2) == "₹0"


@pytest.mark.parametrize("number", ["0.00", "0.01", "-0.01", "123456789.99", "-5.10"])
def test_stored_money_is_read_to_the_cent(number):
    assert list(amounts([Decimal128(number), money(1)])) == [float(number), 1.0]


def test_money_with_other_decimals_is_read_too():
    stored = [Decimal128("1.5"), Decimal128("2E+2"), Decimal128("3.125")]

    assert list(amounts(stored)) == [amount(value) for value in stored] == [1.5, 200.0, 3.125]


def test_no_money_is_no_numbers():
    assert amounts([]).shape == (0,)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "a moment ago"), (1, "1 minute ago"), (90, "90 minutes ago"), (180, "3 hours ago"), (4320, "3 days ago")],
)
def test_freshness_in_words(minutes, words):
    fed_at = pd.Timestamp("2025-03-01T10:00Z").to_pydatetime()

    assert Freshness(fed_at, True).in_words(fed_at + pd.Timedelta(minutes=minutes)) == f"As of {words}"
    assert "not complete" in Freshness(fed_at, False).in_words(fed_at)
