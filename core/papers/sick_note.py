"""For an employer or a school: that somebody is ill, and until when."""

from dataclasses import dataclass
from typing import ClassVar

from core.papers.sheet import Bearer, Letterhead
from core.words import ENGLISH


@dataclass(frozen=True)
class SickNotePaper:
    """`sentence` goes on from the name: seen when, unfit when. `diagnosis` only where the doctor ticks it. It stays
    in the `language` in which it was issued."""

    TEMPLATE: ClassVar = "sick_note.typ"

    letterhead: Letterhead
    bearer: Bearer
    sentence: str
    diagnosis: str = ""
    remark: str = ""
    language: str = ENGLISH
