"""Labels for what is handed over: 70 x 35 mm, one to a page, for a printer of labels."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.papers.typesetting import html, pdf


@dataclass(frozen=True)
class Label:
    """All as it shall be read; what is empty is left out."""

    clinic: str
    patient: str
    medicine: str
    words: str
    quantity: str
    batch: str
    expires: str
    day: str


def labels_pdf(labels: Sequence[Label]) -> bytes:
    return pdf("label.typ", _data(labels))


def labels_html(labels: Sequence[Label]) -> str:
    """For the printer."""
    return html("label.typ", _data(labels), "70mm 35mm", "Labels")


def _data(labels: Sequence[Label]) -> dict[str, Any]:
    return {"labels": [asdict(label) for label in labels]}
