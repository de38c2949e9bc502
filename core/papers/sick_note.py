"""For an employer or a school: that somebody is ill, and until when."""

from dataclasses import asdict, dataclass

from core.papers.sheet import Bearer, Letterhead, Sheet
from core.papers.typesetting import pdf


@dataclass(frozen=True)
class SickNotePaper:
    """`sentence` goes on from the name: seen when, unfit when. `diagnosis` only where the doctor ticks it."""

    letterhead: Letterhead
    bearer: Bearer
    sentence: str
    diagnosis: str = ""
    remark: str = ""


def sick_note(paper: SickNotePaper, sheet: Sheet) -> bytes:
    """A PDF of one page, or two of a small size."""
    return pdf("sick_note.typ", {**asdict(paper), "sheet": sheet.data})
