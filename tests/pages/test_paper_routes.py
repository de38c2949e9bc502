"""Papers by their address: who gets the PDF, and what a stranger with the code is told."""

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select
from starlette.requests import Request

from core import audit, clinic, documents, patients, prescriptions, visits
from core.config import Settings
from core.models import AuditEvent
from core.permissions import ROLE_PERMISSIONS, Permission, Role
from core.web import origin
from tests.factories import a_user, a_visit, an_item

pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.fixture
def papers(session, doctor):
    """A visit's three papers."""
    visit_id = a_visit(session, doctor).visit_id
    visits.add_diagnosis(session, doctor, visit_id, "J06.9")
    ordered = prescriptions.prescribe(session, doctor, visit_id, [an_item(session)])
    visits.complete(session, doctor, visit_id)
    return {
        "prescription": documents.prescription_paper(session, doctor, ordered.prescription_id),
        "summary": documents.visit_summary(session, doctor, visit_id),
        "note": documents.sick_note(session, doctor, visit_id, date(2025, 3, 1), date(2025, 3, 3)),
    }


def openings(session):
    return session.scalar(select(func.count(AuditEvent.id)).where(AuditEvent.event == "document.opened"))


def refusals_of(session, actor):
    of_them = (AuditEvent.event == audit.REFUSED, AuditEvent.actor_id == actor.user_id)
    return [changes["wanted"][1] for changes in session.scalars(select(AuditEvent.changes).where(*of_them))]


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.ADMIN, {"prescription", "summary", "note"}),
        (Role.DOCTOR, {"prescription", "summary", "note"}),
        (Role.PHARMACIST, {"prescription"}),
        (Role.RECEPTION, set()),
        (Role.MANAGER, set()),
        (Role.ANALYST, set()),
    ],
)
def test_each_role_gets_the_papers_it_may_read_and_no_word_of_others(session, as_one, papers, role, seen):
    actor = a_user(session, role)
    browser = as_one(actor)
    nothing = browser.get("/paper/document/no-such-code")
    del nothing.headers["x-request-id"]
    if Permission.READ_CLINICAL in ROLE_PERMISSIONS[role]:
        refusals = [browser.get(paper.address + how) for paper in papers.values() for how in ("", "/print")]
        assert {answer.status_code for answer in refusals} == {403}
        assert "outside your work. Open it first" in refusals[0].text
        assert openings(session) == 0
        patients.open_file(session, actor, papers["note"].patient_id, "Emergency")

    answers = {name: browser.get(paper.address) for name, paper in papers.items()}

    assert {name for name, answer in answers.items() if answer.status_code == 200} == seen
    assert openings(session) == len(seen)
    may = Permission.READ_PRESCRIPTIONS in ROLE_PERMISSIONS[role]
    assert refusals_of(session, actor) == ([] if may else ["documents.opened"])
    for name, answer in answers.items():
        assert answer.headers["cache-control"] == "no-store"
        if name in seen:
            assert answer.headers["content-type"] == "application/pdf"
            assert answer.headers["content-disposition"].startswith('inline; filename="')
            assert "Asha" in PdfReader(BytesIO(answer.content)).pages[0].extract_text()
        else:
            del answer.headers["x-request-id"]
            assert (answer.status_code, answer.content, answer.headers) == (404, nothing.content, nothing.headers)


def test_who_is_not_signed_in_is_told_nothing(session, server, papers):
    server.cookies.set("qure_session", "forged")
    answers = [server.get(address) for address in (papers["note"].address, "/paper/document/no-such-code")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert openings(session) == 0


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_anybody_may_ask_whether_a_paper_is_genuine_and_learns_no_more(session, admin, server, papers, method):
    clinic.change(session, admin, name="Lotus & <Sons>")
    code, taken_back = papers["prescription"].code, papers["note"]
    patients.open_file(session, admin, taken_back.patient_id, "Complaint or legal request")
    documents.cancel(session, admin, taken_back.document_id, "Wrong days")

    genuine, *others = (server.request(method, f"/genuine/{c}") for c in (code, taken_back.code, "no-such-code", "%00"))

    if method == "GET":
        assert "<h1>Genuine</h1>" in genuine.text
        assert "<h2>Lotus &amp; &lt;Sons&gt;</h2>" in genuine.text
        assert all(other.text == others[0].text and "<h1>Not genuine</h1>" in other.text for other in others)
        for secret in ("Asha", "Dr Sen", "2025", "Amoxicillin", "RX-", "Wrong days", "<script"):
            assert secret not in genuine.text + others[0].text
    assert {answer.status_code for answer in (genuine, *others)} == {200}
    assert genuine.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in genuine.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://qure.local:8501"),
        ({"QURE_SECURE_COOKIES": True}, "https://qure.local:8501"),
        ({"QURE_PUBLIC_ADDRESS": "https://lotus.example/qure/"}, "https://lotus.example/qure/"),
    ],
)
def test_codes_begin_with_the_public_address_or_with_that_of_the_browser(monkeypatch, given, address):
    monkeypatch.setattr(origin, "settings", lambda: Settings(**given))
    scope = {"type": "http", "scheme": "http", "path": "/", "headers": [(b"host", b"qure.local:8501")]}

    assert origin.public_address(Request(scope)) == address
