"""The register of a controlled medicine: every unit that came or went, on numbered pages."""

from dataclasses import dataclass
from typing import ClassVar

from core.papers.sheet import Letterhead


@dataclass(frozen=True)
class RegisterPaper:
    """`rows` are as wide as `columns`, all as it shall be read."""

    TEMPLATE: ClassVar = "drug_register.typ"

    letterhead: Letterhead
    medicine: str
    period: str
    made: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    opening: str
    closing: str
