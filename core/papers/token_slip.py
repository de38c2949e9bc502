"""The slip of paper with the number, for an 80 mm printer."""

from dataclasses import asdict, dataclass

from core.papers.typesetting import pdf
from core.words import language


@dataclass(frozen=True)
class TokenSlip:
    """All as it shall be read; what is empty is left out."""

    clinic: str
    number: int
    patient: str
    doctor: str
    room: str
    wait: str
    moment: str


def token_slip(slip: TokenSlip) -> bytes:
    """A PDF of one page."""
    return pdf("token_slip.typ", asdict(slip), language())
