"""What the doctor ordered, for the patient and the pharmacy."""

from dataclasses import asdict, dataclass

from core.papers.sheet import Bearer, Letterhead, Sheet
from core.papers.typesetting import pdf


@dataclass(frozen=True)
class Line:
    """A medicine, what is in it, how it is taken in words, and how much is handed over."""

    medicine: str
    generic: str
    words: str
    quantity: str


@dataclass(frozen=True)
class PrescriptionPaper:
    """All as it shall be read; what is empty is left out."""

    letterhead: Letterhead
    bearer: Bearer
    number: str
    lines: tuple[Line, ...]
    follow_up: str = ""


def prescription(paper: PrescriptionPaper, sheet: Sheet) -> bytes:
    """A PDF of as many pages as it takes."""
    return pdf("prescription.typ", {**asdict(paper), "sheet": sheet.data})
