"""A file outside one's work: a panel in its place, on the card and on the visit; the commonest work never meets it."""

import pytest
from sqlalchemy import select

from core import token_queue
from core.models import AuditEvent, OutsideOpening
from core.permissions import Role
from tests.factories import a_completed_visit, a_patient, a_user, an_admin
from tests.pages.test_patient_file import INFECTION, said

pytestmark = pytest.mark.usefixtures("without_redis")
OUTSIDE = "This file is outside your work"


@pytest.fixture
def visit(session, doctor):
    return a_completed_visit(session, doctor, a_patient(session, "Asha *Rao*"))


@pytest.fixture
def colleague(session):
    return a_user(session, Role.DOCTOR, "Dr Rao")


def opening(page):
    return next(button for button in page.button if button.label == "Open the file")


def reasons(session):
    return list(session.scalars(select(OutsideOpening.reason).order_by(OutsideOpening.id)))


def test_a_link_to_a_visit_asks_why_and_then_shows_it_also_after_f5(session, open_page, colleague, visit, click_twice):
    page = open_page("visit", colleague, {"id": str(visit.visit_id)})
    assert OUTSIDE in said(page)
    assert INFECTION not in said(page)
    opening(page).click().run()
    assert page.error[0].value == "The reason is missing."
    assert reasons(session) == []

    page.get("button_group")[0].set_value("Covering for a colleague")
    page.text_input[0].set_value("on leave")
    click_twice(page, f"open_file_{visit.patient.patient_id}", opening(page))

    assert INFECTION in said(page)
    assert OUTSIDE not in said(page)
    assert INFECTION in said(open_page("visit", colleague, {"id": str(visit.visit_id)}))
    assert reasons(session) == ["Covering for a colleague: on leave"]


def test_the_card_keeps_its_jobs_and_hides_the_file(session, open_page, admin, visit):
    page = open_page("patients", admin, {"patient": visit.patient.mrn})
    assert OUTSIDE in said(page)
    assert INFECTION not in said(page)
    assert {"Change", "Merge", "New bill"} <= {button.label for button in page.button}
    assert list(session.scalars(select(AuditEvent.event).where(AuditEvent.action == "READ"))) == ["patient.card_opened"]

    page.get("button_group")[-1].set_value("Complaint or legal request")
    opening(page).click().run()

    assert INFECTION in said(page)
    opened = next(box for box in page.expander if box.label == "Opened by")
    assert "Complaint or legal request" in opened.markdown[0].value


def test_administrators_see_what_was_opened_and_why(session, open_page, admin, colleague, visit):
    page = open_page("visit", colleague, {"id": str(visit.visit_id)})
    page.text_input[0].set_value("<b>Röntgen</b> of *today*")
    opening(page).click().run()

    assert "1 file opened outside somebody's work within a week" in said(open_page("home", admin))
    listed = said(open_page("users", admin, {"tab": "outside"}))
    assert "<b>Röntgen</b> of *today*" in listed
    assert "Dr Rao, doctor" in listed


def test_in_the_room_nobody_is_asked_about_whoever_is_called(session, open_page, colleague, visit):
    """Seen by another doctor so far; nothing stands between calling and reading."""
    token_queue.walk_in(session, an_admin(session), visit.patient.patient_id, None)
    token_queue.call_next(session, colleague, colleague.user_id)

    page = open_page("room", colleague)
    assert INFECTION in " ".join(box.label for box in page.expander)
    next(button for button in page.button if button.label == "Start visit").click().run()

    assert "Complete visit" in [button.label for button in page.button]
    assert OUTSIDE not in said(page)
    assert reasons(session) == []
