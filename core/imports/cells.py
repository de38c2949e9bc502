"""What a cell may hold: days, whole numbers, amounts. Each raises Unreadable rather than guess."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from core.imports.sheet import Unreadable
from core.words import say

_NUMERIC = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
_CURRENCY = r"(?:[A-Z]{3}|Rs\.?|[₹$€£¥])"
_WRITTEN = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%b %d, %Y", "%B %d, %Y")


def months_first(texts: Iterable[str]) -> bool:
    """Whether dates such as 03/25/1990 stand in a column: then all of it is read so. Otherwise the day comes first."""
    parts = [match for text in texts if (match := _NUMERIC.match(text))]
    return any(int(match[2]) > 12 for match in parts) and not any(int(match[1]) > 12 for match in parts)


def day(text: str, months_first: bool = False) -> date:
    """A calendar day; a time behind it is dropped. The year needs four digits."""
    text = _TIME.sub("", text)
    if match := _NUMERIC.fullmatch(text):
        first, second, year = (int(part) for part in match.groups())
        month, of_month = (first, second) if months_first else (second, first)
        return _real(year, month, of_month)
    if match := re.fullmatch(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})", text):
        return _real(*(int(part) for part in match.groups()))
    for form in _WRITTEN if text else ():
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  (a day has no time zone)
        except ValueError:
            continue
    raise Unreadable(say("This is not a date such as 1990-09-03."))


def whole(text: str, *, least: int = 0, most: int = 1_000_000_000) -> int:
    """A whole number; "12.0", "1,200" and "1.200" are whole numbers too."""
    number = amount(re.sub(r"[.,]", "", text) if re.fullmatch(r"[+-]?\d{1,3}([.,]\d{3})+", text) else text)
    if number != int(number):
        raise Unreadable(say("This is not a whole number."))
    if number < least:
        raise Unreadable(say("This must be at least {least}.", least=least))
    if number > most:
        raise Unreadable(say("This is too large: at most {most:,}.", most=most))
    return int(number)


def amount(text: str) -> Decimal:
    """A number with decimals, with either mark, thousands apart, a currency before or behind it."""
    digits = re.sub(rf"^{_CURRENCY}\s*|\s*{_CURRENCY}$", "", text)
    digits = re.sub(r"(?<=\d)[ '’](?=\d{3}\b)", "", digits)
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{2,3})*,\d{3}(\.\d+)?", digits):
        if digits.count(",") == 1 and "." not in digits:
            raise Unreadable(say("This can be read in two ways: write it without a comma."))
        digits = digits.replace(",", "")
    elif re.fullmatch(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+", digits):
        digits = digits.replace(".", "").replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,10})?", digits):
        raise Unreadable(say("This is not a number."))
    return Decimal(digits)


def _real(year: int, month: int, of_month: int) -> date:
    try:
        return date(year, month, of_month)
    except ValueError:
        raise Unreadable(say("There is no such day.")) from None
