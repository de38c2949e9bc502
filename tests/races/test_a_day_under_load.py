"""Fifty people at once on one day, in two processes of the app; Redis is wiped and killed meanwhile. It is counted."""

import logging
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import time as at
from pathlib import Path

import pytest
from pydantic_core import to_jsonable_python
from sqlalchemy import text
from sqlalchemy.orm import Session

from core import clock, db, patients, scheduling, stores, token_queue
from core.idempotency import once
from core.permissions import Role
from core.scheduling import SlotPlan
from core.token_queue import TokenState, line
from tests import factories
from tests.races import counting, processes
from tests.stores.conftest import Clinic, eventually

SECONDS, WIPED, KILLED = 7, 2, 4
PROCESSES, CLIENTS = 2, 25
log = logging.getLogger(__name__)


@pytest.fixture
def doctors(committed):
    """Six doctors with a dozen slots each, four receptionists, and the patients of a small town."""
    line.client().flushdb()
    with db.transaction() as session:
        doctors = [factories.a_user(session, Role.DOCTOR, f"Dr {n}") for n in range(6)]
        plan = SlotPlan(clock.today(), clock.today(), at(11), at(13), slot_minutes=10)
        for doctor in doctors:
            scheduling.open_slots(session, factories.an_admin(session), doctor.user_id, plan)
        for n in range(4):
            factories.a_user(session, Role.RECEPTION, f"Desk {n}")
        for n in range(150):
            factories.a_patient(session, f"Patient {n}")
    return doctors


def test_nothing_is_lost_and_nothing_counted_twice(doctors, record_property):
    apps = processes.two("app", clients=CLIENTS, seconds=SECONDS)
    assert all(app.is_ready() for app in apps)
    with ThreadPoolExecutor(PROCESSES) as pool:
        working = [pool.submit(app.work) for app in apps]
        time.sleep(WIPED)
        line.client().flushdb()
        time.sleep(KILLED - WIPED)
        Clinic(Path(stores.client._hold.folder)).server("valkey").kill()
        told = [one for work in working for one in work.result()]

    faults = [one["outcome"] for one in told if "Traceback" in one["outcome"]]
    assert not faults, f"{len(faults)} faults, the first:\n{faults[0]}"
    for name, figure in figures(told).items():
        record_property(name, figure)
        log.info("%s: %s", name, figure)
    with db.transaction() as session:
        assert_nothing_wrong(counting.wrongs(session, told))
    the_line_is_as_the_table_says()
    everybody_who_waits_is_called_once(doctors)


def figures(told):
    clicks = [one for one in told if one["verb"] != "looking"]
    times = sorted(one["ms"] for one in clicks)
    outcomes = Counter(one["outcome"] for one in told)
    return {
        "clicks": len(clicks),
        "forms": len({one["key"] for one in clicks}),
        "done": dict(Counter(one["verb"] for one in clicks if one["outcome"] == "done")),
        "refused": {name: times for name, times in outcomes.most_common() if name != "done"},
        "clicks a second": round(len(clicks) / SECONDS),
        "ms at the median and at p95": (round(times[len(times) // 2]), round(times[len(times) * 95 // 100])),
    }


def assert_nothing_wrong(wrongs):
    found = {count: wrong for count, wrong in wrongs.items() if wrong}
    assert not found, "\n".join(f"{count}: {len(wrong)}, {wrong[:5]}" for count, wrong in found.items())


def the_line_is_as_the_table_says():
    """Redis, back from its death, holds whoever waits and nobody else, in the order of their places."""

    def mended():
        with db.reading() as session:
            return token_queue.reconcile(session) == 0

    assert eventually(lambda: line.is_up() and mended(), 20)
    with db.reading() as session:
        waiting = session.execute(
            text("SELECT doctor_id, number FROM tokens WHERE state = 'WAITING' ORDER BY place, number")
        ).all()
    for doctor_id in {row.doctor_id for row in waiting}:
        numbers = [str(row.number) for row in waiting if row.doctor_id == doctor_id]
        assert line.client().zrange(f"queue:{clock.today()}{f':{doctor_id}' if doctor_id else ''}", 0, -1) == numbers


def everybody_who_waits_is_called_once(doctors):
    with db.transaction() as session:
        board = token_queue.board(session, doctors[0])
        for card in board:
            if card.state is TokenState.CALLED:
                token_queue.finish(session, factories.an_admin(session), card.token_id)
    waiting = Counter(card.number for card in board if card.state is TokenState.WAITING)
    assert waiting
    called = Counter()
    for doctor in doctors:
        while card := call_and_finish(doctor):
            called[card.number] += 1
    assert called == waiting


def call_and_finish(doctor):
    with db.transaction() as session:
        card = token_queue.call_next(session, doctor, doctor.user_id)
        return card and token_queue.finish(session, doctor, card.token_id)


# What went wrong by hand, past the workflows and their constraints, and the count that must see it.
AN_EVENT = (
    "INSERT INTO audit_events (occurred_at, actor_name, action, event, resource_type, resource_id, changes, days)"
    " SELECT now(), 'Qure', 'UPDATE', 'token.called', 'tokens', id, {changes}, '{{}}'"
    " FROM tokens WHERE number = {number}"
)
A_CALL = "jsonb_build_object('state', jsonb_build_array('WAITING', 'CALLED'))"
A_FORM = (
    "INSERT INTO idempotency_keys (key, verb, arguments_hash, result, created_at)"
    " SELECT 'by hand', '', '', jsonb_build_object('doctor_id', doctor_id), now() FROM tokens WHERE state = 'CALLED'"
)
A_TWIN = "UPDATE tokens SET patient_id = (SELECT min(id) FROM patients)"
PLANTED = [
    (
        "slots booked twice",
        "DROP INDEX uq_appointments_active_slot",
        "INSERT INTO appointments (slot_id, patient_id, state, reason, booked_by_id, booked_at)"
        " SELECT slot_id, patient_id, state, reason, booked_by_id, booked_at FROM appointments",
    ),
    ("slots booked twice", "UPDATE slots SET state = 'FREE'"),
    ("numbers given twice or left out", "DROP INDEX uq_tokens_number", "UPDATE tokens SET number = 1 WHERE number = 2"),
    ("numbers given twice or left out", "UPDATE token_counters SET last_number = last_number + 1"),
    ("called twice", AN_EVENT.format(changes=A_CALL, number=1)),
    ("two at once", A_FORM, AN_EVENT.format(changes=A_CALL, number=2)),
    (
        "two at once",
        "DROP INDEX uq_tokens_patient_once",
        A_TWIN,
    ),
    ("forgotten", "UPDATE tokens SET state = 'NO_SHOW' WHERE number = 2"),
    ("forgotten", "DELETE FROM tokens WHERE number = 2"),
    ("answers lost", "DELETE FROM idempotency_keys WHERE verb LIKE '%walk_in'"),
    ("answers lost", A_FORM),
    ("counted twice", AN_EVENT.format(changes="'{}'", number=2)),
]


def test_each_count_sees_what_it_is_there_for(doctors, engine):
    told = []

    def click(verb, *arguments):
        with db.transaction() as session:
            key, actor = f"form {len(told)}", factories.an_admin(session)
            answer = once(key, verb)(session, actor, *arguments)
            told.append({"key": key, "outcome": "done", "answer": to_jsonable_python(answer)})
        return answer

    with db.transaction() as session:
        admin = factories.an_admin(session)
        slot, *_ = scheduling.list_slots(session, admin, clock.today(), doctors[0].user_id)
        asha, vikram = (card.patient_id for card in patients.search(session, admin, "Patient")[:2])
    click(scheduling.book, slot.slot_id, asha)
    click(token_queue.walk_in, asha)
    click(token_queue.walk_in, vikram)
    click(token_queue.call_next, doctors[0].user_id)

    with db.transaction() as session:
        assert_nothing_wrong(counting.wrongs(session, told))
    for count, *by_hand in PLANTED:
        with engine.connect() as connection, Session(connection) as session:
            for statement in by_hand:
                session.execute(text(statement))
            assert counting.wrongs(session, told)[count], by_hand
