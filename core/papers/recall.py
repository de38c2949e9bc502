"""Letters to patients who have a medicine at home that is called back: a page for each."""

from dataclasses import asdict, dataclass

from core.papers.sheet import Letterhead
from core.papers.typesetting import pdf


@dataclass(frozen=True)
class RecallLetter:
    """`lines` are day, medicine, batch, quantity and bill, as they shall be read."""

    patient: str
    mrn: str
    lines: tuple[tuple[str, str, str, str, str], ...]


@dataclass(frozen=True)
class RecallLetters:
    """`size` is A4 or A5; the same text stands in every letter."""

    letterhead: Letterhead
    size: str
    day: str
    text: str
    letters: tuple[RecallLetter, ...]


def recall_letters(paper: RecallLetters) -> bytes:
    """One PDF."""
    return pdf("recall.typ", {**asdict(paper), "sheet": {"size": paper.size.lower()}})
