"""A list on A4 for the clinic's own use: a count sheet, a bin card."""

from dataclasses import asdict, dataclass, field

from core.papers.typesetting import pdf
from core.words import language


@dataclass(frozen=True)
class Column:
    """`share` of the width that is left; 0 for as wide as its longest word. Numbers stand to the right."""

    name: str
    share: int = 0
    to_the_right: bool = False


@dataclass(frozen=True)
class ListPaper:
    """All as it shall be read. `facts` are words and values; an empty cell is left to be filled in by hand.

    `signed` are the words under the lines for hands at the end; `tall` rows have room for handwriting,
    `wide` paper lies on its side.
    """

    clinic: str
    title: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    signed: tuple[str, ...] = ()
    tall: bool = False
    wide: bool = False
    language: str = field(default_factory=language)


def list_paper(paper: ListPaper) -> bytes:
    """A PDF of as many pages as it takes, each with the heads of the columns."""
    return pdf("list_paper.typ", asdict(paper), paper.language)
