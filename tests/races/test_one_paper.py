"""A paper is asked for at the moment somebody else makes the same one, or takes back what it is about."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date

import pytest

from core import db, documents, prescriptions
from core.models import Document
from core.permissions import Role
from tests.factories import a_completed_visit, a_user, a_visit, an_item
from tests.races.waiting import tried, wait_until_someone_waits

pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.fixture
def doctor(committed):
    with db.transaction() as session:
        return a_user(session, Role.DOCTOR, "Dr Sen")


def prescription(session, doctor):
    ordered = prescriptions.prescribe(session, doctor, a_visit(session, doctor).visit_id, [an_item(session)])
    return documents.prescription_paper, ordered.prescription_id


def summary(session, doctor):
    return documents.visit_summary, a_completed_visit(session, doctor).visit_id


def sick_note(session, doctor):
    visit_id = a_completed_visit(session, doctor).visit_id
    return documents.sick_note, visit_id, date(2025, 3, 1), date(2025, 3, 3)


@pytest.mark.parametrize("paper", [prescription, summary, sick_note])
@pytest.mark.parametrize("commits", [True, False])
def test_two_tabs_get_one_paper(engine, doctor, paper, commits):
    with db.transaction() as session:
        verb, *about = paper(session, doctor)
    with ThreadPoolExecutor() as pool, suppress(ZeroDivisionError), db.transaction() as session:
        first = verb(session, doctor, *about)
        waiting = pool.submit(tried, verb, doctor, *about)
        wait_until_someone_waits(engine)
        if not commits:
            raise ZeroDivisionError
    second = waiting.result(timeout=5)

    assert (second == first) is commits
    with db.transaction() as session:
        assert session.query(Document.id).all() == [(second.document_id,)]
