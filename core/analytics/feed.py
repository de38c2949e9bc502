"""How fresh MongoDB is, and whose clinic it shows. Both come from the document that the relay leaves there."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import format_currency, get_currency_precision, get_currency_symbol

from core.analytics import store
from core.words import locale, say, say_count

MISSING = "–"


@dataclass(frozen=True)
class Freshness:
    """Everything committed before `fed_at` has arrived; None if the relay has not run yet.

    `whole` is False while a rebuild is at work or after one was interrupted: reports may then miss something.
    """

    fed_at: datetime | None
    whole: bool

    def in_words(self, now: datetime) -> str:
        """ "As of a moment ago", "As of 3 minutes ago" …"""
        if self.fed_at is None or not self.whole:
            return say("Reports are being prepared; some of them are not complete yet.")
        minutes = int((now - self.fed_at).total_seconds() // 60)
        if minutes < 1:
            return say("As of a moment ago")
        if minutes < 120:
            return say_count(minutes, "As of {count} minute ago", "As of {count} minutes ago")
        hours, days = minutes // 60, minutes // 1440
        return (
            say_count(hours, "As of {count} hour ago", "As of {count} hours ago")
            if minutes < 2880
            else say_count(days, "As of {count} day ago", "As of {count} days ago")
        )


@dataclass(frozen=True)
class ClinicInfo:
    """What figures need to know of the clinic to write money and hours as it does."""

    name: str = ""
    currency: str = "XXX"  # ISO 4217: no currency
    country: str = "ZZ"  # CLDR: unknown
    time_zone: str = "UTC"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def decimals(self) -> int:
        """That the currency has: 2 for rupees, 0 for yen."""
        return get_currency_precision(self.currency)

    def money(self, amount: float) -> str:
        """ "₹12,34,567.00", with the decimals that the currency has; "–" where the amount is missing."""
        if not isfinite(amount):
            return MISSING
        return format_currency(amount, self.currency, locale=self._locale).replace("¤", "")

    def money_round(self, amount: float) -> str:
        """Without decimals, for headlines."""
        if not isfinite(amount):
            return MISSING
        text = format_currency(
            round(amount) or 0, self.currency, locale=self._locale, currency_digits=False, format=self._round
        )
        return text.replace("¤", "")

    @property
    def symbol(self) -> str:
        return get_currency_symbol(self.currency, locale=self._locale).replace("¤", "").replace("XXX", "")

    @property
    def _round(self) -> str:
        return str(self._locale.currency_formats["standard"].pattern).replace(".00", "")

    @property
    def _locale(self) -> Locale:
        return locale(self.country)


def freshness() -> Freshness:
    feed = _feed()
    return Freshness(feed.get("fed_at"), bool(feed.get("whole")))


def clinic() -> ClinicInfo:
    """A nameless one without a currency before the relay has run."""
    known = _feed().get("clinic")
    return ClinicInfo(**known) if known else ClinicInfo()


def known_through() -> date | None:
    """The clinic day up to which MongoDB has everything; None if it has never been fed."""
    feed = _feed()
    zone = ClinicInfo(**feed["clinic"]).zone if feed.get("clinic") else UTC
    return feed["fed_at"].astimezone(zone).date() if feed.get("fed_at") else None


def doctors() -> dict[int, str]:
    """Names by id, of all who ever saw patients here."""
    return {row["id"]: row["name"] for row in _feed().get("doctors", [])}


def _feed() -> dict[str, Any]:
    return next(store.find("feed", {"_id": "relay"}), {})
