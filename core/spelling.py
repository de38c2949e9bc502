"""One spelling for names that are written in several ways, and what the search box finds them by.

Lakshmi and Laxmi, Sreenivas and Srinivas, Mohammed, Muhammad and Mohd fold to the same letters. Other scripts keep
theirs. The folded name is for comparing only and is never shown.
"""

import re
import unicodedata
from itertools import takewhile

MARK = "~"  # stands before a piece of the folded name, so that it is not taken for one of the name as it is written
JOINED_FROM = 6  # letters from which a word may be written as two: Jayalakshmi, Jaya Lakshmi
_TITLES = frozenset(["mr", "mrs", "ms", "dr", "shri", "sri", "smt", "kumari", "baby", "master"])
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "e", "œ": "e", "ı": "i", "þ": "t", "ð": "d"})
_MUHAMMAD = re.compile(r"m[ou]h?a?m+[aeiou]*d|mohd|muhd|md")
# In the order applied.
_SOUNDS = tuple(
    (re.compile(written), folded)
    for written, folded in (
        (r"x", "ks"),
        (r"ph", "f"),
        (r"ck|q|c(?!h)", "k"),
        (r"z", "j"),
        (r"(?<=[^aeiou])h|h(?![aeiou])", ""),  # aspirated, or not heard
        (r"aa+", "a"),
        (r"oo|ou|ow|au", "u"),
        (r"w", "v"),
        (r"ey$", "e"),
        (r"ei|ey", "ai"),
        (r"ee|ea|ie|y", "i"),
        (r"(.)\1+", r"\1"),
    )
)


def fold(name: str) -> str:
    """The words of a name in one spelling each, without titles and signs."""
    words = re.sub("['’`\u200d]", "", _bare(name.casefold()))
    words = "".join(letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " " for letter in words)
    told = [word for word in words.split() if word not in _TITLES] or words.split()
    return " ".join(filter(None, map(_folded, told)))


def grams(name: str, phone: str, mrn: str) -> list[str]:
    """Every three letters in a row of each word, and each word's first one and two after a space; folded ones too."""
    spelt = fold(name).split()
    marked = {MARK + piece for piece in _inside(["".join(spelt), *spelt]) | _beginnings(spelt)}
    words = f"{name} {phone} {mrn}".lower().split()
    return sorted(_inside(words) | _beginnings(words) | marked)


def pieces(word: str) -> set[str]:
    """The grams of whoever has this part of a word."""
    return {f" {word}"} if len(word) < 3 else _inside([word])


def spelt_pieces(folded: str) -> set[str]:
    return {MARK + piece for piece in pieces(folded)}


def alike(one: str, other: str) -> bool:
    """Whether two folded names may be one: the same words in any order, some left out, shortened or run together."""
    fewer, more = sorted((one.split(), other.split()), key=len)
    if one.replace(" ", "") == other.replace(" ", ""):
        return bool(one)
    return bool(fewer) and any(len(word) > 1 for word in fewer) and _each_has_its_own(fewer, more)


def nearly(one: str, other: str) -> bool:
    """Whether two folded names differ by a letter of a surname: Lakshmi Iyer, Lakshmi Iyar. A family differs before."""
    (given, *family), (other_given, *other_family) = one.split() or [""], other.split() or [""]
    return given == other_given and len(family) == len(other_family) and all(map(_a_letter_apart, family, other_family))


def _a_letter_apart(one: str, other: str) -> bool:
    """At most: another one, one more, or one less. Initials and words of two letters are equal or others."""
    at = len([*takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))])
    rest, its = one[at:], other[at:]
    apart = its[1:] in (rest, rest[1:]) or rest[1:] == its
    return one == other or (min(len(one), len(other)) > 2 and apart)


def _each_has_its_own(fewer: list[str], more: list[str]) -> bool:
    left = list(more)
    for word in sorted(fewer, key=len, reverse=True):
        match = next((other for other in left if _same_word(word, other)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _same_word(one: str, other: str) -> bool:
    """Equal, an initial, or two letters changed places: Vikram, Vikarm."""
    if 1 in (len(one), len(other)):
        return one[0] == other[0]
    return one == other or (one[0] == other[0] and len(one) > 4 and sorted(one) == sorted(other))


def _bare(text: str) -> str:
    """Without diacritics; the vowel signs of other scripts are letters and stay."""
    apart = unicodedata.normalize("NFKD", text).translate(_LETTERS)
    return unicodedata.normalize("NFC", "".join(ch for ch in apart if not "\u0300" <= ch <= "\u036f"))


def _folded(word: str) -> str:
    if _MUHAMMAD.fullmatch(word):
        return "muhamad"
    for written, folded in _SOUNDS:
        word = written.sub(folded, word)
    return word


def _inside(words: list[str]) -> set[str]:
    return {word[i : i + 3] for word in words for i in range(len(word) - 2)}


def _beginnings(words: list[str]) -> set[str]:
    return {f" {word[:n]}" for word in words for n in (1, 2)}
