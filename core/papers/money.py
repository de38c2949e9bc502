"""What is billed, taken and given back: invoice, receipt, credit note, receipt for an advance."""

from dataclasses import dataclass
from typing import ClassVar

from core.papers.sheet import Bearer


@dataclass(frozen=True)
class Issuer:
    """Who charges; what is empty is left out."""

    clinic: str
    address: str
    phone: str
    tax_number: str


@dataclass(frozen=True)
class Charge:
    """A line, as it shall be read. `basis` is why it has its price, `discounted` why it has its discount; `steps` tells
    in one line how the amount comes about, where the paper is too narrow for columns."""

    what: str
    basis: str
    discounted: str
    quantity: str
    price: str
    discount: str
    tax: str
    amount: str
    steps: str


@dataclass(frozen=True)
class Sum:
    """Words and an amount; `strong` where the eye shall rest, `aside` in small letters beside the words."""

    words: str
    amount: str
    aside: str = ""
    strong: bool = False


@dataclass(frozen=True)
class MoneyPaper:
    """All as it shall be read; what is empty is left out. `stamp` is said beside the title: "Paid", "Not paid".

    `taxes` are rate, what it is reckoned on, and tax; `moved` is money that came or went. `code` is what a scan
    finds it by, where that is not its number.
    """

    TEMPLATE: ClassVar = "money.typ"

    issuer: Issuer
    title: str
    number: str
    bearer: Bearer
    charges: tuple[Charge, ...] = ()
    sums: tuple[Sum, ...] = ()
    taxes: tuple[tuple[str, str, str], ...] = ()
    moved: tuple[Sum, ...] = ()
    stamp: str = ""
    remark: str = ""
    code: str = ""
