"""Books that must balance: what is true of a clinic's records at any moment, whatever happened to the machine.

A rule is a sentence, one query for the records that break it, and what puts them right. `etl.proof` asks them all, for
`qure verify` and the Books screen, and whether Redis and MongoDB say the same.
"""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from core import clock
from core.books import bills, care, counter, drawers, stock
from core.books.checked import Checked, last, note
from core.books.naming import Named, named
from core.books.rule import Rule

__all__ = ["RULES", "Checked", "Imbalance", "Named", "Rule", "broken", "check", "last", "named", "note"]

RULES = (*bills.RULES, *drawers.RULES, *stock.RULES, *counter.RULES, *care.RULES)
_TOLD, _KEPT = 5, 20


@dataclass(frozen=True)
class Imbalance:
    """A rule that does not hold. `records` are the first few of `count`. Screens say its words, commands print them."""

    sentence: str
    what: str
    count: int
    records: tuple[str, ...]
    repair: str

    @property
    def problem(self) -> str:
        """ "A batch holds the sum of its movements: not so for 2 batches (7, 12)." """
        records = ", ".join([*self.records[:_TOLD], *(["…"] if self.count > _TOLD else [])])
        return f"{self.sentence}: not so for {self.count:,} {self.what} ({records})."


def check(session: Session) -> list[Imbalance]:
    """The rules that do not hold, looked at in one snapshot if the transaction is one."""
    return [found for rule in RULES if (found := broken(session, rule))]


def broken(session: Session, rule: Rule) -> Imbalance | None:
    """What breaks a rule; None where it holds."""
    ids = session.scalars(text(rule.breaking), {"zone": clock.zone().key} if ":zone" in rule.breaking else {}).all()
    if not ids:
        return None
    return Imbalance(rule.sentence, rule.records, len(ids), tuple(map(str, ids[:_KEPT])), rule.repair)
