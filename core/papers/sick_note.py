"""For an employer or a school: that somebody is ill, and until when."""

from dataclasses import dataclass
from typing import ClassVar

from core.papers.sheet import Bearer, Letterhead


@dataclass(frozen=True)
class SickNotePaper:
    """`sentence` goes on from the name: seen when, unfit when. `diagnosis` only where the doctor ticks it."""

    TEMPLATE: ClassVar = "sick_note.typ"

    letterhead: Letterhead
    bearer: Bearer
    sentence: str
    diagnosis: str = ""
    remark: str = ""
