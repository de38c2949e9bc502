"""Whether a patient is allergic to a medicine, by the words in which the allergy was written down.

A false alarm is cheaper than a miss: words match by their beginning both ways, nobody reads "not", and who is allergic
to one of a class may be allergic to all of it.
"""

import re
from collections.abc import Iterator

from core import formulary
from core.formulary import Substance
from core.models import Medicine
from core.prescriptions.taker import Taker, allergens
from core.words import later, say

RECORD, CLASSES = later("The patient's record"), later("BNF, hypersensitivity by class")
# Words that do not name what is in a medicine.
_NOT_NAMES = frozenset(
    {
        *("acid", "capsule", "capsules", "chloride", "cream", "drops", "elixir", "eye", "forte", "gel"),
        *("hydrochloride", "inhaler", "injection", "lotion", "ointment", "oral", "plus", "potassium", "powder"),
        *("sachet", "sodium", "solution", "spray", "sulphate", "sulfate", "suppository", "suspension", "syrup"),
        *("tablet", "tablets", "vial", "water", "with"),
    }
)


def told(medicine: Medicine, taker: Taker) -> Iterator[tuple[str, str]]:
    """Sentence and source: at most one, the nearest."""
    said = [word for word in allergens(taker.allergies) if word not in _NOT_NAMES]
    if not said:
        return
    names = _words(f"{medicine.name} {medicine.generic}")
    substances = formulary.substances_in(f"{medicine.generic} {medicine.name}")
    names |= {word for substance in substances for name in substance.names for word in _words(name)}
    if word := _named(said, names):
        yield say("{name} is allergic to {word}.", name=taker.name, word=word), say(RECORD)
        return
    meant = {word: _meant(word, taker) for word in said}
    if found := next(((w, s.name) for w, known in meant.items() for s in substances if s in known), None):
        word, substance = found
        sentence = later("{name} is allergic to {word}, and {substance} is in it.")
        yield say(sentence, name=taker.name, word=word, substance=substance), say(RECORD)
        return
    classes = {group for substance in substances for group in substance.classes}
    classes |= {group for name in names for group in formulary.classes_of(name)}
    for group in sorted(classes):
        if word := _of_class(group, meant):
            yield _one_of_class(taker.name, word, formulary.title(group)), say(CLASSES)
            return
    for group in sorted(filter(None, map(formulary.related, classes))):
        if word := _of_class(group, meant):
            sentence = later("{name} is allergic to {word}, and a few who are react to it too.")
            yield say(sentence, name=taker.name, word=word), say(CLASSES)
            return


def _meant(word: str, taker: Taker) -> frozenset[Substance]:
    """What a word of an allergy stands for: substances, also cut short, or a brand on the clinic's list."""
    by_brand = (formulary.substances_in(generic) for brand, generic in taker.brands if brand == word)
    return frozenset(formulary.substances_begun(word)).union(*by_brand)


def _of_class(group: str, meant: dict[str, frozenset[Substance]]) -> str | None:
    """The word that names the class, or one of it."""
    said = formulary.said_of(group)
    return _named(list(meant), said) or next(
        (word for word, known in meant.items() if said and any(group in one.classes for one in known)), None
    )


def _one_of_class(name: str, word: str, title: str) -> str:
    sentence = later("{name} is allergic to {word}, and it is a {title}.")
    if title[0] in "aeioAEIO":
        sentence = later("{name} is allergic to {word}, and it is an {title}.")
    return say(sentence, name=name, word=word, title=say(title))


def _named(said: list[str], names: "set[str] | tuple[str, ...]") -> str | None:
    """The word of the allergy that begins like one of the names, or the other way round."""
    return next((word for word in said if any(n.startswith(word) or word.startswith(n) for n in names)), None)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{4,}", text.casefold())) - _NOT_NAMES
