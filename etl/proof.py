"""The proof that everything adds up: the rules of the books, today's queue in Redis, every document in MongoDB and the
chain of the audit trail. `qure verify` and the Books screen ask here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy.orm import Session

from core import books, db, token_queue
from core.errors import ClinicError
from core.words import later, say, say_count
from etl import chain, verify
from etl.rebuild import COLLECTIONS

QUEUE = later("Today's queue in Redis is that of PostgreSQL")
CHAIN = later("The audit trail is as it was written, each entry in its place, to its stored end")
COPY = later("MongoDB's copy of the audit trail is unbroken")
REFUSED = later("MongoDB has refused no document")
DRAWERS = later("The audit trail carries the marks that closed drawers have of it")
OF_COLLECTION = later("MongoDB has every document of {name} once, equal to PostgreSQL")
Tell = Callable[[str, float], None]


class Store(StrEnum):
    """What is mended when a rule does not hold; a broken CHAIN is looked into, and nothing is mended meanwhile."""

    BOOKS = "BOOKS"
    QUEUE = "QUEUE"
    DOCUMENTS = "DOCUMENTS"
    CHAIN = "CHAIN"


@dataclass(frozen=True)
class Finding:
    """A rule and what breaks it: `count` times a `what`, of which `records` are the first few.

    Unless it was `looked` at, nobody knows. A screen says the `sentence`, of a `collection` if there is one.
    """

    store: Store
    sentence: str
    problems: tuple[str, ...] = ()
    repair: str = ""
    count: int = 0
    what: str = ""
    records: tuple[str, ...] = ()
    looked: bool = True
    collection: str = ""

    @property
    def holds(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Proof:
    findings: tuple[Finding, ...]
    chain_length: int
    chain_head: str

    @property
    def broken(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.holds]


# What is found where everything holds, in the order in which it is asked.
ALL_HOLDS = (
    *(Finding(Store.BOOKS, rule.sentence) for rule in books.RULES),
    Finding(Store.QUEUE, QUEUE),
    *(
        Finding(Store.DOCUMENTS, OF_COLLECTION.format(name=source.COLLECTION), collection=source.COLLECTION)
        for source in COLLECTIONS
    ),
    *(Finding(Store.DOCUMENTS, sentence) for sentence in (REFUSED, COPY)),
    *(Finding(Store.CHAIN, sentence) for sentence in (CHAIN, DRAWERS)),
)


def run(tell: Tell = lambda what, share: None, *, progress: bool = False) -> Proof:
    """`tell` hears what is looked at and which share of the whole is done; `progress` draws bars in a terminal."""
    with db.reading() as session:
        findings = [*_rules(session, tell), _queue(session)]
    findings += _mongodb(tell, progress)
    with db.reading() as session:
        return Proof(tuple(findings), *chain.end(session))


def _rules(session: Session, tell: Tell) -> Iterator[Finding]:
    for place, rule in enumerate(books.RULES):
        tell(rule.sentence, _share(place))
        found = books.broken(session, rule)
        yield _broken(found) if found else Finding(Store.BOOKS, rule.sentence)


def _broken(found: books.Imbalance) -> Finding:
    return Finding(Store.BOOKS, found.sentence, (found.problem,), found.repair, found.count, found.what, found.records)


def _queue(session: Session) -> Finding:
    astray = token_queue.astray(session)
    if astray is None:
        away = say("Redis is away, so today's queue in it was not looked at.")
        return Finding(Store.QUEUE, QUEUE, (away,), later("`qure status` tells what runs where."), looked=False)
    if not astray:
        return Finding(Store.QUEUE, QUEUE)
    problem = say_count(
        astray,
        "Today's queue in Redis differs from PostgreSQL by {count:,} entry.",
        "Today's queue in Redis differs from PostgreSQL by {count:,} entries.",
    )
    return Finding(Store.QUEUE, QUEUE, (problem,), later("Qure mends it by itself within a minute; ask again then."))


def _mongodb(tell: Tell, progress: bool) -> list[Finding]:
    """A collection is a rule of its own."""
    places = {source.COLLECTION: place for place, source in enumerate(COLLECTIONS, len(books.RULES) + 1)}
    try:
        breaks = verify.run(progress, lambda name: tell(_of_collection(name), _share(places[name])))
    except ClinicError as refusal:
        away = Finding(Store.DOCUMENTS, later("MongoDB says what PostgreSQL says"), (str(refusal),), looked=False)
        with db.reading() as session:
            return [away, *_trail(verify.of_the_trail(session))]
    return [
        *(replace(_finding(Store.DOCUMENTS, _of_collection(name), name, breaks), collection=name) for name in places),
        _finding(Store.DOCUMENTS, REFUSED, verify.REFUSED, breaks),
        _finding(Store.DOCUMENTS, COPY, verify.COPY, breaks),
        *_trail(breaks),
    ]


def _trail(breaks: list[verify.Break]) -> list[Finding]:
    rules = {verify.CHAIN: CHAIN, verify.DRAWERS: DRAWERS}
    return [_finding(Store.CHAIN, sentence, rule, breaks) for rule, sentence in rules.items()]


def _finding(store: Store, sentence: str, collection: str, breaks: list[verify.Break]) -> Finding:
    own = [found for found in breaks if found.collection == collection]
    return Finding(store, sentence, tuple(found.problem for found in own), own[0].repair if own else "")


def _of_collection(name: str) -> str:
    return OF_COLLECTION.format(name=name)


def _share(place: int) -> float:
    return place / (len(books.RULES) + 1 + len(COLLECTIONS))
