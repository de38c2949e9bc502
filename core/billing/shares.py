"""Exact shares: what some units of a line come to, so that all parts of it add up to the line to the last cent.

Discount and tax of the first n of q units are n/q of the line's, rounded once. Units that go later have what that
grows by: no cent is lost, none is counted twice, whatever the steps.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from core import fields


class Line(Protocol):
    """A line of a bill, or its record."""

    @property
    def quantity(self) -> int: ...
    @property
    def unit_price(self) -> Decimal: ...
    @property
    def discount(self) -> Decimal: ...
    @property
    def tax(self) -> Decimal: ...


@dataclass(frozen=True)
class Share:
    """`amount = quantity x unit price - discount + tax`."""

    quantity: int
    discount: Decimal
    tax: Decimal
    amount: Decimal


def share(line: Line, gone: int, units: int) -> Share:
    """Of so many units, after others have gone before them."""
    discount, tax = (_part(line, whole, gone, units) for whole in (line.discount, line.tax))
    return Share(units, discount, tax, units * line.unit_price - discount + tax)


def _part(line: Line, whole: Decimal, gone: int, units: int) -> Decimal:
    after, before = (fields.to_cents(whole * n / line.quantity) for n in (gone + units, gone))
    return after - before
