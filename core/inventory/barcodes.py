"""What the bars and squares on a pack say: the number of the article (GTIN), and in GS1 codes the batch and expiry.

A number is kept in its shortest usual length, because one pack says it in several: 8901234567890 under the bars is
08901234567890 in the square beside them.
"""

import re
from dataclasses import dataclass
from datetime import date

from core import fields
from core.errors import Invalid
from core.words import say

SEPARATOR = "\x1d"  # between parts of no fixed length; many scanners lose it on the way
_LENGTHS = (8, 12, 13, 14)
_SYMBOLOGY = re.compile(r"^\][A-Za-z]\d")  # by which some scanners tell the kind of code
# Expiry, alone or with the batch after it, at the end: where the separator before it was lost, it begins here.
_EXPIRY_AT_END = re.compile(r"(17\d\d(?:0[1-9]|1[0-2])[0-3]\d(?:10[^\x1d]{1,20})?)$")


@dataclass(frozen=True)
class Printed:
    """What a code says, as far as it says it. `number` is that of the batch."""

    barcode: str = ""
    number: str = ""
    expires_on: date | None = None


def read(code: str) -> Printed:
    """What is no code of GS1 is taken for the number of a batch. Raises Invalid for a code that was read wrong."""
    bare = _SYMBOLOGY.sub("", code.strip().strip(SEPARATOR))
    printed = _elements(bare)
    if printed and not printed.expires_on:
        printed = _elements(_EXPIRY_AT_END.sub(SEPARATOR + r"\1", bare)) or printed
    barcode = shortest(bare)
    return printed or (Printed(barcode) if barcode else Printed(number=fields.line(code)))


def article(code: str) -> str:
    """The article a code is of; empty where it is of none, or was read wrong."""
    try:
        return read(code).barcode
    except Invalid:
        return ""


def shortest(text: str) -> str:
    """The article's number in its shortest usual length; empty if it is none, or its last digit does not fit."""
    from biip.checksums import gs1_standard_check_digit  # 0.1 s to import, which the first scan can wait for

    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdecimal() and len(digits) in _LENGTHS and digits.strip("0")):
        return ""
    return _shortened(digits) if gs1_standard_check_digit(digits[:-1]) == int(digits[-1]) else ""


def barcode_problem(text: str) -> str | None:
    """What is wrong with a number typed from under the bars; nothing if there is none."""
    if not text or shortest(text):
        return None
    return say(
        "This is no barcode of an article: 8, 12, 13 or 14 digits of which the last must fit. Scan or type it again."
    )


def _elements(code: str) -> Printed | None:
    from biip import ParseError
    from biip.gs1_messages import GS1Message

    try:
        parse = GS1Message.parse_hri if code.startswith("(") else GS1Message.parse
        parts = {element.ai.ai: element for element in parse(code).element_strings}
    except ParseError:
        return None
    article, batch, expiry = parts.get("01"), parts.get("10"), parts.get("17")
    # "10AB12" may as well be the number of a batch: only an article, or batch and expiry together, are no accident.
    if not article and not (batch and expiry):
        return None
    if article and not shortest(article.value):
        raise Invalid({"code": say("The code was read wrong: its check digit does not fit. Scan it again.")})
    return Printed(
        _shortened(article.value) if article else "",
        batch.value if batch else "",
        expiry.date if expiry else None,
    )


def _shortened(digits: str) -> str:
    significant = digits.lstrip("0")
    return significant.zfill(next(length for length in _LENGTHS if len(significant) <= length))
