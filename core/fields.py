"""Cleaning and checking what people type, the same way for every workflow.

A `…_problem` function returns a sentence, or None where there is nothing to say; `core.errors.check` gathers them.
"""

import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from core.words import say

NOTHING = Decimal("0.00")
CENT = Decimal("0.01")
MOST_MONEY = Decimal("9999999.99")  # far above any bill; keeps totals inside Numeric(12, 2)

# What nobody sees and no name needs: marks that turn what follows, so that one name could read as another, spaces of no
# width, fillers, tags. Joiners stay: Indian scripts, Persian and emoji need them.
_TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_HIDDEN = {0x00AD, 0x034F, 0x200B, 0x2800, 0x3164, 0xFEFF, 0xFFA0, *range(0x2060, 0x2066), *range(0xE0000, 0xE0080)}
_DIRECTION = {0x061C, 0x200E, 0x200F}  # Arabic and Hebrew beside Latin words and numbers, in longer texts
_NOT_IN_PARAGRAPHS = dict.fromkeys(_TURNING | _HIDDEN)
_NOT_IN_LINES = dict.fromkeys(_TURNING | _HIDDEN | _DIRECTION)
_SEEN_ONLY_WITH_OTHERS = {"Cf", "Mn", "Me", "Zs", "Cc"}


def line(text: str | None) -> str:
    """One line of text: NFC, no control characters (NUL would raise in the driver), single spaces, trimmed.

    Two lines that look the same are the same; what could not be seen is empty.
    """
    return _if_seen(" ".join(_printable((text or "").translate(_NOT_IN_LINES)).split()))


def paragraph(text: str | None) -> str:
    """Several lines of text: as `line`, but keeps line ends and marks of direction."""
    parts = (text or "").translate(_NOT_IN_PARAGRAPHS).splitlines()
    return _if_seen("\n".join(" ".join(_printable(part).split()) for part in parts).strip())


def storable(text: str) -> str:
    """As it was typed, but for what no database takes: NUL, and halves of surrogate pairs."""
    return "".join(ch for ch in text if ch != "\0" and unicodedata.category(ch) != "Cs")


def _printable(text: str) -> str:
    spaced = (" " if ch in "\t\n\r\v\f" else ch for ch in text)
    kept = "".join(ch for ch in spaced if unicodedata.category(ch) not in {"Cc", "Cs", "Cn"})
    return unicodedata.normalize("NFC", kept)


def _if_seen(text: str) -> str:
    return text if any(unicodedata.category(ch) not in _SEEN_ONLY_WITH_OTHERS for ch in text) else ""


def required_problem(text: str, what: str, most: int = 200) -> str | None:
    return say("{what} is missing.", what=what) if not text else length_problem(text, what, most)


def length_problem(text: str, what: str, most: int = 200) -> str | None:
    if len(text) <= most:
        return None
    return say("{what} is too long: {length:,} characters, at most {most:,}.", what=what, length=len(text), most=most)


def money_problem(amount: Decimal, what: str, *, least: Decimal = Decimal(0)) -> str | None:
    if amount.is_nan():
        return say("{what} is missing.", what=what)
    if not amount.is_finite() or not least <= amount <= MOST_MONEY:
        return say("{what} must be between {least:,} and {most:,}.", what=what, least=least, most=MOST_MONEY)
    if amount != amount.quantize(CENT):
        return say("{what} has more than two decimals.", what=what)
    return None


def percent_problem(percent: Decimal, what: str) -> str | None:
    exact = percent.is_finite() and 0 <= percent <= 100 and percent == to_cents(percent)
    return None if exact else say("{what} must be between 0 and 100 percent, with at most two decimals.", what=what)


def to_cents(amount: Decimal) -> Decimal:
    """Rounded half up to two decimals: the one rounding of money."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
