"""What analysts get: the same columns whether there is data or not, and no names unless they may see them."""

from datetime import date

import pandas as pd
import pytest

from core import analytics, secret, stores
from core.analytics.feed import ClinicInfo, Freshness
from core.errors import NotPermitted, StoreUnavailable
from core.permissions import Role
from tests.etl.conftest import carry, mongo, treat  # noqa: F401
from tests.factories import a_patient, a_user

ALL = {
    "daily_summaries": analytics.daily_summaries,
    "revenue_by_doctor": analytics.revenue_by_doctor,
    "receipts_by_method": analytics.receipts_by_method,
    "stock_movements": analytics.stock_movements,
    "visits": analytics.visits,
}


@pytest.fixture
def busy(carry, treat, frozen_clock, session):  # noqa: F811
    """Two days with a closed one between them; the relay ran on the second at ten."""
    asha = a_patient(session, "Asha Rao", phone="9876543210", birth_date=date(1990, 1, 1))
    treat(asha)
    treat(asha, paid="0.00")
    frozen_clock(day=3)
    treat(a_patient(session, "Vikram Sen"))
    carry()


@pytest.mark.parametrize("name", ALL)
def test_an_empty_frame_has_the_columns_and_types_of_a_full_one(name, session, mongo, request):  # noqa: F811
    empty = ALL[name]()
    request.getfixturevalue("busy")
    full = ALL[name]()

    assert len(empty) == 0
    assert len(full) > 0
    pd.testing.assert_series_equal(empty.dtypes, full.dtypes)
    assert empty.index.dtype == full.index.dtype


def test_a_day_on_which_nothing_happened_is_a_row_of_zeros(busy):
    days = analytics.daily_summaries()

    assert list(days.index.strftime("%d")) == ["01", "02", "03"]
    assert list(days["is_open"]) == [True, False, True]
    assert list(days["visits"]) == [2, 0, 1]
    assert list(days["revenue"]) == [545.0, 0.0, 545.0]
    assert list(days["billed"]) == [1090.0, 0.0, 545.0]


def test_days_beyond_what_is_known_are_left_out(busy):
    year = analytics.daily_summaries(date(2025, 1, 1), date(2025, 12, 31))
    closed = analytics.daily_summaries(date(2025, 3, 2), date(2025, 3, 2))

    assert (year.index.min(), year.index.max()) == (pd.Timestamp(2025, 3, 1), pd.Timestamp(2025, 3, 3))
    assert list(closed["is_open"]) == [False]
    assert analytics.daily_summaries(date(2024, 1, 1), date(2024, 2, 1)).empty


def test_parts_add_up_to_the_days(busy):
    days = analytics.daily_summaries()

    by_doctor = analytics.revenue_by_doctor().groupby("date")[["billed", "revenue"]].sum()
    by_method = analytics.receipts_by_method().groupby("date")["amount"].sum()

    opened = days[days["is_open"]]
    assert list(by_doctor["revenue"]) == list(opened["revenue"])
    assert list(by_doctor["billed"]) == list(opened["billed"])
    assert list(by_method) == list(opened["received"] - opened["refunded"])
    assert set(analytics.revenue_by_doctor()["doctor"]) == {"Dr Sen"}


def test_visits_name_nobody(busy):
    visits = analytics.visits()

    said = visits.to_csv()
    assert not any(secret in said for secret in ("Asha", "Vikram", "98765", "1990", "P0000"))
    assert visits["patient"].nunique() == 2
    assert list(visits["age_band"].astype("str").fillna("unknown")) == ["35-44", "35-44", "unknown"]
    assert set(visits["diagnosis_code"]) == {"J06.9"}


def test_a_pseudonym_is_the_same_in_every_frame_and_depends_on_the_secret(busy, monkeypatch):
    first, again = analytics.visits(), analytics.visits(date(2025, 3, 1), date(2025, 3, 1))
    assert set(again["patient"]) < set(first["patient"])

    monkeypatch.setattr(secret, "key", lambda: "another clinic's")

    assert set(analytics.visits()["patient"]).isdisjoint(first["patient"])


def test_someone_who_reads_clinical_records_sees_who_it_was(busy, doctor):
    named = analytics.visits_with_names(doctor)

    assert list(named["patient"]) == ["Asha Rao", "Asha Rao", "Vikram Sen"]
    assert named["birth_date"].iloc[0] == pd.Timestamp(1990, 1, 1)
    assert pd.isna(named["birth_date"].iloc[2])
    pd.testing.assert_frame_equal(named[analytics.visits().columns[2:]], analytics.visits().iloc[:, 2:])


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MANAGER, Role.RECEPTION])
def test_others_do_not_see_names(session, mongo, role):  # noqa: F811
    with pytest.raises(NotPermitted, match="may not read clinical records"):
        analytics.visits_with_names(a_user(session, role))


def test_movements_add_up_to_what_is_on_hand(busy):
    moves = analytics.stock_movements()

    assert moves["change"].sum() == 1000 - 20
    assert moves["value"].sum() == (1000 - 20) * 3.0
    assert moves["moved_at"].iloc[-1] == pd.Timestamp(2025, 3, 3, 10)
    assert len(analytics.stock_movements(date(2025, 3, 2))) == 1


@pytest.mark.parametrize(
    ("currency", "country", "written"),
    [
        ("INR", "IN", "₹12,34,567.50"),
        ("EUR", "DE", "1.234.567,50 €"),
        ("JPY", "JP", "¥1,234,568"),
        ("XXX", "ZZ", "1,234,567.50"),
    ],
)
def test_money_is_written_as_the_clinic_writes_it(currency, country, written):
    text = ClinicInfo(currency=currency, country=country).money(1234567.5)

    assert text.replace("\xa0", " ") == written


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "a moment ago"), (1, "1 minute ago"), (90, "90 minutes ago"), (180, "3 hours ago"), (4320, "3 days ago")],
)
def test_freshness_in_words(minutes, words):
    fed_at = pd.Timestamp("2025-03-01T10:00Z").to_pydatetime()

    assert Freshness(fed_at, True).in_words(fed_at + pd.Timedelta(minutes=minutes)) == f"As of {words}"
    assert "not complete" in Freshness(fed_at, False).in_words(fed_at)


def test_a_mongodb_that_is_away_is_told_in_a_sentence(monkeypatch):
    nobody = stores.Addresses("", "", "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=100")
    monkeypatch.setattr(stores, "addresses", lambda: nobody)

    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        analytics.visits()


def test_an_address_that_is_none_is_told_in_a_sentence(monkeypatch):
    monkeypatch.setattr(stores, "addresses", lambda: stores.Addresses("", "", "mongo//nonsense"))

    with pytest.raises(StoreUnavailable, match="MONGO_URL is not the address of a MongoDB"):
        analytics.visits()
