"""Appointments are booked, found, moved, cancelled and missed as at the desk."""

from datetime import time

import pytest

from core import scheduling
from core.scheduling import SlotState
from tests import factories

pytestmark = pytest.mark.usefixtures("without_redis")
ASHA = {"name": "Asha Rao", "sex": "FEMALE", "phone": "98450 12345"}


def test_one_key_books_once_and_the_slot_is_taken(session, as_one, receptionist, doctor):
    slot_id, patient = factories.a_slot(session, doctor), factories.a_patient(session)
    desk, wanted = as_one(receptionist), {"slot_id": slot_id, "patient_id": patient.patient_id}

    key = {"idempotency-key": "one"}
    first, again = (desk.post("/api/appointments", json=wanted, headers=key) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert (first.json()["state"], first.json()["starts_at"]) == ("BOOKED", "2025-03-03T03:30:00Z")
    assert desk.get(first.headers["location"]).json() == first.json()

    taken = desk.post("/api/appointments", json={**wanted, "patient_id": factories.a_patient(session).patient_id})
    assert taken.status_code == 409
    assert taken.json()["type"] == "/api/problems#slot-taken"
    assert taken.json()["detail"] == "The slot at 9:00\u202fAM on 3 March has just been taken. Choose another."


def test_somebody_new_is_registered_and_booked_and_a_likely_record_is_told(session, as_one, receptionist, doctor):
    desk = as_one(receptionist)
    wanted = {"slot_id": factories.a_slot(session, doctor), "patient": ASHA}
    booked = desk.post("/api/appointments", json=wanted).json()
    assert desk.get(f"/api/patients/{booked['patient_id']}").json()["name"] == "Asha Rao"

    wanted["slot_id"] = factories.a_slot(session, doctor, starts=time(11))
    known = desk.post("/api/appointments", json=wanted)
    assert (known.status_code, known.json()["type"]) == (409, "/api/problems#may-be-known")
    other = desk.post("/api/appointments", json={**wanted, "anyway": True})
    assert other.status_code == 201
    assert other.json()["patient_id"] != booked["patient_id"]


def test_they_are_found_by_day_by_doctor_and_by_patient(session, as_one, receptionist, doctor):
    booked = [factories.an_appointment(session, doctor, starts=time(hour)) for hour in (9, 10, 11)]
    patient_id = booked[0].patient_id
    scheduling.book(session, receptionist, factories.a_slot(session, doctor, starts=time(15)), patient_id)
    desk = as_one(receptionist)

    def ids(**asked):
        return [one["appointment_id"] for one in desk.get("/api/appointments", params=asked).json()["items"]]

    assert ids() == []
    assert ids(day="2025-03-03")[:3] == [one.appointment_id for one in booked]
    assert ids(day="2025-03-03", doctor_id=receptionist.user_id) == []
    page = desk.get("/api/appointments", params={"patient_id": patient_id, "limit": 1}).json()
    assert [one["starts_at"] for one in page["items"]] == ["2025-03-03T09:30:00Z"]
    assert ids(patient_id=patient_id, limit=1, cursor=page["next"]) == [booked[0].appointment_id]
    both = desk.get("/api/appointments", params={"patient_id": patient_id, "day": "2025-03-03"})
    assert (both.status_code, both.json()["errors"][0]["pointer"]) == (422, "#/patient_id")


def test_one_is_moved_and_cancelled_with_a_reason(session, as_one, receptionist, doctor):
    booked, later = factories.an_appointment(session, doctor), factories.a_slot(session, doctor, starts=time(12))
    desk, address = as_one(receptionist), f"/api/appointments/{booked.appointment_id}"

    moved = desk.patch(address, json={"step": "reschedule", "slot_id": later})
    assert (moved.status_code, moved.json()["slot_id"]) == (200, later)
    assert scheduling.get_slot(session, receptionist, booked.slot_id).state is SlotState.FREE

    nothing = desk.patch(address, json={"step": "cancel", "reason": " "})
    assert (nothing.status_code, nothing.json()["errors"][0]["pointer"]) == (422, "#/reason")
    gone = desk.patch(address, json={"step": "cancel", "reason": "Has a cold"})
    assert (gone.json()["state"], gone.json()["reason"]) == ("CANCELLED", "Has a cold")
    again = desk.patch(address, json={"step": "cancel", "reason": "Has a cold"})
    assert (again.status_code, again.json()["type"]) == (409, "/api/problems#not-booked")


def test_one_is_missed_only_once_its_time_has_come(session, as_one, receptionist, doctor, frozen_clock):
    booked = factories.an_appointment(session, doctor)
    address, missed = f"/api/appointments/{booked.appointment_id}", {"step": "no_show"}
    assert as_one(receptionist).patch(address, json=missed).status_code == 409
    frozen_clock(day=3, hour=9, minute=20)
    assert as_one(receptionist).patch(address, json=missed).json()["state"] == "NO_SHOW"


def test_who_may_not_and_what_is_not_there(session, stranger, as_one, receptionist, doctor, pharmacist):
    booked = factories.an_appointment(session, doctor)
    address = f"/api/appointments/{booked.appointment_id}"
    wanted = {"slot_id": booked.slot_id, "patient_id": booked.patient_id}
    cancel = {"step": "cancel", "reason": "x"}

    assert stranger.post("/api/appointments", json=wanted).status_code == 401
    assert as_one(doctor).post("/api/appointments", json=wanted).status_code == 403
    assert as_one(doctor).patch(address, json=cancel).status_code == 403
    assert as_one(doctor).get(address).status_code == 200
    assert as_one(pharmacist).get(address).status_code == 403
    assert as_one(pharmacist).get("/api/appointments").status_code == 403
    desk = as_one(receptionist)
    assert desk.get("/api/appointments/999999").status_code == 404
    assert desk.patch("/api/appointments/999999", json=cancel).status_code == 404
    assert desk.post("/api/appointments", json={**wanted, "slot_id": 999_999}).status_code == 404
    assert desk.post("/api/appointments", json={**wanted, "patient": ASHA}).status_code == 422
    assert desk.patch(address, json={"step": "forget"}).status_code == 422
