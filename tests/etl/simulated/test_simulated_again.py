"""The same seed makes the same clinic. This comes last in its folder, for it leaves another clinic behind."""

from sqlalchemy import select

from core import db
from core.models import Base
from etl import simulate
from tests.emptying import empty
from tests.etl.simulated.clinic import DAYS, PATIENTS

OUTSIDE = frozenset({"users", "clinics", "audit_chains", "medicines", "doctors", "services", "suppliers"})


def everything(session):
    """Every row of every table that the simulation writes, in order."""
    return {
        table.name: session.execute(select(table).order_by(*table.primary_key)).all()
        for table in Base.metadata.sorted_tables
        if table.name not in OUTSIDE
    }


def again(engine, seed):
    """The clinic with nothing of what happened, simulated afresh: same users, same sequences."""
    with engine.begin() as connection:
        empty(connection, OUTSIDE)
    simulate.run(DAYS, PATIENTS, seed)
    with db.transaction() as session:
        return everything(session)


def test_the_same_seed_makes_the_same_clinic_and_another_another(clinic, engine):
    first, second, other = again(engine, 1), again(engine, 1), again(engine, 2)

    assert first == second
    assert other["visits"] != first["visits"]
