"""The notes and coins of a currency, largest first."""

from decimal import Decimal

from babel.numbers import get_currency_precision

from core.fields import CENT

_USUAL = {
    "INR": "500 200 100 50 20 10 5 2 1",
    "USD": "100 50 20 10 5 2 1 0.50 0.25 0.10 0.05 0.01",
    "EUR": "200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "GBP": "50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "AED": "1000 500 200 100 50 20 10 5 1 0.50 0.25",
    "AUD": "100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "BDT": "1000 500 200 100 50 20 10 5 2 1",
    "CAD": "100 50 20 10 5 2 1 0.25 0.10 0.05",
    "CHF": "200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "JPY": "10000 5000 2000 1000 500 100 50 10 5 1",
    "KES": "1000 500 200 100 50 40 20 10 5 1",
    "LKR": "5000 1000 500 100 50 20 10 5 2 1",
    "NGN": "1000 500 200 100 50 20 10 5",
    "NPR": "1000 500 100 50 20 10 5 2 1",
    "PKR": "5000 1000 500 100 75 50 20 10 5 2 1",
    "SGD": "100 50 10 5 2 1 0.50 0.20 0.10 0.05",
    "ZAR": "200 100 50 20 10 5 2 1 0.50 0.20 0.10",
}
_STEPS = (Decimal(5), Decimal(2), Decimal(1))


def denominations(currency: str) -> tuple[Decimal, ...]:
    """Those in everyday use; of a currency not known here, 1-2-5 from a thousand down, as far as it has digits."""
    if currency in _USUAL:
        return tuple(map(Decimal, _USUAL[currency].split()))
    places = range(2, -min(get_currency_precision(currency), 2) - 1, -1)
    return (Decimal(1000), *(step.scaleb(place) for place in places for step in _STEPS))


def has_rest(currency: str) -> bool:
    """Whether an amount may need coins smaller than any that is counted: those are told as one amount, in cents."""
    return denominations(currency)[-1] > CENT
