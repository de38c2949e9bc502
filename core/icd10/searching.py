"""Search for a diagnosis: by the beginning of a code, or by words in any order, everyday ones among them.

Beginnings of words come before middles; a slip of one letter is tolerated where nothing else fits. Words are compared
in one spelling: anaemia and anemia, diarrhoea and diarrhea, tumour and tumor.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from core.icd10.book import Code, bare, codes, subcategories
from core.icd10.everyday import ALSO, EVERYDAY

LEAST_INSIDE, LEAST_SLIPPED = 3, 4  # letters of a word from which its middle, or a slip in it, is looked for
_AMERICAN = ((re.compile("[ao]e"), "e"), (re.compile("our"), "or"), (re.compile("isation"), "ization"))
_LAST = "\U0010ffff"


@dataclass
class _Words:
    """Which codes have which words, in every spelling. A code is its place in `_Index.nearest`."""

    having: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    sorted: list[str] = field(default_factory=list)

    def add(self, words: Iterable[str], place: int) -> None:
        for spelling in set().union(*map(_spellings, words)):
            self.having[spelling].append(place)

    def close(self) -> None:
        self.sorted = sorted(self.having)

    def beginning(self, part: str) -> list[str]:
        return self.sorted[bisect_left(self.sorted, part) : bisect_left(self.sorted, part + _LAST)]

    def places(self, words: Iterable[str]) -> set[int]:
        return {place for word in words for place in self.having.get(word, ())}


@dataclass
class _Index:
    """`nearest` holds every code, what is likely in a clinic first: no external causes, then short titles."""

    nearest: list[Code]
    place: dict[str, int]
    bare: list[str]
    all: _Words = field(default_factory=_Words)
    first: _Words = field(default_factory=_Words)  # of the title
    everyday: list[tuple[str, int]] = field(default_factory=list)


def search(term: str, limit: int = 20, before: Sequence[str] = ()) -> list[Code]:
    """Codes that fit, nearest first; of those that fit alike, the codes in `before` come first, in its order."""
    typed = _words(term)
    if not typed:
        return []
    found = dict.fromkeys(_by_code(bare(term), before))
    for codes_of_tier in _by_words(typed, before):
        if len(found) >= limit:
            break
        found |= dict.fromkeys(codes_of_tier)
    return list(found)[:limit]


@cache
def warm_up() -> None:
    """Read the book and index its words, once."""
    _index()


def _by_code(typed: str, before: Sequence[str]) -> list[Code]:
    """Those that begin with what was typed in the order of the book, but the code itself first."""
    index, known = _index(), codes()
    keys = index.bare[bisect_left(index.bare, typed) : bisect_left(index.bare, typed + _LAST)] if typed else []
    exact = [typed] if typed in known else []
    liked = [key for key in map(bare, before) if key.startswith(typed)] if keys else []
    return [known[key] for key in dict.fromkeys([*exact, *liked, *keys]) if key in known]


def _by_words(typed: list[str], before: Sequence[str]) -> Iterator[list[Code]]:
    """Tier by tier: beginnings of words, middles, and slips if nothing was found at all."""
    if len(typed) == 1 and len(typed[0]) == 1:
        return  # one letter begins a code
    begin = _index().all.beginning
    by_beginning = _fitting(typed, begin)
    yield _ranked(by_beginning, typed, before)
    by_middle = _fitting(typed, lambda word: [*begin(word), *_inside(word)]) - by_beginning
    yield _ranked(by_middle, typed, before)
    meant = [_meant(word) for word in typed]
    if not by_beginning and not by_middle and meant != typed:
        yield _ranked(_fitting(meant, begin), meant, before)


def _fitting(typed: list[str], words: Callable[[str], list[str]]) -> set[int]:
    """The codes that have all of what was typed."""
    everyone = _index().all
    each = sorted((everyone.places(fit for word in _spellings(one) for fit in words(word)) for one in typed), key=len)
    return set.intersection(*each)


def _inside(word: str) -> list[str]:
    return [known for known in _index().all.sorted if word in known] if len(word) >= LEAST_INSIDE else []


def _meant(word: str) -> str:
    """The commonest word that begins as typed but for one letter wrong, too many, missing, or two swapped.

    Nobody slips in the first.
    """
    held = _index().all
    if len(word) < LEAST_SLIPPED:
        return word
    alike = [known for known in held.beginning(word[0]) if _one_slip(word, known)]
    return max(alike, key=lambda known: len(held.having[known]), default=word)


def _one_slip(typed: str, known: str) -> bool:
    at = next((place for place, pair in enumerate(zip(typed, known, strict=False)) if pair[0] != pair[1]), len(known))
    rest = typed[at + 1 :]
    swapped = typed[at + 1 : at + 2] + typed[at : at + 1] + typed[at + 2 :]
    return (
        known.startswith(rest, at)
        or known.startswith(rest, at + 1)
        or known.startswith(typed[at:], at + 1)
        or known.startswith(swapped, at)
    )


def _ranked(fitting: set[int], typed: list[str], before: Sequence[str]) -> list[Code]:
    """`before` first, then what is called so, then titles that begin so, whole words before beginnings."""
    if not fitting:
        return []
    index, spellings = _index(), [spelling for word in typed for spelling in _spellings(word)]
    liked = [place for code in before if (place := index.place.get(code)) in fitting]
    called = [place for place in _called(typed) if place in fitting]
    whole = set.intersection(*(index.all.places(_spellings(word)) for word in typed))
    starts = index.first.places(known for word in spellings for known in index.first.beginning(word))
    order = [*liked, *called]
    for nearer in (starts & whole, whole, starts, fitting):
        order += sorted(nearer & fitting)
    return [index.nearest[place] for place in dict.fromkeys(order)]


def _called(typed: list[str]) -> list[int]:
    """By everyday names: the ones that are just what was typed, that begin so, that have one of the words."""
    name = _name(typed)
    beginnings = [f" {word}" for word in name.split()]
    having = [
        (called != name, not called.startswith(name), at, place)
        for at, (called, place) in enumerate(_index().everyday)
        if any(beginning in f" {called}" for beginning in beginnings)
    ]
    return [place for *_, place in sorted(having)]


@cache
def _index() -> _Index:
    nearest = sorted(codes().values(), key=lambda code: (code.code[0] in "VWXY", len(code.title), code.code))
    index = _Index(nearest, {code.code: place for place, code in enumerate(nearest)}, sorted(codes()))
    for place, known in enumerate(nearest):
        words = _words(known.title)
        index.all.add([*words, *(also for word in words for also in ALSO.get(word, "").split())], place)
        index.first.add(words[:1], place)
    for code, said in _everyday():
        index.everyday.extend((_name(_words(called)), index.place[code]) for called in said.split(","))
        for called_so in [code, *subcategories(code)]:
            index.all.add(_words(said), index.place[called_so])
    index.all.close()
    index.first.close()
    return index


def _everyday() -> Iterator[tuple[str, str]]:
    """Codes with what they are called, as the table has them."""
    for line in EVERYDAY.strip().splitlines():
        code, said = line.split(maxsplit=1)
        yield code, said


def _words(text: str) -> list[str]:
    """Without accents and apostrophes: Ménière's disease is "menieres disease"."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("’", ""))
    return re.findall("[a-z0-9]+", "".join(letter for letter in letters if not unicodedata.combining(letter)))


def _spellings(word: str) -> set[str]:
    """As it is written, and in one spelling for both sides of the Atlantic."""
    return {word, _american(word)}


def _name(words: Iterable[str]) -> str:
    return " ".join(map(_american, words))


def _american(word: str) -> str:
    for written, folded in _AMERICAN:
        word = written.sub(folded, word)
    return word
