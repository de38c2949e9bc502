"""Counts what cashiers and pharmacists have left behind. Each count is a list of what is wrong, in words.

What they were told is held against what is in the database: to the paisa and to the unit, no more and no less.
"""

from collections import Counter
from decimal import Decimal

from sqlalchemy import text

from core import books
from tests.races import counting


def wrongs(session, told):
    """{count: what is wrong}; `told` is what the clients were told."""
    done = list({one["key"]: one for one in told if one["outcome"] == "done"}.values())
    return {
        "books": [broken.problem for broken in books.check(session)],
        "answers lost": counting.answers_lost(session, told),
        "forms": several_at_once(session),
        "numbers": numbers(session, done),
        "payments": unlike(
            payments(done), session, "SELECT invoice_id, method, sum(amount) FROM payments GROUP BY 1, 2"
        ),
        "units": unlike(
            units(session, done), session, "SELECT batch_id, reason, sum(change) FROM stock_movements GROUP BY 1, 2"
        ),
        "ledgers": ledgers(session),
    }


def several_at_once(session):
    forms = session.execute(text("SELECT xmin::text AS own, count(*) AS forms FROM idempotency_keys GROUP BY 1"))
    return [f"Transaction {row.own} holds {row.forms} forms" for row in forms if row.forms > 1]


def numbers(session, done):
    """Every bill has the number that its maker was told, and they follow one another."""
    given = list(session.scalars(text("SELECT number FROM invoices ORDER BY sequence")))
    said = [one["answer"]["number"] for one in done if one["verb"] == "invoice_by_hand"]
    last = [int(number[-6:]) for number in given]
    wrong = [f"Bill {number} is not there" for number in set(said) - set(given)]
    return wrong + ([] if last == list(range(1, len(last) + 1)) else [f"The numbers have gaps: {last}"])


def payments(done):
    taken = Counter()
    for one in done:
        if one["verb"] == "pay":
            invoice_id, amount, method = one["arguments"][:3]
            taken[invoice_id, method] += Decimal(amount)
    return taken


def units(session, done):
    rows = session.execute(text("SELECT name, number, b.id FROM batches b JOIN medicines m ON m.id = medicine_id"))
    batch_ids = {(medicine, number): batch_id for medicine, number, batch_id in rows}
    moved = Counter()
    for one in done:
        answer, arguments = one["answer"], one["arguments"]
        match one["verb"]:
            case "receive":
                moved[answer["batch_id"], "RECEIVED"] += arguments[1]["quantity"]
            case "adjust":
                moved[arguments[0], "ADJUSTED"] += arguments[1]
            case "hand_over":
                for item in answer["items"]:
                    moved[batch_ids[item["medicine"], item["batch_number"]], "DISPENSED"] -= item["quantity"]
    return moved


def unlike(told, session, query):
    """Where a sum in the database is another than what was told."""
    found = {tuple(key): amount for *key, amount in session.execute(text(query))}
    return [
        f"{key}: told {told.get(key, 0)}, found {found.get(key, 0)}"
        for key in told.keys() | found.keys()
        if told.get(key, 0) != found.get(key, 0)
    ]


def ledgers(session):
    """Every movement leaves what the one before it left and its own change: nobody worked on an old number."""
    rows = session.execute(
        text(
            "SELECT id, on_hand_after, sum(change) OVER (PARTITION BY batch_id ORDER BY id) AS running"
            " FROM stock_movements ORDER BY id"
        )
    )
    return [f"Movement {row.id} leaves {row.on_hand_after}, not {row.running}" for row in rows if row[1] != row[2]]
