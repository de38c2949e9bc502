"""Counts what cashiers and pharmacists have left behind. Each count is a list of what is wrong, in words.

What they were told is held against what is in the database: to the paisa and to the unit, no more and no less.
"""

from collections import Counter
from datetime import date
from decimal import Decimal

from sqlalchemy import text

from core import books, drawers
from tests import factories
from tests.races import counting

LEAVES = {"write_off": "WRITTEN_OFF", "transfer_out": "TRANSFERRED", "send_back": "SENT_BACK"}

PAYMENTS = "SELECT invoice_id, method, sum(amount) FROM payments GROUP BY 1, 2"
UNITS = """SELECT batch_id, reason, CASE reason WHEN 'EXPIRED' THEN count(*) ELSE sum(change) END
           FROM stock_movements GROUP BY 1, 2"""


def wrongs(session, told):
    """{count: what is wrong}; `told` is what the clients were told."""
    done = list({one["key"]: one for one in told if one["outcome"] == "done"}.values())
    return {
        "books": [broken.problem for broken in books.check(session)],
        "answers lost": counting.answers_lost(session, told),
        "forms": several_at_once(session),
        "numbers": [*numbers(session, bills(done), "invoices"), *numbers(session, credit_notes(done), "credit_notes")],
        "payments": unlike(payments(done), session, PAYMENTS),
        "refunds": unlike(credit_notes(done), session, "SELECT number, amount FROM credit_notes"),
        "advances": unlike(advances(done), session, "SELECT reason, sum(change) FROM advances GROUP BY 1"),
        "units": unlike(units(session, done), session, UNITS),
        "ledgers": ledgers(session),
        "drawers": closed_drawers(session, done),
    }


def several_at_once(session):
    forms = session.execute(text("SELECT xmin::text AS own, count(*) AS forms FROM idempotency_keys GROUP BY 1"))
    return [f"Transaction {row.own} holds {row.forms} forms" for row in forms if row.forms > 1]


def numbers(session, said, table):
    """What was made has the number that its maker was told, and all follow one another."""
    given = list(session.scalars(text(f"SELECT number FROM {table} ORDER BY sequence")))
    sequences = [int(number[-6:]) for number in given]
    wrong = [f"{number} was told or is there, not both" for number in set(said) ^ set(given)]
    return wrong + ([] if sequences == [*range(1, len(given) + 1)] else [f"Gaps in {table}: {sequences}"])


def bills(done):
    made = [one["answer"] for one in done if one["verb"] == "invoice_by_hand"]
    supplements = [one["answer"]["bill"] for one in done if one["verb"] == "swap" and is_supplement(one)]
    return [bill["number"] for bill in made + supplements]


def is_supplement(swapped):
    bill = swapped["answer"]["bill"]
    return bill is not None and bill["invoice_id"] != swapped["arguments"][0]


def credit_notes(done):
    refunds = [one["answer"] for one in done if one["verb"] == "refund"]
    swaps = [one["answer"]["credit_note"] for one in done if one["verb"] == "swap"]
    return {note["number"]: Decimal(note["amount"]) for note in [*refunds, *filter(None, swaps)]}


def payments(done):
    """By bill and method. A supplementary bill is paid as it is made."""
    taken = Counter()
    for one in done:
        if one["verb"] == "pay":
            invoice_id, amount, method = one["arguments"][:3]
            taken[invoice_id, method] += Decimal(amount)
        if one["verb"] == "swap" and is_supplement(one):
            for payment in one["answer"]["bill"]["payments"]:
                taken[one["answer"]["bill"]["invoice_id"], payment["method"]] += Decimal(payment["amount"])
    return taken


def advances(done):
    moved = Counter()
    for one in done:
        if one["verb"] in {"receive_advance", "pay_out_advance"}:
            came, amount = one["verb"] == "receive_advance", Decimal(one["arguments"][1])
            moved["RECEIVED" if came else "PAID_OUT"] += amount if came else -amount
        note = one["answer"]["credit_note"] if one["verb"] == "swap" else one["answer"]
        if one["verb"] in {"refund", "swap"} and note and note["method"] == "ADVANCE":
            moved["CREDITED"] += Decimal(note["amount"])
    moved["APPLIED"] -= sum(amount for (_, method), amount in payments(done).items() if method == "ADVANCE")
    return moved


def units(session, done):
    rows = session.execute(text("SELECT name, number, b.id FROM batches b JOIN medicines m ON m.id = medicine_id"))
    batch_ids = {(medicine, number): batch_id for medicine, number, batch_id in rows}
    moved = Counter()
    for one in done:
        for batch_id, reason, change in [*over_the_counter(one, batch_ids), *on_the_shelf(one)]:
            moved[batch_id, reason] += change
    return moved


def over_the_counter(one, batch_ids):
    answer = one["answer"]
    if one["verb"] == "hand_over":
        for item in answer["items"]:
            yield batch_ids[item["medicine"], item["batch_number"]], "DISPENSED", -item["quantity"]
    if one["verb"] == "take_back":
        batch_id = batch_ids[answer["medicine"], answer["batch_number"]]
        yield batch_id, "RETURNED", answer["quantity"]
        if not answer["usable"]:
            yield batch_id, "WRITTEN_OFF", -answer["quantity"]


def on_the_shelf(one):
    answer, arguments = one["answer"], one["arguments"]
    match one["verb"]:
        case "receive":
            yield answer["batch_id"], "RECEIVED", arguments[1]["quantity"]
        case "adjust":
            yield arguments[0], "ADJUSTED", arguments[1]
        case "post":
            for line in answer["lines"]:
                yield line["batch"]["batch_id"], "ADJUSTED", line["counted"] - line["booked"]
        case "write_off_expired":
            yield arguments[0], "EXPIRED", 1  # all that was left, however much
        case "write_off" | "transfer_out" | "send_back" as verb:
            yield arguments[0], LEAVES[verb], -arguments[1]


def unlike(told, session, query):
    """Where a sum in the database is another than what was told."""
    rows = session.execute(text(query))
    found = {key[0] if len(key) == 1 else tuple(key): amount for *key, amount in rows}
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


def closed_drawers(session, done):
    """Nothing moved in a drawer once it was closed."""
    wrong = []
    for one in done:
        if one["verb"] == "close":
            cashier_id, day = one["answer"]["cashier_id"], date.fromisoformat(one["answer"]["day"])
            now = drawers.drawer(session, factories.an_admin(session), cashier_id, day).taken
            if now != Decimal(one["answer"]["taken"]):
                wrong.append(f"The drawer of {cashier_id} was closed with {one['answer']['taken']}, has {now}")
    return wrong
