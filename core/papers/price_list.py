"""What things cost here, for the wall or the desk."""

from dataclasses import dataclass, field
from typing import ClassVar

from core.papers.money import Issuer
from core.papers.sheet import Bearer
from core.words import say

NOBODY = Bearer("", ())


@dataclass(frozen=True)
class Section:
    """Rows are name, price, tax and price with tax, as they shall be read."""

    title: str
    rows: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class PriceListPaper:
    """`number` is the day it is of."""

    TEMPLATE: ClassVar = "price_list.typ"

    issuer: Issuer
    number: str
    sections: tuple[Section, ...]
    title: str = field(default_factory=lambda: say("Price list"))
    stamp: str = ""
    code: str = ""
    bearer: Bearer = NOBODY
