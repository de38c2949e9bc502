"""Which substances are in a medicine, what class they belong to, and what they do to one another."""

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_LEAST_LETTERS = 4
# Parts of names that no allergy is meant by.
_SALTS = frozenset(
    {
        *("acid", "ascorbate", "benzyl", "calcium", "carbonate", "chloride", "citrate", "ethinyl", "fumarate"),
        *("gluconate", "hydroxide", "lactate", "milk", "oral", "potassium", "salt", "salts", "silver", "sodium"),
        *("soluble", "sulfate", "sulphate", "vitamin"),
    }
)
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


@dataclass(frozen=True, eq=False)
class Substance:
    """`groups` are its own name and its classes. Doses are mg a day, swallowed; a child's per kg of its weight.

    `week_mg` is the most within seven days; `is_weekly`: never to be taken daily.
    """

    name: str
    names: tuple[str, ...]
    classes: tuple[str, ...]
    adult_mg: Decimal | None
    child_mg_per_kg: Decimal | None
    old_mg: Decimal | None
    week_mg: Decimal | None
    from_years: Decimal | None
    why_not_younger: str
    is_weekly: bool
    source: str

    @property
    def groups(self) -> frozenset[str]:
        return frozenset({self.name, *self.classes})


@dataclass(frozen=True)
class Interaction:
    """Between any of one group and any of the other; a group is a substance or a class."""

    one: str
    other: str
    effect: str
    source: str


@dataclass(frozen=True)
class _Class:
    title: str
    said: tuple[str, ...]
    like: re.Pattern[str] | None
    is_double: bool
    related: str


@lru_cache(maxsize=4096)
def substances_in(text: str) -> tuple[Substance, ...]:
    """Those whose name stands in the name or the generic of a medicine, in its order; longer names win."""
    words = _spaced(text)
    found: dict[Substance, int] = {}
    for name, known in _by_name():
        place = words.find(f" {name} ")
        if place >= 0:
            found |= {substance: place for substance in known if substance not in found}
            words = words.replace(f" {name} ", f" {'.' * len(name)} ")
    return tuple(sorted(found, key=found.__getitem__))


@lru_cache(maxsize=4096)
def names_mixture(text: str) -> bool:
    """Whether one word stands for several substances, so that nobody knows which of "160/800 mg" is whose."""
    words = _spaced(text)
    return any(f" {name} " in words for name, known in _by_name() if len(known) > 1)


@lru_cache(maxsize=4096)
def substances_begun(word: str) -> tuple[Substance, ...]:
    """Those whose name a word of at least four letters begins, or has at its own beginning: "amox", "penicillins"."""
    if len(word) < _LEAST_LETTERS:
        return ()
    return tuple(dict.fromkeys(s for name, known in _by_name() if _begins(name, word) for s in known))


@cache
def interactions(one: Substance, other: Substance) -> tuple[Interaction, ...]:
    """What is known of the two together."""
    mine, theirs = one.groups, other.groups
    return tuple(
        known
        for known in _interactions()
        if (known.one in mine and known.other in theirs) or (known.other in mine and known.one in theirs)
    )


def title(group: str) -> str:
    return _classes()[group].title if group in _classes() else group


def is_double(group: str) -> bool:
    """Whether nobody should take two of this class at a time."""
    return group in _classes() and _classes()[group].is_double


def classes_of(name: str) -> tuple[str, ...]:
    """The classes of a medicine that is not on the list, by how it is called: "cefozopran" is a cephalosporin."""
    return tuple(group for group, known in _classes().items() if known.like and known.like.search(name))


def said_of(group: str) -> tuple[str, ...]:
    """What people call an allergy to a class, members included."""
    return _classes()[group].said


def related(group: str) -> str:
    """The class to which a few who are allergic to it react as well; "" for none."""
    return _classes()[group].related


@cache
def all_substances() -> tuple[Substance, ...]:
    return tuple(
        Substance(
            row["name"],
            (row["name"], *_split(row["also"])),
            _split(row["classes"]),
            _number(row["adult_mg"]),
            _number(row["child_mg_per_kg"]),
            _number(row["old_mg"]),
            _number(row["week_mg"]),
            _number(row["from_years"]),
            row["why_not_younger"],
            bool(row["weekly"]),
            row["source"],
        )
        for row in _rows("substances")
    )


@cache
def _by_name() -> tuple[tuple[str, tuple[Substance, ...]], ...]:
    """Longest first, so that "zinc sulfate" is found before "zinc". A name of two together has both."""
    named: dict[str, list[Substance]] = {}
    for substance in all_substances():
        for name in substance.names:
            named.setdefault(name, []).append(substance)
    return tuple((name, tuple(named[name])) for name in sorted(named, key=len, reverse=True))


@cache
def _classes() -> dict[str, _Class]:
    return {
        row["name"]: _Class(
            row["title"],
            _split(row["said"]),
            re.compile(row["like"]) if row["like"] else None,
            bool(row["twice"]),
            row["related"],
        )
        for row in _rows("classes")
    }


@cache
def _interactions() -> tuple[Interaction, ...]:
    return tuple(Interaction(**row) for row in _rows("interactions"))


def _spaced(text: str) -> str:
    """Its words with a space on both sides of each."""
    return " ".join(["", *_WORD.findall(text.casefold()), ""])


def _begins(name: str, word: str) -> bool:
    parts = (part for part in name.split() if len(part) >= _LEAST_LETTERS and part not in _SALTS)
    return any(part.startswith(word) or word.startswith(part) for part in parts)


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def _number(cell: str) -> Decimal | None:
    return Decimal(cell) if cell else None


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(",") if part.strip())
