"""What keeps people unknown in what analysts see: pseudonyms, and nothing told of a handful of people.

A pseudonym is a keyed hash of the record's number. The key is the clinic's own secret, so it is the same in every
frame, report and year, and nobody without the secret can try numbers out.
"""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Literal

import pandas as pd

from core import secret
from core.words import later

SMALLEST = 8  # people: what is told of fewer could be told of one
RARE, RARE_TEXT = "RARE", later("Rare diagnoses")
_ROUNDED_TO = 5


def suppressed(counts: pd.Series) -> pd.Series:
    """Counts of people as float64, with NaN for 1 to 7. 0 stays: nobody is behind it."""
    known = counts.astype("float64")
    return known.mask((known > 0) & (known < SMALLEST))


def shared(counts: pd.Series) -> pd.Series:
    """As `suppressed`, rounded to 5: for what leaves the clinic, so that two tables do not tell by their difference."""
    return (suppressed(counts) / _ROUNDED_TO).round() * _ROUNDED_TO


def pooled(codes: pd.Series, patients: pd.Series) -> pd.Series:
    """Codes, or names, of fewer than 8 different patients become RARE; "", which is none, stays."""
    people = patients.groupby(codes).transform("nunique")
    return codes.mask((people < SMALLEST) & (codes != ""), RARE)


def pseudonyms(kind: Literal["visit", "patient", "payer"], numbers: Iterable[int]) -> list[str]:
    """Twelve hexadecimal digits: two of a million patients share one with a chance below 1 in 500."""
    key = hashlib.sha256(f"pseudonyms {secret.key()}".encode()).digest()
    wanted = list(numbers)
    known = {number: hmac.digest(key, f"{kind} {number}".encode(), "sha256")[:6].hex() for number in set(wanted)}
    return [known[number] for number in wanted]
