"""What was typed into the search box, word by word, as a statement looks for it."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from core import fields, spelling

SHORT = 3  # letters from which a word is looked for inside of words
ESCAPE = "/"
_DIALLED = re.compile(r"(?<![^\s])[+(]?\d[\d\s()./-]{5,}\d(?![^\s])")


class Part(NamedTuple):
    """How a word is looked for: in the name, or in the folded one (`spelt`), there perhaps across its words (`joined`).

    `numbers`: in phone and MRN as well. `begins`: too short for a part inside a word, so at the beginning of one.
    """

    spelt: bool = False
    joined: bool = False
    numbers: bool = False
    begins: bool = False


class Term(NamedTuple):
    """What is looked for: of each word its part and the letters, and the pieces that narrow all of them down."""

    parts: tuple[Part, ...]
    letters: tuple[str, ...]
    pieces: list[str]

    def values(self, name: str) -> dict[str, object]:
        """Of the parameters that a statement has for it."""
        letters = {f"{name}_{place}": word for place, word in enumerate(self.letters)}
        return {**letters, f"{name}_pieces": self.pieces} if letters else {}


def words_of(term: str) -> list[str]:
    """The words of a search. A phone number typed with spaces, dashes or a leading 0 is one word."""
    term = " ".join(map(_in_western_digits, fields.line(term)[:100].lower().split()))
    if re.fullmatch(r"\d{6,}-\d", term):  # an MRN without its letter
        return [term]
    dialled = [_number(found[0]) for found in _DIALLED.finditer(term)]
    return [*_DIALLED.sub(" ", term).split(), *filter(None, dialled)]


def _in_western_digits(word: str) -> str:
    """A number typed in other digits. What holds letters of another script, or is one digit, is part of a name."""
    if len(word) == 1 or any(letter.isalpha() and not letter.isascii() for letter in word):
        return word
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in word)


def _number(typed: str) -> str:
    """+91 (0) 98765 43210, 0091-98765-43210 and 09876543210 are all part of +919876543210 like this."""
    return re.sub(r"\D", "", typed.replace("(0)", "")).lstrip("0")


def written(words: Sequence[str]) -> Term:
    parts = [Part(numbers=_has_digits(word), begins=len(word) < SHORT) for word in words]
    return _term(parts, words, [spelling.pieces(word) for word in words])


def sounding(words: Sequence[str]) -> Term:
    """A word that is not spelt in several ways is looked for as it is written."""
    folded = [spelt(word) for word in words]
    parts = [
        Part(spelt=True, joined=len(fold) >= spelling.JOINED_FROM, begins=len(fold) < SHORT) if fold else part
        for fold, part in zip(folded, written(words).parts, strict=True)
    ]
    pieces = [
        spelling.spelt_pieces(fold) if fold else spelling.pieces(word) for fold, word in zip(folded, words, strict=True)
    ]
    return _term(parts, [fold or word for fold, word in zip(folded, words, strict=True)], pieces)


def _term(parts: Sequence[Part], words: Sequence[str], pieces: Sequence[set[str]]) -> Term:
    letters = (f" {word}" if part.begins else word for part, word in zip(parts, words, strict=True))
    return Term(tuple(parts), tuple(map(_escaped, letters)), sorted(set().union(*pieces)))


def _escaped(word: str) -> str:
    """% and _ are letters like others."""
    return re.sub(f"[{ESCAPE}%_]", rf"{ESCAPE}\g<0>", word)


def _has_digits(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def spelt(word: str) -> str:
    """Empty for what holds a digit or no letter: that is not spelt in several ways."""
    return "" if _has_digits(word) else spelling.fold(word).replace(" ", "")
