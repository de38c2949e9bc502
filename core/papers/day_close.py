"""A cashier's drawer as it was counted at the end of a day, to be signed and filed."""

from dataclasses import dataclass
from typing import ClassVar

from core.papers.money import Issuer, Sum
from core.papers.sheet import Bearer


@dataclass(frozen=True)
class DayClosePaper:
    """All as it shall be read; what is empty is left out. The bearer is the cashier.

    `cash` leads from what the drawer opened with to what is expected in it, `result` from there to what stays;
    `pieces` are value, how many, amount. `chain_length` and `chain_head` are the audit chain's at that moment.
    """

    TEMPLATE: ClassVar = "day_close.typ"

    issuer: Issuer
    bearer: Bearer
    cash: tuple[Sum, ...]
    pieces: tuple[tuple[str, str, str], ...]
    result: tuple[Sum, ...]
    other: tuple[Sum, ...]
    explanation: str
    chain_length: str
    chain_head: str
