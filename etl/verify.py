"""Proof that MongoDB says what PostgreSQL says: every document once and equal, and the audit chain unbroken.

The clinic works on meanwhile. So what differs is compared once more after another pass of the relay; only what still
differs is a break. MongoDB is read from end to end and PostgreSQL by the ids found there, each in batches.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session
from tqdm import tqdm

from core import db
from core.analytics import reading, store
from core.words import later, say
from etl import audit_logs, chain, lock, relay, set_aside
from etl.rebuild import COLLECTIONS, Collection
from etl.seen import Seen

_IDS_AT_ONCE = 200  # SecantusDB compares each document with each of them
CHAIN, COPY, DRAWERS = "audit trail", "copy of the audit trail", "audit trail and drawers"
REPAIR = later("`python -m etl rebuild` makes MongoDB again from PostgreSQL.")
_REPAIR_COPY = later("Find out who changed it; `python -m etl rebuild` makes MongoDB again from PostgreSQL.")
_FORGED = later(
    "Somebody wrote into the database past Qure. Do not rebuild MongoDB: its copy of the audit trail is the witness. "
    "Keep both as they are, find out who it was, and go back to a backup from before."
)
REFUSED = "set aside"
_REPAIR_REFUSED = later(
    "Reports go without it. Mend the record, or what MongoDB was given besides Qure's own indexes; Qure tries again "
    "every hour and with every check."
)
_WITNESS = {
    True: " MongoDB's copy holds, to the stored end of the trail.",
    False: " MongoDB's copy is broken, too.",
}


@dataclass(frozen=True)
class Break:
    collection: str
    problem: str
    repair: str = REPAIR


def run(progress: bool = False, tell: Callable[[str], None] = lambda collection: None) -> list[Break]:
    """Everything that does not fit; empty if all does. `tell` hears which collection is read. Raises OtherAtWork."""
    with db.transaction() as session, store.unhurried():
        lock.wait(session)
        _catch_up(session)
        set_aside.try_again(session, COLLECTIONS, rest=timedelta(0))
        suspects: dict[str, set[Any]] = {}
        for source in COLLECTIONS:
            tell(source.COLLECTION)
            suspects[source.COLLECTION] = _differing(session, source, progress)
        _catch_up(session)
        breaks = _refused(session, suspects)
        breaks += [
            Break(source.COLLECTION, problem)
            for source in COLLECTIONS
            for problem in _still_differing(session, source, suspects[source.COLLECTION])
        ]
        copied = not any(found.collection == audit_logs.COLLECTION for found in breaks)
        return [*breaks, *_with_the_copy(session, copied)]


def of_the_trail(session: Session) -> list[Break]:
    """What PostgreSQL alone knows of the audit trail."""
    problems = {CHAIN: chain.break_in_postgresql(session), DRAWERS: chain.break_with_drawers(session)}
    return [Break(rule, problem, _FORGED) for rule, problem in problems.items() if problem]


def _refused(session: Session, suspects: dict[str, set[Any]]) -> list[Break]:
    """Documents that were set aside; they are suspects no more."""
    refused = set_aside.every(session)
    for one in refused:
        suspects[one.collection] -= {key for key in suspects[one.collection] if str(key) == one.document_id}
    told = [
        say(
            "MongoDB refused {collection} {key}: {problem}.",
            collection=one.collection,
            key=one.document_id,
            problem=one.problem,
        )
        for one in refused
    ]
    return [Break(REFUSED, problem, _REPAIR_REFUSED) for problem in told]


def _catch_up(session: Session) -> None:
    while any(relay.carry(session)[:2]):
        pass


def _differing(session: Session, source: Collection, progress: bool) -> set[Any]:
    """Ids whose document is missing, too many or not equal."""
    differing, seen, equal = set(), Seen(), 0
    bar = tqdm(
        total=source.count(session), desc=source.COLLECTION, unit=" documents", disable=None if progress else True
    )
    with bar:
        for kept in store.batches(reading.everything(source.COLLECTION)):
            true = {document["_id"]: document for document in source.by_id(session, [row["_id"] for row in kept])}
            for row in kept:
                if true.get(row["_id"]) == row:
                    equal += 1
                else:
                    differing.add(row["_id"])
            for key in true:
                seen.add(key)
            bar.update(len(kept))
    if equal < source.count(session):
        ids = (document["_id"] for batch in source.documents(session) for document in batch)
        differing |= {key for key in ids if key not in seen}
    return differing


def _still_differing(session: Session, source: Collection, suspects: set[Any]) -> Iterator[str]:
    for ids in store.batches(sorted(suspects), _IDS_AT_ONCE):
        true = {document["_id"]: document for document in source.by_id(session, ids)}
        kept = {row["_id"]: row for row in store.find(source.COLLECTION, {"_id": {"$in": ids}})}
        for key in ids:
            which = {"collection": source.COLLECTION, "key": key}
            if key not in kept and key in true:
                yield say("{collection} {key} is missing.", **which)
            elif key not in true and key in kept:
                yield say("{collection} {key} is in MongoDB alone.", **which)
            elif kept.get(key) != true.get(key):
                yield say("{collection} {key} is not equal: {fields}.", **which, fields=_unequal(kept[key], true[key]))


def _with_the_copy(session: Session, copied: bool) -> Iterator[Break]:
    """`copied`: MongoDB has each entry as PostgreSQL has it."""
    trail = of_the_trail(session)
    forged = any(found.collection == CHAIN for found in trail)
    copy = chain.break_in_mongodb(session) if forged or not copied else None
    for found in trail:
        yield replace(found, problem=found.problem + _WITNESS[copy is None]) if found.collection == CHAIN else found
    if copy:
        yield Break(COPY, copy, _FORGED if forged else _REPAIR_COPY)


def _unequal(kept: store.Document, true: store.Document) -> str:
    return ", ".join(sorted(name for name in kept.keys() | true.keys() if kept.get(name) != true.get(name)))
