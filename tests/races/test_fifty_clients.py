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

from core import billing, clinic, db, inventory
from core.billing import LineDetails
from core.inventory import Delivery
from core.permissions import Role
from tests import factories
from tests.races import accounts, till
from tests.races.processes import App

SECONDS = float(os.environ.get("QURE_LOAD_SECONDS", 8))
PROCESSES, CLIENTS = 2, 25
log = logging.getLogger(__name__)


@pytest.fixture
def shop(committed, frozen_clock):
    """Three medicines and some bills too large to be paid or handed over in a few seconds. What was told so far."""
    with db.transaction() as session:
        clinic.change(session, factories.an_admin(session), dispense_unpaid=True)
        for n in range(4):
            factories.a_user(session, Role.RECEPTION, f"Cashier {n}")
            factories.a_user(session, Role.PHARMACIST, f"Pharmacist {n}")
        patient_ids = [factories.a_patient(session, f"Patient {n}").patient_id for n in range(4)]
        tax = {"tax_percent": Decimal(12)}
        medicine_ids = [factories.a_medicine(session, f"Medicine {n}", f"{n}.35", **tax).medicine_id for n in (1, 2, 3)]
        before = till.Worker("before", factories.an_admin(session), None)
    for n, patient_id in enumerate(patient_ids):
        lines = [LineDetails("Night on the ward", unit_price=Decimal("150.01"), quantity=99)]
        lines += [LineDetails(medicine_id=medicine_id, quantity=500) for medicine_id in medicine_ids]
        before.act(f"bill {n}", billing.invoice_by_hand, patient_id, lines)
    frozen_clock(2025, 2, 20)
    for n, medicine_id in enumerate(medicine_ids):
        for number, expires_on in (("old", date(2025, 2, 27)), ("fresh", date(2026, 2, 27))):
            delivery = Delivery(number, 60, expires_on, Decimal("0.80"))
            before.act(f"batch {number} {n}", inventory.receive, medicine_id, delivery)
    frozen_clock()
    return before.told


def test_fifty_clients_leave_every_book_balanced(shop, record_property):
    apps = [App("till", name=name, clients=CLIENTS, seconds=SECONDS) for name in "AB"]
    assert all(app.is_ready() for app in apps)
    with ThreadPoolExecutor(PROCESSES) as pool:
        told = [*shop, *(one for work in [pool.submit(app.work) for app in apps] for one in work.result())]

    faults = [one["outcome"] for one in told if "Traceback" in one["outcome"]]
    assert not faults, f"{len(faults)} faults, the first:\n{faults[0]}"
    for name, figure in figures(told).items():
        record_property(name, figure)
        log.info("%s: %s", name, figure)
    with db.transaction() as session:
        wrong = {count: found for count, found in accounts.wrongs(session, told).items() if found}
    assert not wrong, "\n".join(f"{count}: {len(found)}, {found[:5]}" for count, found in wrong.items())


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
