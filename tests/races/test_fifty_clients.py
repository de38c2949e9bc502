"""Fifty clients in two processes work on the same few medicines and bills with every verb there is. It is counted.

`QURE_LOAD_SECONDS=120 pytest tests/races/test_fifty_clients.py` lets them work for longer than CI does.
"""

import logging
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import billing, clinic, clock, db, inventory
from core.billing import LineDetails
from core.inventory import Delivery
from core.models import Batch, MovementReason, PaymentMethod, StockMovement
from core.permissions import Role
from tests import factories
from tests.races import accounts, processes, till
from tests.races.test_a_day_under_load import assert_nothing_wrong

SECONDS = float(os.environ.get("QURE_LOAD_SECONDS", 5))
PROCESSES, CLIENTS = 2, 25
MEDICINES = [("Amoxil", "2.35", "Amoxicillin"), ("Novamox", "1.99", "Amoxicillin"), ("Zinc", "0.07", "")]
log = logging.getLogger(__name__)


@pytest.fixture
def shop(committed, frozen_clock):
    """Three medicines and some bills too large to be paid or handed over in a few seconds. Whoever made them."""
    with db.transaction() as session:
        clinic.change(session, factories.an_admin(session), dispense_unpaid=True)
        for n in range(4):
            factories.a_user(session, Role.RECEPTION, f"Cashier {n}")
            factories.a_user(session, Role.PHARMACIST, f"Pharmacist {n}")
        patient_ids = [factories.a_patient(session, f"Patient {n}").patient_id for n in range(4)]
        medicine_ids = [
            factories.a_medicine(session, name, price, generic=generic, tax_percent=Decimal(12)).medicine_id
            for name, price, generic in MEDICINES
        ]
        before = till.Worker("before", factories.an_admin(session), None)
    for n, patient_id in enumerate(patient_ids):
        lines = [LineDetails("Night on the ward", unit_price=Decimal("150.01"), quantity=99)]
        lines += [LineDetails(medicine_id=medicine_id, quantity=500) for medicine_id in medicine_ids]
        before.act(f"bill {n}", billing.invoice_by_hand, patient_id, lines)
    frozen_clock(2025, 2, 20)
    for n, medicine_id in enumerate(medicine_ids):
        for number, expires_on in (("old", date(2025, 2, 27)), ("fresh", date(2026, 2, 27))):
            delivery = Delivery(f"{number} {n}", 60, expires_on, Decimal("0.80"))
            before.act(f"batch {number} {n}", inventory.receive, medicine_id, delivery)
    frozen_clock()
    return before


def test_fifty_clients_leave_every_book_balanced(shop, record_property):
    apps = processes.two("till", clients=CLIENTS, seconds=SECONDS)
    assert all(app.is_ready() for app in apps)
    with ThreadPoolExecutor(PROCESSES) as pool:
        told = [*shop.told, *(one for work in [pool.submit(app.work) for app in apps] for one in work.result())]

    faults = [one["outcome"] for one in told if "Traceback" in one["outcome"]]
    assert not faults, f"{len(faults)} faults, the first:\n{faults[0]}"
    for name, figure in figures(told).items():
        record_property(name, figure)
        log.info("%s: %s", name, figure)
    with db.transaction() as session:
        assert_nothing_wrong(accounts.wrongs(session, told))


def figures(told):
    clicks = [one for one in told if one["verb"] != "looking"]
    times = sorted(one["ms"] for one in clicks)
    refused = Counter(f"{one['verb']}: {one['outcome']}" for one in clicks if one["outcome"] != "done")
    return {
        "done": dict(Counter(one["verb"] for one in clicks if one["outcome"] == "done")),
        "refused": dict(refused.most_common()),
        "clicks a second": round(len(clicks) / SECONDS),
        "ms at the median and at p95": (round(times[len(times) // 2]), round(times[len(times) * 95 // 100])),
    }


# What went wrong by hand, past the workflows and what the database holds, and the count that must see it.
TWO_FORMS = """INSERT INTO idempotency_keys (key, verb, arguments_hash, created_at)
               SELECT 'by hand ' || n, '', '', now() FROM generate_series(1, 2) AS n"""
PLANTED = {
    "books": "UPDATE batches SET on_hand = on_hand + 1",
    "answers lost": "DELETE FROM idempotency_keys WHERE verb LIKE '%pay'",
    "forms": TWO_FORMS,
    "numbers": "UPDATE credit_notes SET sequence = 2, number = 'CN-2024-25/000002'",
    "payments": "UPDATE payments SET amount = amount + 0.01",
    "refunds": "UPDATE credit_notes SET amount = amount + 0.01",
    "advances": "UPDATE advances SET change = change + 0.01",
    "units": "UPDATE stock_movements SET change = change - 1 WHERE reason = 'DISPENSED'",
    "ledgers": "UPDATE stock_movements SET on_hand_after = on_hand_after + 1",
    "drawers": "UPDATE payments SET amount = amount + 1",
}


def test_each_count_sees_what_it_is_there_for(shop, engine):
    with db.transaction() as session:
        bill = billing.list_day(session, shop.actor, clock.today())[0]
        line_id = billing.get(session, shop.actor, bill.invoice_id).lines[0].line_id
    shop.act("paid", billing.pay, bill.invoice_id, Decimal(2000), PaymentMethod.CASH)
    shop.act("kept", billing.receive_advance, bill.patient_id, Decimal(40), PaymentMethod.UPI)
    shop.act("back", billing.refund, bill.invoice_id, {line_id: 1}, PaymentMethod.CASH, "Went home early")
    shop.act("given", till.hand_over, bill.invoice_id, True)
    with db.transaction() as session:
        shop.act("closed", *till.count_and_close(session, shop.actor))
    assert [one["outcome"] for one in shop.told if one["outcome"] != "done"] == []

    with db.transaction() as session:
        counts = accounts.wrongs(session, shop.told)
    assert_nothing_wrong(counts)
    assert counts.keys() == PLANTED.keys()
    for count, by_hand in PLANTED.items():
        with engine.connect() as connection, Session(connection) as session:
            session.execute(text("SET LOCAL session_replication_role = replica"))  # no trigger is in the way
            session.execute(text(by_hand))
            assert accounts.wrongs(session, shop.told)[count], count


def test_units_written_past_the_ledger_without_the_lock_are_seen(shop):
    with db.transaction() as slow:
        seen = slow.scalars(select(Batch).order_by(Batch.id.desc())).first()
        shop.act("quick", inventory.adjust, seen.id, -5, "Counted")
        seen.on_hand -= 3
        by = {"moved_at": clock.now(), "moved_by_id": shop.actor.user_id}
        change = {"change": -3, "on_hand_after": seen.on_hand, "reason": MovementReason.ADJUSTED, "note": "Counted"}
        slow.add(StockMovement(batch_id=seen.id, **change, **by))

    with db.transaction() as session:
        counts = accounts.wrongs(session, shop.told)
    assert counts["books"][0].startswith("A batch holds the sum of its movements: not so for 1 batches")
    assert counts["ledgers"]
