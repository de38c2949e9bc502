"""Cleaning and checking what people type, the same way for every workflow.

A `…_problem` function returns a sentence, or None where there is nothing to say; `core.errors.check` gathers them.
"""

import unicodedata
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MOST_MONEY = Decimal("9999999.99")  # far above any bill; keeps totals inside Numeric(12, 2)


def line(text: str | None) -> str:
    """One line of text: NFC, no control characters (NUL would raise in the driver), single spaces, trimmed."""
    return " ".join(_printable(text or "").split())


def paragraph(text: str | None) -> str:
    """Several lines of text: as `line`, but keeps line ends."""
    return "\n".join(" ".join(_printable(part).split()) for part in (text or "").splitlines()).strip()


def _printable(text: str) -> str:
    kept = (" " if ch in "\t\n\r\v\f" else ch for ch in unicodedata.normalize("NFC", text))
    return "".join(ch for ch in kept if unicodedata.category(ch) not in {"Cc", "Cs", "Cn"})


def required_problem(text: str, what: str, most: int = 200) -> str | None:
    return f"{what} is missing." if not text else length_problem(text, what, most)


def length_problem(text: str, what: str, most: int = 200) -> str | None:
    return f"{what} is too long: {len(text):,} characters, at most {most:,}." if len(text) > most else None


def money_problem(amount: Decimal, what: str, *, least: Decimal = Decimal(0)) -> str | None:
    if not amount.is_finite() or not least <= amount <= MOST_MONEY:
        return f"{what} must be between {least} and {MOST_MONEY:,}."
    if amount != amount.quantize(CENT):
        return f"{what} has more than two decimals."
    return None


def to_cents(amount: Decimal) -> Decimal:
    """Rounded half up to two decimals: the one rounding of money."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
