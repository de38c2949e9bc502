"""Letters to patients who have a medicine at home that is called back: a page for each."""

from dataclasses import dataclass
from typing import ClassVar

from core.papers.sheet import Letterhead


@dataclass(frozen=True)
class RecallLetter:
    """`lines` are day, medicine, batch, quantity and bill, as they shall be read."""

    patient: str
    mrn: str
    lines: tuple[tuple[str, str, str, str, str], ...]


@dataclass(frozen=True)
class RecallLetters:
    """The same text stands in every letter."""

    TEMPLATE: ClassVar = "recall.typ"

    letterhead: Letterhead
    day: str
    text: str
    letters: tuple[RecallLetter, ...]
