"""The doctor's room for other programs."""

import pytest
from sqlalchemy import func, select

from core import token_queue, visits
from core.models import AuditEvent, Vitals
from core.permissions import Role
from tests import factories

pytestmark = pytest.mark.usefixtures("without_redis")
COLD = {"code": "J06.9", "text": "A cold"}
MEASURED = {"temperature_c": "38.45", "pulse_bpm": 92}


@pytest.fixture
def room(as_one, doctor):
    return as_one(doctor)


@pytest.fixture
def visit_id(session, doctor):
    return factories.a_visit(session, doctor).visit_id


def noted(session, event):
    return session.scalar(select(func.count(AuditEvent.id)).where(AuditEvent.event == event))


def test_a_visit_from_a_called_token_to_its_signature(session, room, doctor):
    token = factories.a_token(session, doctor=doctor)
    early = room.post("/api/visits", json={"token_id": token.token_id})
    assert (early.status_code, early.json()["type"]) == (409, "/api/problems#token-not-called")

    token_queue.call_next(session, doctor, doctor.user_id)
    begun = room.post("/api/visits", json={"token_id": token.token_id})
    assert begun.status_code == 201, begun.text
    address = begun.headers["location"]
    assert begun.json()["started_at"] == "2025-03-01T04:30:00Z"
    assert room.get("/api/visits").json()["items"][0]["token_id"] == token.token_id

    empty = room.post(f"{address}/complete", json={})
    assert (empty.status_code, empty.json()["type"]) == (409, "/api/problems#empty-visit")
    changed = room.patch(address, json={"vitals": MEASURED, "add_diagnoses": [COLD]})
    assert changed.status_code == 200, changed.text
    assert changed.json()["vitals"][0]["measured"]["temperature_c"] == "38.5"
    assert changed.json()["diagnoses"][0]["text"] == "A cold"
    assert room.post(f"{address}/notes", json={"body": "Since Monday"}).json()["author"] == "Dr Sen"
    assert room.post(f"{address}/complete", json={"follow_up_on": "2025-03-10"}).status_code == 204

    signed = room.get(address).json()
    assert (signed["state"], signed["follow_up_on"]) == ("COMPLETED", "2025-03-10")


def test_one_key_starts_one_visit(session, room, doctor):
    token = factories.a_token(session, doctor=doctor)
    token_queue.call_next(session, doctor, doctor.user_id)
    first, again = (
        room.post("/api/visits", json={"token_id": token.token_id}, headers={"idempotency-key": "one"})
        for _ in range(2)
    )
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()


def test_a_change_is_all_or_nothing_and_names_the_place(session, room, visit_id):
    wrong = room.patch(f"/api/visits/{visit_id}", json={"vitals": {"temperature_c": "101"}, "add_diagnoses": [COLD]})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"] == "#/vitals/temperature_c"
    unknown = room.patch(f"/api/visits/{visit_id}", json={"vitals": MEASURED, "add_diagnoses": [{"code": "none"}]})
    assert unknown.status_code == 422
    assert room.get(f"/api/visits/{visit_id}").json()["vitals"] == []


def test_a_change_sent_again_with_its_key_measures_once(session, room, visit_id):
    for headers, sets in (({"idempotency-key": "one"}, 1), ({"idempotency-key": "one"}, 1), ({}, 2)):
        answer = room.patch(f"/api/visits/{visit_id}", json={"vitals": MEASURED}, headers=headers)
        assert answer.status_code == 200
        assert session.scalar(select(func.count(Vitals.id))) == sets


def test_a_number_is_text_and_doubtful_vitals_are_affirmed(session, room, doctor):
    patient = factories.a_patient(session, age_years=40)
    before = factories.a_visit(session, doctor, patient)
    visits.record_vitals(session, doctor, before.visit_id, visits.Measurements(weight_kg=60))
    address = f"/api/visits/{before.visit_id}"
    assert room.patch(address, json={"vitals": {"weight_kg": 61.5}}).status_code == 422

    pounds = {"vitals": {"weight_kg": "132"}}
    asked = room.patch(address, json=pounds)
    assert (asked.status_code, asked.json()["type"]) == (422, "/api/problems#doubtful")
    assert room.patch(address, json={**pounds, "sure": True}).status_code == 200


def test_diagnoses_are_taken_back_before_the_signature_and_struck_after_it(session, room, doctor, visit_id):
    address = f"/api/visits/{visit_id}"
    found = room.patch(address, json={"add_diagnoses": [COLD]}).json()["diagnoses"][0]
    again = room.patch(address, json={"remove_diagnoses": [found["diagnosis_id"]], "add_diagnoses": [COLD]}).json()
    kept = again["diagnoses"][0]["diagnosis_id"]
    assert kept != found["diagnosis_id"]

    visits.complete(session, doctor, visit_id)
    late = {"add_diagnoses": [{"code": "J20.9"}], "vitals": MEASURED, "follow_up_on": "2025-03-20"}
    assert room.patch(address, json=late).status_code in {409, 422}
    assert room.patch(address, json={"remove_diagnoses": [kept]}).status_code == 409
    amended = room.patch(address, json={**late, "strike_diagnoses": [kept], "reason": "X-ray came later"})
    assert amended.status_code == 200, amended.text
    said = amended.json()
    assert [one["code"] for one in said["diagnoses"]] == ["J20.9"]
    assert said["struck_diagnoses"][0]["struck"]["reason"] == "X-ray came later"
    assert said["follow_up_on"] == "2025-03-20"
    assert room.patch(address, json={"follow_up_on": None, "reason": "Cured"}).json()["follow_up_on"] is None


def test_an_open_visit_gets_its_follow_up_when_it_is_completed(room, visit_id):
    early = room.patch(f"/api/visits/{visit_id}", json={"follow_up_on": "2025-03-20", "reason": "Soon"})
    assert (early.status_code, early.json()["type"]) == (409, "/api/problems#not-completed")


def test_a_note_is_amended_once_and_only_in_its_visit(session, room, doctor, visit_id):
    note = room.post(f"/api/visits/{visit_id}/notes", json={"body": "Left ear"}).json()["note_id"]
    colleague = factories.a_user(session, Role.DOCTOR, "Dr Roy")
    other = factories.a_visit(session, colleague, factories.a_patient(session, "Vikram")).visit_id
    right = {"body": "Right ear", "reason": "Mixed up"}
    assert room.patch(f"/api/visits/{other}/notes/{note}", json=right).status_code == 404
    amended = room.patch(f"/api/visits/{visit_id}/notes/{note}", json=right)
    assert (amended.status_code, amended.json()["amends_id"]) == (200, note)
    assert room.patch(f"/api/visits/{visit_id}/notes/{note}", json=right).status_code == 409


def test_a_note_longer_than_anything_taken_is_refused_unread(room, visit_id):
    for length, status in ((10_001, 422), (70_000, 413)):
        answer = room.post(f"/api/visits/{visit_id}/notes", json={"body": "x" * length})
        assert (answer.status_code, answer.json()["status"]) == (status, status)


def test_a_visit_is_cancelled_by_its_doctor_and_reopened_by_an_administrator(session, as_one, room, admin, doctor):
    signed, left = factories.a_completed_visit(session, doctor), factories.a_visit(session, doctor)
    assert room.post(f"/api/visits/{left.visit_id}/cancel", json={"reason": ""}).status_code == 422
    assert room.post(f"/api/visits/{left.visit_id}/cancel", json={"reason": "Left"}).status_code == 204
    assert room.get(f"/api/visits/{left.visit_id}").json()["state"] == "CANCELLED"

    again = f"/api/visits/{signed.visit_id}/reopen"
    assert room.post(again, json={"reason": "Wrong"}).status_code == 403
    assert as_one(admin).post(again, json={"reason": "Wrong"}).status_code == 204
    assert room.get(f"/api/visits/{signed.visit_id}").json()["state"] == "OPEN"


def test_another_doctors_visit_is_read_with_a_reason_and_changed_by_nobody_else(session, as_one, visit_id):
    colleague = as_one(factories.a_user(session, Role.DOCTOR, "Dr Roy"))
    closed = colleague.get(f"/api/visits/{visit_id}")
    assert (closed.status_code, closed.json()["type"]) == (403, "/api/problems#reason-needed")
    foreign = colleague.patch(f"/api/visits/{visit_id}", json={})
    assert (foreign.status_code, foreign.json()["type"]) == (403, "/api/problems#not-your-visit")


def test_the_past_comes_in_pages_to_whoever_said_why(session, as_one, doctor):
    patient = factories.a_patient(session)
    ids = [factories.a_completed_visit(session, doctor, patient, code).visit_id for code in ("J06.9", "J20.9", "I10")]
    colleague = as_one(factories.a_user(session, Role.DOCTOR, "Dr Roy"))
    address = f"/api/patients/{patient.patient_id}"
    closed = colleague.get(f"{address}/history")
    assert (closed.status_code, closed.json()["type"]) == (403, "/api/problems#reason-needed")
    assert colleague.post(f"{address}/openings", json={"reason": "Emergency"}).status_code == 204

    first = colleague.get(f"{address}/history", params={"limit": 2}).json()
    rest = colleague.get(f"{address}/history", params={"limit": 2, "cursor": first["next"]}).json()
    assert [past["visit_id"] for past in [*first["items"], *rest["items"]]] == ids[::-1]
    assert rest["next"] is None
    assert noted(session, "patient.file_opened_outside") == 1


def test_what_is_read_is_noted_and_what_is_refused_is_not(session, as_one, room, receptionist, visit_id):
    assert noted(session, "patient.file_opened") == 0
    assert as_one(receptionist).get(f"/api/visits/{visit_id}").status_code == 403
    assert room.get("/api/visits/999").status_code == 404
    assert noted(session, "patient.file_opened") == 0
    assert room.get(f"/api/visits/{visit_id}").status_code == 200
    assert noted(session, "patient.file_opened") == 1


def test_strangers_see_nothing(stranger):
    for address in ("/api/visits", "/api/visits/1", "/api/patients/1/history", "/api/patients/1/form", "/api/icd10"):
        assert stranger.get(address).status_code == 401


def test_codes_are_found_by_words_in_pages(room):
    first = room.get("/api/icd10", params={"search": "diabetes", "limit": 3}).json()
    rest = room.get("/api/icd10", params={"search": "diabetes", "limit": 3, "cursor": first["next"]}).json()
    assert len({code["code"] for code in [*first["items"], *rest["items"]]}) == 6
    assert room.get("/api/icd10", params={"search": "j069"}).json()["items"][0]["code"] == "J06.9"
    assert room.get("/api/icd10", params={"search": "j069"}).json()["next"] is None


def test_a_form_tells_what_can_be_changed_and_who_read_it_is_noted(session, as_one, receptionist, pharmacist):
    patient = factories.a_patient(session, allergies="Penicillin")
    address = f"/api/patients/{patient.patient_id}/form"
    assert as_one(receptionist).get(address).json()["allergies"] == "Penicillin"
    assert noted(session, "patient.card_opened") == 1
    assert as_one(pharmacist).get(address).status_code == 403
    assert as_one(receptionist).get("/api/patients/999/form").status_code == 404
