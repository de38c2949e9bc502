"""Every step dies at each of its points in turn, and is whole or absent."""

import pytest
from sqlalchemy import text

from core import books, db, patients
from core.patients import PatientCard, PatientDetails, Sex
from tests import factories
from tests.faults.steps import STEPS
from tests.faults.sweep import sweep


@pytest.fixture
def swept_books(committed):
    yield
    with db.transaction() as session:
        assert books.check(session) == []


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_a_killed_step_is_whole_or_absent(swept_books, step):
    found = sweep(step.__name__, step)
    assert found.wrong == []


# Steps that are not whole, and what the sweep must say of them.


def in_two_transactions(session, actor, details: PatientDetails) -> PatientCard:
    with db.transaction() as other:
        patients.register(other, actor, details)
    return patients.register(session, actor, details)


def forgetting_its_key(session, actor, details: PatientDetails) -> PatientCard:
    session.execute(text("DELETE FROM idempotency_keys"))
    return patients.register(session, actor, details)


def leaving_a_part_for_later(session, actor, details: PatientDetails) -> PatientCard:
    def later():
        with db.transaction() as other:
            patients.register(other, actor, details)

    db.after_commit(session, later)
    return patients.register(session, actor, details)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (in_two_transactions, "killed UPDATE idempotency_keys SET: kept {"),
        (forgetting_its_key, "asked again, it did more"),
        (leaving_a_part_for_later, "killed before an effect: kept"),
    ],
)
def test_the_sweep_sees_a_step_that_is_not_whole(committed, step, said):
    def arrange(session):
        return step, factories.an_admin(session), PatientDetails("Asha Rao", Sex.FEMALE)

    assert any(said in wrong for wrong in sweep(step.__name__, arrange).wrong)
