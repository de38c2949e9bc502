from datetime import UTC, datetime

import pytest

from core import places
from core.words import read_in


@pytest.mark.parametrize(
    ("time_zone", "country"),
    [("Asia/Kolkata", "IN"), ("Asia/Calcutta", "IN"), ("Africa/Nairobi", "KE"), ("UTC", "ZZ"), ("", "ZZ")],
)
def test_a_time_zone_tells_the_country_by_older_names_too(time_zone, country):
    assert places.country_of(time_zone) == country


def test_a_country_tells_its_currency_and_its_time_zones():
    assert (places.currency("IN"), places.time_zones("IN")) == ("INR", ("Asia/Kolkata",))
    assert "America/Chicago" in places.time_zones("US")
    assert places.currency("DE") == "EUR"
    assert {"INR", "KES"} <= set(places.currencies())


def test_every_country_offered_has_both():
    assert len(places.countries()) > 200
    assert all(places.time_zones(country) and places.currency(country) for country in places.countries())


@pytest.fixture
def nothing_kept():
    """As in a process that has just begun, and nothing left of it."""

    def forget():
        for kept in (places.known_time_zones, places.time_zones, places.all_time_zones):
            kept.cache_clear()

    forget()
    yield
    forget()


def test_the_machines_zones_are_looked_for_once(monkeypatch, nothing_kept):
    """A walk through folders: made for each of 400 zones, the first screen of a new clinic waited for seconds."""
    walks = []
    monkeypatch.setattr(places, "available_timezones", lambda: walks.append(1) or {"Asia/Kolkata", "Europe/Berlin"})

    assert places.all_time_zones() == ("UTC", "Europe/Berlin", "Asia/Kolkata")
    assert len(walks) == 1


def test_countries_and_currencies_are_named_in_the_readers_language():
    assert (places.country_name("IN"), places.currency_name("INR")) == ("India", "Indian Rupee")
    with read_in("hi"):
        assert places.country_name("IN") == "भारत"


def test_amount_day_and_time_are_written_as_the_country_does():
    at = datetime(2025, 3, 1, 15, 5, tzinfo=UTC)

    assert places.as_written("IN", "INR", "Asia/Kolkata", at) == ("₹1,23,456.50", "1 Mar 2025", "8:35\u202fPM")
    assert places.as_written("DE", "EUR", "Europe/Berlin", at)[2] == "16:05"
