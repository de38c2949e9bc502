"""What is ordered, as it goes to the supplier: on A4."""

from dataclasses import asdict, dataclass, field

from core.papers.typesetting import pdf
from core.words import language


@dataclass(frozen=True)
class PurchaseOrderPaper:
    """All as it shall be read; what is empty is left out. A line is medicine, quantity, cost of one, sum."""

    clinic: str
    address: str
    phone: str
    number: str
    ordered_on: str
    expected_on: str
    supplier: str
    contact: tuple[str, ...]
    lines: tuple[tuple[str, str, str, str], ...]
    total: str
    note: str
    ordered_by: str
    language: str = field(default_factory=language)


def purchase_order(paper: PurchaseOrderPaper) -> bytes:
    """A PDF of as many pages as it takes."""
    sheet = {"size": "a4", "void": "", "qr": ""}
    return pdf("purchase_order.typ", {**asdict(paper), "sheet": sheet}, paper.language)
