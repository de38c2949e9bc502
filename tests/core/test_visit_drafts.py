"""What a doctor has typed and not saved yet."""

import pytest
from sqlalchemy import func, select

from core import visits
from core.models import AuditEvent, VisitDraft
from core.permissions import Role
from tests.factories import a_completed_visit, a_user, a_visit


def test_what_is_typed_comes_back_until_it_is_replaced(session, doctor):
    visit_id = a_visit(session, doctor).visit_id

    visits.keep_draft(session, doctor, visit_id, "note", "Cough")
    visits.keep_draft(session, doctor, visit_id, "items", "[]")
    visits.keep_draft(session, doctor, visit_id, "note", "Cough\0 for 3 days")

    assert visits.draft(session, doctor, visit_id) == {"note": "Cough for 3 days", "items": "[]"}


def test_a_draft_is_no_record_and_leaves_no_trail(session, doctor):
    visit_id = a_visit(session, doctor).visit_id
    before = session.scalar(select(func.count(AuditEvent.id)))

    visits.keep_draft(session, doctor, visit_id, "note", "Cough")

    assert session.scalar(select(func.count(AuditEvent.id))) == before


def test_a_draft_is_gone_when_the_visit_ends(session, doctor):
    visit_id = a_visit(session, doctor).visit_id
    visits.keep_draft(session, doctor, visit_id, "note", "Cough")
    visits.add_diagnosis(session, doctor, visit_id, "J06.9")

    visits.complete(session, doctor, visit_id)

    assert session.scalar(select(func.count()).select_from(VisitDraft)) == 0


def test_only_the_visits_own_doctor_has_a_draft_of_it(session, doctor):
    visit_id = a_visit(session, doctor).visit_id
    visits.keep_draft(session, doctor, visit_id, "note", "Cough")
    other = a_user(session, Role.DOCTOR, "Dr Iyer")

    assert visits.draft(session, other, visit_id) == {}
    with pytest.raises(visits.NotYourVisit, match="This visit is with Dr Sen"):
        visits.keep_draft(session, other, visit_id, "note", "Fever")


def test_a_completed_visit_takes_no_draft(session, doctor):
    with pytest.raises(visits.VisitLocked):
        visits.keep_draft(session, doctor, a_completed_visit(session, doctor).visit_id, "note", "Cough")
