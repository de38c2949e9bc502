"""What happened in a visit, for the patient or the next doctor."""

from dataclasses import dataclass
from typing import ClassVar

from core.papers.sheet import Bearer, Letterhead
from core.words import ENGLISH


@dataclass(frozen=True)
class Note:
    """`said` is when and by whom, and why if it was written after the visit."""

    said: str
    body: str


@dataclass(frozen=True)
class VisitSummaryPaper:
    """All as it shall be read; what is empty is left out. `diagnoses` are code and text. It stays in the
    `language` in which it was issued."""

    TEMPLATE: ClassVar = "visit_summary.typ"

    letterhead: Letterhead
    bearer: Bearer
    diagnoses: tuple[tuple[str, str], ...]
    vitals: tuple[tuple[str, str], ...]
    notes: tuple[Note, ...]
    medicines: tuple[tuple[str, str], ...]
    follow_up: str = ""
    language: str = ENGLISH
