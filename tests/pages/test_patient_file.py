"""The file on the patient's card: each role's part of it, its kinds, and the trail of who opened it."""

import pytest
from sqlalchemy import select, text

from core import billing, documents, patients, token_queue, visits
from core.models import AuditAction, AuditEvent
from core.patient_file import Kind
from core.permissions import Role
from tests.factories import a_completed_visit, a_patient, a_user, a_visit, an_admin, an_invoice

pytestmark = pytest.mark.usefixtures("without_redis")
INFECTION = "Acute upper respiratory infection, unspecified"


def said(page):
    kinds = ("markdown", "caption", "subheader", "info", "error")
    return " ".join(element.value for kind in kinds for element in page.get(kind)).replace("\\", "")


def readers(session):
    reads = select(AuditEvent).where(AuditEvent.action == AuditAction.READ).order_by(AuditEvent.id)
    return [(event.actor_name, event.resource_id) for event in session.scalars(reads)]


@pytest.fixture
def asha(session, doctor):
    """Seen once, with a summary, an addition since and a bill to pay."""
    card = a_patient(session, "Asha Rao")
    visit = a_completed_visit(session, doctor, card)
    documents.visit_summary(session, doctor, visit.visit_id)
    visits.add_note(session, doctor, visit.visit_id, "Cultures came back", reason="Late result")
    an_invoice(session, patient=card)
    return card


def test_a_doctor_reads_the_file_and_each_opening_is_noted_once(session, open_page, doctor, asha, frozen_clock):
    page = open_page("patients", doctor, {"patient": asha.mrn})
    for _ in range(2):
        page.run()

    (paper,) = documents.list_of_patient(session, doctor, asha.patient_id)
    assert INFECTION in said(page)
    assert "Amended" in said(page)
    assert paper.address in said(page)
    assert readers(session) == [("Dr Sen", asha.patient_id)]

    frozen_clock(hour=11)
    page.run()
    open_page("patients", doctor, {"patient": asha.mrn})
    other = a_user(session, Role.DOCTOR, "Dr Rao")
    patients.open_file(session, other, asha.patient_id, "Emergency")
    open_page("patients", other, {"patient": asha.mrn})
    assert [name for name, _ in readers(session)] == ["Dr Sen", "Dr Sen", "Dr Rao"]


def test_the_desk_sees_bills_and_tokens_and_opens_nothing_clinical(session, open_page, receptionist, asha, links):
    page = open_page("patients", receptionist, {"patient": asha.mrn})

    (bill,) = billing.list_of_patient(session, receptionist, asha.patient_id)
    assert "Token 1" in said(page)
    assert ("cash", {"find": bill.number}) in links
    assert not [word for word in (INFECTION, "Amended", "/paper/") if word in said(page)]
    assert readers(session) == [("Ravi", asha.patient_id)]  # the card, with allergies and conditions


def test_the_file_is_narrowed_to_a_kind(open_page, doctor, asha):
    page = open_page("patients", doctor, {"patient": asha.mrn})
    assert "Visit summary" in said(page)
    (chips,) = page.get("button_group")

    chips.set_value([Kind.VISIT]).run()

    assert INFECTION in said(page)
    assert "Visit summary" not in said(page)


def test_administrators_see_who_opened_a_file(open_page, admin, doctor, asha):
    open_page("patients", doctor, {"patient": asha.mrn})

    page = open_page("patients", admin, {"patient": asha.mrn})

    assert "**Dr Sen** :small[:gray[doctor]]" in said(page)
    assert "Opened by" in [box.label for box in page.expander]
    assert "Opened by" not in [box.label for box in open_page("patients", doctor, {"patient": asha.mrn}).expander]


def test_a_file_whose_opening_cannot_be_noted_stays_shut(session, open_page, doctor, asha):
    page = open_page("patients", doctor)
    session.execute(text("ALTER TABLE audit_events ADD CHECK (action <> 'READ') NOT VALID"))

    page.query_params["patient"] = asha.mrn
    page.run()

    assert page.exception
    assert INFECTION not in said(page)
    assert readers(session) == []


@pytest.mark.parametrize("started", [False, True], ids=["called", "in the room"])
def test_the_history_of_whoever_is_called_is_an_opening_too(session, open_page, doctor, asha, started):
    if started:
        a_visit(session, doctor, asha)
    else:
        token_queue.walk_in(session, an_admin(session), asha.patient_id, doctor.user_id)
        token_queue.call_next(session, doctor, doctor.user_id)

    page = open_page("room", doctor)
    page.run()

    assert INFECTION in " ".join(box.label for box in page.expander)
    assert readers(session) == [("Dr Sen", asha.patient_id)]


def test_a_visit_that_is_read_is_an_opening_too(session, open_page, doctor, asha):
    (visit,) = visits.history(session, doctor, asha.patient_id)

    open_page("visit", doctor, {"id": str(visit.visit_id)})

    assert readers(session) == [("Dr Sen", asha.patient_id)]


def test_a_merged_record_leads_to_the_one_that_stays(session, open_page, receptionist, asha):
    stays = a_patient(session, "Aasha Rao")
    patients.merge(session, receptionist, stays.patient_id, asha.patient_id)
    page = open_page("patients", receptionist, {"patient": asha.mrn})
    assert f"This record is part of Aasha Rao, {stays.mrn}, now" in said(page)
    assert "Bring it back" not in [button.label for button in page.button]

    page.button(key=f"other_{stays.patient_id}").click().run()

    assert page.query_params["patient"] == stays.mrn
    assert "Token 1" in said(page)
