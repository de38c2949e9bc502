"""The operations of reports and jobs, and that a floor does what the work beside it does."""

import io
import sys
from random import Random

import psycopg
import pytest

from core import clock, db
from core.analytics import days, store
from core.bench import analytics, demo, smaller
from core.bench.clinic import Clinic, conninfo
from core.bench.size import Size
from core.models import Base
from core.permissions import Role
from etl import rebuild, relay, verify
from tests import factories


@pytest.fixture
def clinic(committed_mongo):
    """Asha was seen and has paid, and two others have not come yet."""
    with db.transaction() as session:
        people = {role: factories.a_user(session, role, role.title()) for role in Role if role is not Role.ADMIN}
        factories.a_completed_visit(session, people[Role.DOCTOR])
        factories.an_invoice(session, price="545.00", paid=True)
        waiting = [factories.a_patient(session, name).patient_id for name in ("Vikram Sen", "Meera Das")]
    with psycopg.connect(conninfo(), autocommit=True) as bare:
        staff = (people[role] for role in (Role.RECEPTION, Role.DOCTOR, Role.PHARMACIST, Role.MANAGER))
        yield Clinic(Size(4, 1), *staff, bare, Random(1), waiting)
        bare.execute("DROP TABLE IF EXISTS bench_events")
    for name in committed_mongo.list_collection_names(filter={"name": {"$regex": "^bench_"}}):
        committed_mongo.drop_collection(name)


def test_a_years_revenue_is_the_same_the_long_way_and_the_short(clinic, frozen_clock):
    relay.drain()
    frozen_clock(day=2)

    assert analytics._revenue()() == analytics._bare_revenue()() == 545.0


def test_the_relay_and_its_floor_carry_as_many_events(clinic, committed_mongo, monkeypatch):
    monkeypatch.setattr(analytics, "EVENTS", 30)
    work = analytics._relay(clinic)
    before = committed_mongo.audit_logs.count_documents({})

    assert work().events == 30
    analytics._bare_relay(clinic)()

    assert committed_mongo.audit_logs.count_documents({}) == before + 30
    assert committed_mongo.bench_audit_logs.count_documents({}) == 30
    kept = committed_mongo.audit_logs.find_one(sort=[("position", -1)])
    assert kept.keys() == committed_mongo.bench_audit_logs.find_one().keys()
    marked = "SELECT count(*) FROM bench_events WHERE relayed_at IS NOT NULL AND chain_position > 0 AND chain_hash > ''"
    assert clinic.bare.execute(marked).fetchone() == (30,)
    assert verify.run() == []


def test_a_run_after_one_change_carries_that_change_alone(clinic):
    relayed = analytics.run_after_one_change(clinic)()

    assert (relayed.events, relayed.visits) == (2, 1)
    assert not any(relay.run())


def test_a_bulk_insert_writes_the_documents_of_a_rebuild(clinic, committed_mongo):
    analytics._rebuild()()
    analytics._bare_insert()()

    for source in rebuild.COLLECTIONS:
        written = list(committed_mongo[f"bench_{source.COLLECTION}"].find())
        assert written == list(committed_mongo[source.COLLECTION].find())


def test_a_smaller_clinic_gets_ready_and_goes_when_it_is_told(monkeypatch, capsys):
    done = []
    monkeypatch.setattr(sys, "stdin", io.StringIO("run\ngo\ngo\n"))

    smaller.answering({"run": lambda clinic: lambda: done.append(clinic)}, "a tenth")

    assert done == ["a tenth", "a tenth"]
    assert capsys.readouterr().out == "run\ngo\ngo\n"


def test_a_demo_clinic_and_the_copy_of_it_have_the_same_rows(clinic, monkeypatch):
    monkeypatch.setattr(demo, "PATIENTS_A_DAY", 10)
    found = []

    for operation in demo.operations(clinic, days=2):
        for prepare in (operation.work, operation.floor):
            prepare()()
            found.append(rows_of_the_newest(clinic.bare))

    assert found[0] == found[1]
    assert found[0]["tokens"] > 0
    assert databases(clinic.bare) == []


def test_the_days_of_a_year_are_two_questions_to_mongodb(clinic, monkeypatch, frozen_clock):
    relay.drain()
    frozen_clock(day=2)
    asked, find = [], store.find
    monkeypatch.setattr(store, "find", lambda *args, **given: asked.append(args[0]) or find(*args, **given))

    days.daily_summaries(clock.today(), clock.today())

    assert asked == ["monthly_columns", "feed"]


def databases(bare):
    found = bare.execute(r"SELECT datname FROM pg_database WHERE datname LIKE 'bench\_%' ORDER BY oid").fetchall()
    return [name for (name,) in found]


def rows_of_the_newest(bare):
    newest = psycopg.conninfo.make_conninfo(conninfo(), dbname=databases(bare)[-1])
    with psycopg.connect(newest) as connection:
        counted = {}
        for table in Base.metadata.sorted_tables:
            counted[table.name] = connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0]
        return counted
