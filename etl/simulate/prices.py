"""What things cost in the clinic's own currency, in amounts that people pay there.

Prices are thought of in rupees. Where a currency has no decimals they are round enough for every tax, discount and part
of a bill to come out whole.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision

# What a rupee's worth of a clinic's prices is called elsewhere: the level of prices, not the rate of exchange.
_LEVELS = {
    **{"EUR": "0.06", "USD": "0.10", "GBP": "0.06", "BRL": "0.30", "ZAR": "0.80", "BDT": "1.20", "NPR": "1.40"},
    **{"KES": "2", "LKR": "3", "PKR": "3", "JPY": "6", "NGN": "20", "IDR": "200", "KRW": "50", "UGX": "40"},
}


@dataclass(frozen=True)
class Prices:
    """`coin` is the smallest amount there is; units and fees are multiples of their steps."""

    level: Decimal
    coin: Decimal
    unit_step: Decimal
    fee_step: Decimal
    one_tax: Decimal | None

    def unit(self, rupees: Decimal) -> Decimal:
        """Of a tablet or a bottle."""
        return _rounded(rupees * self.level, self.unit_step)

    def fee(self, rupees: Decimal) -> Decimal:
        return _rounded(rupees * self.level, self.fee_step)

    def cost(self, amount: Decimal) -> Decimal:
        """What is paid to a supplier, in the clinic's currency already."""
        return _rounded(amount, self.coin)

    def tax(self, percent: Decimal) -> Decimal:
        return self.one_tax if self.one_tax is not None and percent else percent


def of(currency: str) -> Prices:
    level = Decimal(_LEVELS.get(currency, "1"))
    if get_currency_precision(currency):
        return Prices(level, Decimal("0.01"), Decimal("0.01"), Decimal("1.00"), None)
    return Prices(level, Decimal("1.00"), Decimal("10.00"), Decimal("100.00"), Decimal(10))


def _rounded(amount: Decimal, step: Decimal) -> Decimal:
    """To the nearest multiple, and never nothing."""
    return max((amount / step).quantize(Decimal(1), ROUND_HALF_UP), Decimal(1)) * step
