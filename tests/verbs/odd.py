"""What could be typed, pasted or replayed, by what stands in the place of it."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

TEXTS = {
    "nothing": "",
    "long": "x" * 10_001,
    "long, of four bytes each": "\U0001f600" * 10_001,
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f44d\U0001f3fd",
    "turned around": "Asha \u202eoaR\u202c \u2067x\u2069",
    "NUL": "As\0ha",
    "half of a pair": "Asha \ud83d",
    "a formula": "=cmd|' /C calc'!A0",
    "markup": "<script>alert(1)</script> **x** [a](b) $x$",
    "a statement": "'; DROP TABLE patients; --",
    "patterns": "%_\\ \\0 {} %(x)s :x",
    "forty digits": "9" * 40,
    "digits of another script": "\u0967\u0968\u0969",
}
NUMBERS = {str(number): number for number in (-(2**63), -1, 0, 2**31, 2**63, 10**30)}
AMOUNTS = {
    name: Decimal(name)
    for name in (
        "-0",
        "-1",
        "0",
        "0.001",
        "1E-30",
        "1E+30",
        "NaN",
        "-NaN",
        "Infinity",
        "-Infinity",
        "9223372036854775808",
    )
}
DAYS = {str(day): day for day in (date.min, date(1, 1, 2), date(1582, 10, 10), date(9999, 12, 30), date.max)}
MOMENTS = {str(day): datetime.combine(day, time(), UTC) for day in DAYS.values()}
FILES = {
    "nothing": b"",
    "zeros": b"\0" * 100,
    "no text": b"\xff\xfe\0\xd8" * 20,
    "one line": b"name",
    "quotes": b'"' * 9,
}
_BY_TYPE = {bytes: FILES, str: TEXTS, datetime: MOMENTS, date: DAYS, Decimal: AMOUNTS, int: NUMBERS}


def odd_for(place):
    """(what, value) of each; ids are tried apart."""
    values = next(values for kind, values in _BY_TYPE.items() if isinstance(place.value, kind))
    return [] if place.is_id else list(values.items())
