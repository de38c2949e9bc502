"""Prescriptions, their warnings and their paper for other programs."""

import pytest
from sqlalchemy import func, select

from core import visits
from core.models import AuditEvent, Document, Prescription
from core.permissions import Role
from tests import factories

pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.fixture
def room(as_one, doctor):
    return as_one(doctor)


@pytest.fixture
def visit_id(session, doctor):
    return factories.a_visit(session, doctor, factories.a_patient(session, allergies="Penicillin")).visit_id


@pytest.fixture
def cetirizine(session):
    return an_item(factories.a_medicine(session, "Cetirizine 10 mg", generic="Cetirizine"))


@pytest.fixture
def amoxicillin(session):
    return an_item(factories.a_medicine(session, generic="Amoxicillin"))


@pytest.fixture
def issued(room, visit_id, cetirizine):
    answer = room.post("/api/prescriptions", json={"visit_id": visit_id, "items": [cetirizine]})
    assert answer.status_code == 201, answer.text
    return answer


def an_item(medicine):
    return {"medicine_id": medicine.medicine_id, "dose": "0.500", "frequency": "od", "duration_days": 4}


def counted(session, table, *wanted):
    return session.scalar(select(func.count(table.id)).where(*wanted))


def test_a_prescription_is_issued_once_and_read_again(session, room, visit_id, cetirizine):
    sent = {"visit_id": visit_id, "items": [cetirizine]}
    first, again = (room.post("/api/prescriptions", json=sent, headers={"idempotency-key": "one"}) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json() == room.get(first.headers["location"]).json()
    item = first.json()["items"][0]
    assert (item["directions"]["dose"], item["directions"]["frequency"], item["quantity"]) == ("0.500", "OD", 2)
    assert counted(session, Prescription) == 1

    second = room.post("/api/prescriptions", json=sent)
    assert (second.status_code, second.json()["type"]) == (409, "/api/problems#already-prescribed")


def test_the_one_that_stands_is_found_by_its_visit(as_one, room, receptionist, visit_id, cetirizine):
    of_visit = f"/api/prescriptions?visit_id={visit_id}"
    assert room.get(of_visit).json() == {"items": [], "next": None}
    issued = room.post("/api/prescriptions", json={"visit_id": visit_id, "items": [cetirizine]})
    assert room.get(of_visit).json()["items"] == [issued.json()]
    room.post(f"{issued.headers['location']}/cancel", json={"reason": "A rash"})
    assert room.get(of_visit).json()["items"] == []
    assert as_one(receptionist).get(of_visit).status_code == 403


def test_warnings_are_told_before_and_answered_with_a_reason(session, room, visit_id, amoxicillin, cetirizine):
    sent = {"visit_id": visit_id, "items": [cetirizine, amoxicillin]}
    told = room.post("/api/prescriptions/review", json=sent)
    assert told.status_code == 200, told.text
    (warned,) = told.json()["items"]
    assert (warned["medicine_id"], warned["kind"]) == (amoxicillin["medicine_id"], "ALLERGY")

    refused = room.post("/api/prescriptions", json=sent)
    assert (refused.status_code, refused.json()["type"]) == (409, "/api/problems#prescribing-warnings")
    assert refused.json()["warnings"] == [warned]
    assert counted(session, Prescription) == 0

    sent["items"][1]["override_reason"] = "Took it last year without a rash"
    answered = room.post("/api/prescriptions", json=sent)
    assert answered.status_code == 201
    assert answered.json()["items"][1]["override_reason"] == "Took it last year without a rash"


@pytest.mark.parametrize("address", ["/api/prescriptions", "/api/prescriptions/review"])
def test_what_is_wrong_is_told_by_its_place(room, visit_id, cetirizine, address):
    wrong = {**cetirizine, "dose": "0", "frequency": "often", "duration_days": 10**30}
    items = [cetirizine, wrong, {**cetirizine, "medicine_id": 999}]
    answer = room.post(address, json={"visit_id": visit_id, "items": items})
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        *("#/items/1/medicine_id", "#/items/1/dose", "#/items/1/frequency", "#/items/1/duration_days"),
        "#/items/2/medicine_id",
    }
    for never in ([], [{**cetirizine, "dose": 0.5}]):
        assert room.post(address, json={"visit_id": visit_id, "items": never}).status_code == 422


def test_a_new_version_replaces_the_old_one(session, room, doctor, issued, visit_id, cetirizine):
    address = issued.headers["location"]
    new = room.patch(address, json={"items": [{**cetirizine, "quantity": 10}]})
    assert (new.status_code, new.json()["items"][0]["quantity"]) == (200, 10)
    assert room.get(address).json()["state"] == "CANCELLED"
    assert room.patch(address, json={"items": [cetirizine]}).status_code == 409

    newer = new.headers["content-location"]
    visits.add_note(session, doctor, visit_id, "A cold")
    visits.complete(session, doctor, visit_id)
    assert room.patch(newer, json={"items": [cetirizine]}).status_code == 422
    assert room.patch(newer, json={"items": [cetirizine], "reason": "A rash"}).status_code == 200


def test_a_prescription_is_cancelled_with_a_reason(as_one, room, pharmacist, issued):
    address = issued.headers["location"]
    assert room.post(f"{address}/cancel", json={"reason": " "}).status_code == 422
    assert as_one(pharmacist).post(f"{address}/cancel", json={"reason": "A rash"}).status_code == 403
    assert room.post(f"{address}/cancel", json={"reason": "A rash"}).json()["state"] == "CANCELLED"


def test_its_paper_is_issued_once_and_opened_as_pdf(session, as_one, room, pharmacist, issued):
    paper = f"{issued.headers['location']}/print"
    none = room.get(paper)
    assert (none.status_code, none.json()["type"]) == (404, "/api/problems#not-found")

    made = room.post(paper)
    assert made.status_code == 201
    assert made.headers["location"] == paper
    for answer in (made, room.post(paper), as_one(pharmacist).get(paper)):
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.content.startswith(b"%PDF-")
    assert counted(session, Document) == 1
    assert counted(session, AuditEvent, AuditEvent.event == "document.opened") == 3


def test_no_paper_is_issued_of_what_was_cancelled(room, issued):
    address = issued.headers["location"]
    room.post(f"{address}/cancel", json={"reason": "A rash"})
    refused = room.post(f"{address}/print")
    assert (refused.status_code, refused.json()["type"]) == (409, "/api/problems#prescription-cancelled")


def test_others_read_it_as_their_work_allows(session, as_one, receptionist, pharmacist, issued, visit_id, cetirizine):
    address, colleague = issued.headers["location"], as_one(factories.a_user(session, Role.DOCTOR, "Dr Roy"))
    assert as_one(pharmacist).get(address).status_code == 200
    assert as_one(receptionist).get(address).status_code == 403
    assert as_one(receptionist).get(f"{address}/print").status_code == 403
    assert counted(session, AuditEvent, AuditEvent.event.startswith("patient.file_opened")) == 0

    review = {"visit_id": visit_id, "items": [cetirizine]}
    for closed in (colleague.get(address), colleague.post("/api/prescriptions/review", json=review)):
        assert (closed.status_code, closed.json()["type"]) == (403, "/api/problems#reason-needed")
    colleague.post(f"/api/patients/{issued.json()['patient_id']}/openings", json={"reason": "Emergency"})
    assert colleague.get(address).status_code == 200
    assert colleague.post("/api/prescriptions/review", json=review).status_code == 200


def test_strangers_see_nothing_and_there_is_no_such_one(stranger, room, cetirizine):
    for address in ("/api/prescriptions/1", "/api/prescriptions/1/print"):
        assert stranger.get(address).status_code == 401
        assert room.get(address.replace("/1", "/999")).status_code == 404
    unknown = {"visit_id": 999, "items": [cetirizine]}
    for address in ("/api/prescriptions", "/api/prescriptions/review"):
        assert room.post(address, json=unknown).status_code == 404


def test_the_document_says_that_a_paper_is_a_pdf(room):
    operations = room.get("/api/openapi.json").json()["paths"]["/prescriptions/{prescription_id}/print"]
    assert list(operations["get"]["responses"]["200"]["content"]) == ["application/pdf"]
    assert list(operations["post"]["responses"]["201"]["content"]) == ["application/pdf"]
