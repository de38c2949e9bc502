"""What a storm has left behind: every answered click there once, every other one not at all; and the figures."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from sqlalchemy import text
from sqlalchemy.orm import Session

from core import db
from core.models import Base
from tests.faults.diary import Told
from tests.faults.reaper import Strike
from tests.races import accounts, counting

# One row of the table for each click of these.
ROWS = {
    "patients": ("register", "register_and_walk_in"),
    "tokens": ("register_and_walk_in",),
    "invoices": ("invoice_by_hand",),
    "credit_notes": ("refund",),
    "batches": ("receive",),
    "idempotency_keys": None,  # of any
}
# What went wrong by hand, and the count that must see it: negative controls.
PLANTED = {
    "an answered click lost": "DELETE FROM payments WHERE id = (SELECT max(id) FROM payments)",
    "its key lost": "DELETE FROM idempotency_keys WHERE key = (SELECT max(key) FROM idempotency_keys)",
    "a patient lost": "DELETE FROM patients WHERE id = (SELECT max(id) FROM patients)",
    "a payment doubled": """INSERT INTO payments SELECT (p).* FROM (
        SELECT jsonb_populate_record(p, jsonb_build_object('id', (SELECT max(id) + 1 FROM payments))) AS p
        FROM payments p ORDER BY id DESC LIMIT 1) AS copy""",
    "units doubled": "UPDATE stock_movements SET change = change * 2 WHERE id = (SELECT max(id) FROM stock_movements)",
}


@dataclass(frozen=True)
class Start:
    """What was there before the storm, and what its makers were told."""

    rows: Counter[str]
    told: list[dict]


def look(start: Start, told: list[Told], strikes: list[Strike], limit: float) -> tuple[str, list[str]]:
    """The summary, and what is wrong."""
    answers = [one for each in told for one in each.answers]
    with _unhurried() as session:
        wrong = _wrongs(session, start, answers)
        after = rows(session)
    for each in told:
        wrong += [f"No answer to {key}" for key, *_ in each.unanswered()]
        wrong += [f"A fault at {fault['verb']}: {fault['problem']}" for fault in each.faults]
    wrong += _blind(start, answers)
    waits = times_to_usable(told, strikes)
    wrong += [
        f"Usable only {wait:.1f} s after {action} {component}"
        for (component, action), found in waits.items()
        for wait in found
        if wait > limit
    ]
    return _summary(told, answers, after, waits), wrong


@contextmanager
def _unhurried() -> Iterator[Session]:
    """Rolled back in the end. A million answers are reckoned up for longer than a transaction may wait otherwise."""
    with db.engine().connect() as connection, Session(connection) as session:
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield session


def rows(session: Session) -> Counter[str]:
    tables = (table.name for table in Base.metadata.sorted_tables)
    counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables)
    return Counter(dict(session.execute(text(counts)).all()))


def _wrongs(session: Session, start: Start, answers: list[dict]) -> list[str]:
    events = counting.all_done(session)
    found = accounts.wrongs(session, [*start.told, *answers])
    found["numbers of tokens"] = counting.numbers_wrong(session, events)
    found["calls"] = counting.called_twice(events)
    found["tokens"] = counting.forgotten(session, events)
    found["rows"] = _rows_unlike(start.rows, rows(session), answers)
    return [f"{name}: {len(wrong)}, {wrong[:3]}" for name, wrong in found.items() if wrong]


def _rows_unlike(before: Counter[str], after: Counter[str], answers: list[dict]) -> list[str]:
    verbs = Counter({one["key"]: one["verb"] for one in answers}.values())
    wanted = {name: verbs.total() if of is None else sum(verbs[verb] for verb in of) for name, of in ROWS.items()}
    return [
        f"{name}: {after[name] - before[name]} came, {number} were answered"
        for name, number in wanted.items()
        if after[name] - before[name] != number
    ]


def _blind(start: Start, answers: list[dict]) -> list[str]:
    """The negative controls that these counts do not see."""
    blind = []
    for name, by_hand in PLANTED.items():
        with _unhurried() as session:
            session.execute(text("SET LOCAL session_replication_role = replica"))  # no trigger is in the way
            session.execute(text(by_hand))
            if not _wrongs(session, start, answers):
                blind.append(f"Nobody would see {name}")
    return blind


def times_to_usable(told: list[Told], strikes: list[Strike]) -> dict[tuple[str, str], list[float]]:
    """Seconds from each restart to the end of the first click that began afterwards: of that app, or of any."""
    successes = [sorted(each.successes) for each in told]
    every = sorted(success for each in successes for success in each)
    waits = defaultdict(list)
    for strike in strikes:
        candidates = every if strike.app is None else successes[strike.app]
        ends = [ended for began, ended in candidates if began >= strike.mended_at]
        if ends:
            waits[strike.component, strike.action].append(min(ends[:50]) - strike.mended_at)
    return waits


def _summary(told: list[Told], answers: list[dict], after: Counter[str], waits) -> str:
    clicks = Counter({one["key"]: one["verb"] for one in answers}.values())
    refused = Counter(name for each in told for name in each.refused)
    lines = [f"{'component':10} {'strike':16} {'times':>5}  {'usable after, median':>20}  {'longest':>8}"]
    for (component, action), found in sorted(waits.items()):
        lines.append(f"{component:10} {action:16} {len(found):5}  {median(found):18.1f} s  {max(found):6.1f} s")
    every = sorted(wait for found in waits.values() for wait in found) or [0.0]
    kills = sum(len(found) for (_, action), found in waits.items() if action.startswith("kill"))
    lines += [
        f"kills: {kills}, usable after {median(every):.1f} s at the median and {every[-1]:.1f} s at the longest",
        f"clicks answered: {clicks.total():,} ({len(answers):,} times); refused: {refused.total():,}",
        # Each answered click also wrote its answer to the row of its key.
        f"writes in PostgreSQL: {after.total() + clicks.total():,}; rows: {after.total():,}",
        f"by verb: {dict(clicks.most_common())}",
        f"refusals: {dict(refused.most_common())}",
    ]
    return "\n".join(lines)
