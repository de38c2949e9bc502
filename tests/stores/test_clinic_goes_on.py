"""Stores are killed while the clinic works: it goes on, or begins again by itself within seconds, and loses nothing."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy import text

from core import billing, db, dispensing, prescriptions, token_queue, visits
from core.analytics import store
from core.errors import StoreUnavailable
from core.idempotency import once
from core.models import PaymentMethod
from core.patients import PatientDetails, Sex
from core.permissions import Role
from core.token_queue import line
from etl import feed, relay, verify
from tests import factories
from tests.races import counting
from tests.stores.conftest import eventually

BACK, REBUILT = 10, 5  # seconds after a fault in which the app is usable, and in which the queue board is whole
PEOPLE = 6
log = logging.getLogger(__name__)
pytestmark = pytest.mark.usefixtures("committed")


def step(verb, *arguments, **options):
    with db.transaction() as session:
        return verb(session, *arguments, **options)


def whole():
    """Redis has the line that PostgreSQL has, made by what the app does every second."""
    try:
        step(token_queue.reconcile)
    except line.RedisError:
        return False
    return line.is_up() and step(token_queue.astray) == 0


@pytest.fixture
def staff():
    with db.transaction() as session:
        people = [factories.a_user(session, role) for role in (Role.RECEPTION, Role.DOCTOR, Role.PHARMACIST)]
        medicine = factories.a_medicine(session)
        factories.a_batch(session, medicine, 100)
    return (*people, medicine)


def test_a_clinic_day_with_redis_and_mongo_both_gone(own_stores, staff, record_property):
    store.start_afresh()
    step(feed.write, None, whole=True)
    with own_stores.without("valkey", "mongo"):
        a_clinic_day(*staff)
        step(factories.a_token, "Waits")
        with pytest.raises(StoreUnavailable, match="MongoDB, which keeps reports and history, cannot be reached"):
            list(store.find("daily_summaries"))
        assert not token_queue.is_up()
        began = time.monotonic()

    assert eventually(lambda: line.is_up(), 30)
    redis_back = time.monotonic()
    assert eventually(whole, 30)
    rebuilt = time.monotonic() - redis_back
    assert eventually(drained, 30)
    record_property("queue whole after", round(rebuilt, 2))
    record_property("reports whole after", round(time.monotonic() - began, 1))
    assert rebuilt < REBUILT
    assert verify.run() == []
    store.start_afresh()


def a_clinic_day(receptionist, doctor, pharmacist, medicine):
    """Register, token, call, visit, prescription, bill, money, medicines."""
    card = step(token_queue.register_and_walk_in, receptionist, PatientDetails("Asha Rao", Sex.FEMALE), doctor.user_id)
    called = step(token_queue.call_next, doctor, doctor.user_id)
    assert called.number == card.number
    visit_id = step(visits.start, doctor, called.token_id).visit_id
    step(visits.add_diagnosis, doctor, visit_id, "J06.9")
    step(prescriptions.prescribe, doctor, visit_id, [factories.an_item(None, medicine)])
    step(visits.complete, doctor, visit_id)
    bill = step(billing.invoice_visit, receptionist, visit_id)
    assert step(billing.pay, receptionist, bill.invoice_id, bill.due, PaymentMethod.CASH).due == Decimal(0)
    given = step(dispensing.dispense, pharmacist, bill.invoice_id)
    assert [item.quantity for item in given.items] == [15]


def drained():
    try:
        return relay.drain() is not None
    except StoreUnavailable:
        return False


def test_a_wiped_and_killed_queue_is_rebuilt_and_numbers_go_on(own_stores, record_property):
    for name in ("Asha", "Vikram"):
        step(factories.a_token, name)
    line.client().flushdb()
    assert step(factories.a_token, "Meena").number == 3

    own_stores.kill("valkey")
    assert step(factories.a_token, "Omar").number == 4
    began = time.monotonic()
    assert eventually(whole, 30)
    record_property("queue whole after", round(time.monotonic() - began, 2))
    assert time.monotonic() - began < REBUILT


@pytest.mark.parametrize("fault", ["all of it", "one backend"])
def test_killed_under_load_the_database_is_back_in_time_with_all_that_was_answered(own_stores, record_property, fault):
    answered, gaps = {}, []

    def work(person):
        """Sends form after form, each again until it is answered."""
        for number in count(1):
            key, began = f"{person} {number}", time.monotonic()
            while (answer := sent(key)) is None:
                assert time.monotonic() - began < 30, "never again"
                time.sleep(0.05)
            answered[key] = answer
            if killed:
                gaps.append(time.monotonic() - max(began, killed[0]))
                if number > enough[0]:
                    return

    killed, enough = [], [0]
    with ThreadPoolExecutor(PEOPLE) as pool:
        people = [pool.submit(work, person) for person in range(PEOPLE)]
        assert eventually(lambda: len(answered) >= 2 * PEOPLE, 30)
        killed.append(time.monotonic())
        enough[0] = len(answered) // PEOPLE + 3
        own_stores.kill("postgres") if fault == "all of it" else own_stores.end_one_backend()
        for person in people:
            person.result()

    record_property("usable after", round(max(gaps), 2))
    assert max(gaps) < BACK
    assert {key: sent(key) for key in answered} == answered
    with db.transaction() as session:
        made = session.execute(text("SELECT count(*), count(DISTINCT name) FROM patients")).one()
        assert counting.numbers_wrong(session, counting.all_done(session)) == []
    assert tuple(made) == (len(answered),) * 2


def sent(key):
    """The answer to the form with this key; None if the database was away."""
    try:
        with db.transaction() as session:
            details = PatientDetails(f"Person {key}", Sex.UNKNOWN)
            return once(key, token_queue.register_and_walk_in)(session, factories.an_admin(session), details).number
    except StoreUnavailable:
        return None
