"""Whether a patient is allergic to a medicine, by the words in which the allergy was written down.

A false alarm is cheaper than a miss: words match by their beginning both ways.
"""

import re
from collections.abc import Iterator

from core import formulary
from core.models import Medicine
from core.prescriptions.taker import Taker

RECORD, CLASSES = "The patient's record", "BNF, hypersensitivity by class"
# Words that do not name what is in a medicine, and words that do not name an allergy.
_NOT_NAMES = frozenset(
    {
        *("acid", "capsule", "capsules", "chloride", "cream", "drops", "elixir", "eye", "forte", "gel"),
        *("hydrochloride", "inhaler", "injection", "lotion", "ointment", "oral", "plus", "potassium", "powder"),
        *("sachet", "sodium", "solution", "spray", "sulphate", "sulfate", "suppository", "suspension", "syrup"),
        *("tablet", "tablets", "vial", "water", "with", "known", "none", "allergy", "allergies", "allergic", "drug"),
        *("drugs", "medicine", "medicines", "rash", "severe", "mild"),
    }
)


def told(medicine: Medicine, taker: Taker) -> Iterator[tuple[str, str]]:
    """Sentence and source: at most one, the nearest."""
    said = sorted(_words(taker.allergies) - _NOT_NAMES)
    if not said:
        return
    names = _words(f"{medicine.name} {medicine.generic}") - _NOT_NAMES
    substances = formulary.substances_in(f"{medicine.generic} {medicine.name}")
    names |= {word for substance in substances for name in substance.names for word in _words(name)} - _NOT_NAMES
    if word := _named(said, names):
        yield f"{taker.name} is allergic to {word}.", RECORD
        return
    classes = {group for substance in substances for group in substance.classes}
    classes |= {group for name in names for group in formulary.classes_of(name)}
    for group in sorted(classes):
        if word := _named(said, formulary.said_of(group)):
            yield f"{taker.name} is allergic to {word}, and it is a {formulary.title(group)}.", CLASSES
            return
    for group in sorted(filter(None, map(formulary.related, classes))):
        if word := _named(said, formulary.said_of(group)):
            yield f"{taker.name} is allergic to {word}, and a few who are react to it too.", CLASSES
            return


def _named(said: list[str], names: "set[str] | tuple[str, ...]") -> str | None:
    """The word of the allergy that begins like one of the names, or the other way round."""
    return next((word for word in said if any(n.startswith(word) or word.startswith(n) for n in names)), None)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{4,}", text.casefold()))
