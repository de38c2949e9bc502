"""What the doctor ordered, for the patient and the pharmacy."""

from dataclasses import dataclass
from typing import ClassVar

from core.papers.sheet import Bearer, Letterhead


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

    TEMPLATE: ClassVar = "prescription.typ"

    letterhead: Letterhead
    bearer: Bearer
    number: str
    lines: tuple[Line, ...]
    follow_up: str = ""
