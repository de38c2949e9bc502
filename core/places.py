"""What goes with a country: its time zones, its currency, and how days and amounts are written there."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_time
from babel.numbers import format_currency, get_currency_name, get_territory_currencies

from core import words

NOWHERE = "ZZ"
_A_BILL = Decimal("123456.50")  # tells in one look where a country puts its commas and its point


def country_of(time_zone: str) -> str:
    """The country a time zone lies in, also by one of its older names (browsers tell those); "ZZ" if none does."""
    countries, canonical = get_global("zone_territories"), get_global("zone_aliases")
    return str(countries.get(time_zone) or countries.get(canonical.get(time_zone, ""), NOWHERE))


@cache
def time_zones(country: str) -> tuple[str, ...]:
    """Those that lie in it and that this machine knows, by name."""
    zones = get_global("zone_territories").items()
    return tuple(sorted(zone for zone, place in zones if place == country and zone in known_time_zones()))


@cache
def known_time_zones() -> frozenset[str]:
    """To this machine, which walks through its folders of zones to tell."""
    return frozenset(available_timezones())


@cache
def all_time_zones() -> tuple[str, ...]:
    """Those that lie in a country, and the world's own."""
    return ("UTC", *(zone for country in countries() for zone in time_zones(country)))


@cache
def countries() -> tuple[str, ...]:
    """Those in which there is a time zone and a currency to choose."""
    of_zones = sorted({str(place) for place in get_global("zone_territories").values()})
    return tuple(code for code in of_zones if code.isalpha() and get_territory_currencies(code))


@cache
def currencies() -> tuple[str, ...]:
    """Those that somebody pays with today."""
    return tuple(sorted({code for country in countries() for code in get_territory_currencies(country)}))


def currency(country: str) -> str | None:
    """What most bills of the country are written in."""
    own: Iterable[str] = get_territory_currencies(country)
    return next(iter(own), None)


def country_name(code: str) -> str:
    """In the reader's language."""
    return str(Locale(words.language()).territories.get(code, code))


def currency_name(code: str) -> str:
    """In the reader's language."""
    return str(get_currency_name(code, locale=Locale(words.language())))


def as_written(country: str, currency_code: str, time_zone: str, at: datetime) -> tuple[str, str, str]:
    """An amount, a day and a time as a clinic there writes them."""
    locale, local = words.locale(country), at.astimezone(ZoneInfo(time_zone))
    return (
        format_currency(_A_BILL, currency_code, locale=locale),
        format_date(local, "d MMM y", locale=locale),
        format_time(local, "short", locale=locale),
    )


def modern_name(time_zone: str) -> str:
    """What a time zone is called today, where a browser tells one of its older names."""
    return str(get_global("zone_aliases").get(time_zone, time_zone))
