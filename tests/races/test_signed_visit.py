"""Two people change one signed visit at once: what the first one did stands, the second hears of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core import db, visits
from core.permissions import Role
from tests import factories
from tests.races.waiting import tried, wait_until_someone_waits


@pytest.fixture
def people(committed):
    """The administrator and the doctor."""
    with db.transaction() as session:
        return factories.an_admin(session), factories.a_user(session, Role.DOCTOR, "Dr Sen")


@pytest.fixture
def visit(people):
    with db.transaction() as session:
        return factories.a_completed_visit(session, people[1])


def while_open(engine, first, second):
    """The answer of the second, who comes while the first is not committed yet. Each is (verb, actor, …)."""
    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            verb, *arguments = first
            verb(session, *arguments)
            coming = pool.submit(tried, *second)
            wait_until_someone_waits(engine)
        return coming.result(timeout=10)


def read(doctor, visit):
    with db.transaction() as session:
        return visits.get(session, doctor, visit.visit_id)


def test_an_amendment_made_while_the_visit_is_reopened_is_kept(engine, people, visit):
    admin, doctor = people

    note = while_open(
        engine,
        (visits.reopen, admin, visit.visit_id, "Check"),
        (visits.add_note, doctor, visit.visit_id, "X-ray clear", "Came later"),
    )

    assert note in read(doctor, visit).notes


def test_whoever_reopens_while_the_visit_is_being_completed_waits_for_that(engine, people, visit):
    admin, doctor = people
    with db.transaction() as session:
        visits.reopen(session, admin, visit.visit_id, "Check")

    done = while_open(
        engine, (visits.complete, doctor, visit.visit_id), (visits.reopen, admin, visit.visit_id, "Once more")
    )

    assert done is None
    assert [again.reason for again in read(doctor, visit).reopenings] == ["Check", "Once more"]
