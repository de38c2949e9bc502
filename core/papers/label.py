"""Labels for what is handed over: 70 x 35 mm, one to a page, for a printer of labels."""

from dataclasses import dataclass
from typing import ClassVar


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


@dataclass(frozen=True)
class Labels:
    TEMPLATE: ClassVar = "label.typ"
    SIZE: ClassVar = "70mm"

    labels: tuple[Label, ...]
