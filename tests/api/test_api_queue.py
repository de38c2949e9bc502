"""The day's queue for other programs: tokens are given out, called, skipped, brought back, finished."""

from datetime import date, time

import pytest

from core import clock, token_queue
from core.models import WaitModel
from core.permissions import Role
from tests import factories

pytestmark = pytest.mark.usefixtures("without_redis")
VIKRAM = {"name": "Vikram Das", "sex": "MALE"}


def test_whoever_arrives_for_an_appointment_gets_a_token_once(session, as_one, receptionist, doctor, frozen_clock):
    booked = factories.an_appointment(session, doctor)
    desk, arrival = as_one(receptionist), {"appointment_id": booked.appointment_id}
    early = desk.post("/api/queue/checkin", json=arrival)
    assert (early.status_code, early.json()["detail"]) == (409, "Asha Rao is booked for 3 March, not today.")

    frozen_clock(day=3, hour=8, minute=50)
    desk = as_one(receptionist)
    key = {"idempotency-key": "one"}
    first, again = (desk.post("/api/queue/checkin", json=arrival, headers=key) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert (first.json()["number"], first.json()["issued_at"]) == (1, "2025-03-03T03:20:00Z")
    assert desk.get(first.headers["location"]).json() == first.json()


def test_known_and_new_people_walk_in(session, as_one, receptionist, doctor):
    desk, asha = as_one(receptionist), factories.a_patient(session)
    known = desk.post("/api/queue/walk-in", json={"patient_id": asha.patient_id, "doctor_id": doctor.user_id})
    new = desk.post("/api/queue/walk-in", json={"patient": VIKRAM, "priority": "ELDERLY"})
    assert (known.status_code, new.status_code) == (201, 201)
    assert new.json()["priority"] == "ELDERLY"
    assert desk.get(f"/api/patients/{new.json()['patient_id']}").json()["name"] == "Vikram Das"

    twice = desk.post("/api/queue/walk-in", json={"patient_id": asha.patient_id})
    assert twice.json()["type"] == "/api/problems#already-in-queue"
    both = {"patient_id": asha.patient_id, "patient": VIKRAM}
    assert [desk.post("/api/queue/walk-in", json=sent).status_code for sent in (both, {})] == [422, 422]


def test_the_board_shows_who_waits_for_whom(session, as_one, receptionist, doctor):
    other = factories.a_user(session, Role.DOCTOR)
    for name, whom in (("Asha", doctor), ("Vikram", None), ("Nina", other)):
        factories.a_token(session, name, whom)
    saturdays = {str(doctor.user_id): {"5": {"away": [], "until": 1200}}}
    model = {"minutes": 10, "pace": {}, "hours": saturdays, "curve": [[0, 0, 0], [100, 100, 150]]}
    measured = {"waits": 200, "said": 200, "within_p50": 104, "within_p90": 182}
    session.add(WaitModel(learned_on=date(2025, 2, 28), learned_at=clock.now(), model=model, **measured))
    desk = as_one(receptionist)

    page = desk.get("/api/queue/today", params={"limit": 2}).json()
    assert [row["patient_name"] for row in page["items"]] == ["Asha", "Vikram"]
    assert [row["expected"] for row in page["items"]] == [{"p50": 0, "p90": 0}, {"p50": 10, "p90": 15}]
    rest = desk.get("/api/queue/today", params={"cursor": page["next"]}).json()
    assert [row["patient_name"] for row in rest["items"]] == ["Nina"]
    assert rest["items"][0]["expected"] is None  # her doctor is not at work
    own = desk.get("/api/queue/today", params={"doctor_id": doctor.user_id}).json()
    assert [row["patient_name"] for row in own["items"]] == ["Asha", "Vikram"]


def test_one_key_calls_one_patient_and_nobody_is_no_content(session, as_one, doctor):
    for name in ("Asha", "Vikram"):
        factories.a_token(session, name, doctor)
    room, wanted = as_one(doctor), {"doctor_id": doctor.user_id}

    key = {"idempotency-key": "one"}
    first, again = (room.post("/api/queue/next", json=wanted, headers=key) for _ in range(2))
    assert first.json() == again.json()
    assert (first.json()["patient_name"], first.json()["state"]) == ("Asha", "CALLED")
    busy = room.post("/api/queue/next", json=wanted)
    assert (busy.status_code, busy.json()["type"]) == (409, "/api/problems#still-serving")

    room.patch(f"/api/queue/{first.json()['token_id']}/status", json={"step": "finish"})
    second = room.post("/api/queue/next", json=wanted).json()
    room.patch(f"/api/queue/{second['token_id']}/status", json={"step": "finish"})
    key = {"idempotency-key": "two"}
    for _ in range(2):
        nobody = room.post("/api/queue/next", json=wanted, headers=key)
        assert (nobody.status_code, nobody.content) == (204, b"")


def test_a_token_goes_its_ways(session, as_one, receptionist, doctor):
    other = factories.a_user(session, Role.DOCTOR)
    token = factories.a_token(session, "Asha", doctor)
    factories.a_token(session, "Vikram", doctor)
    desk, address = as_one(receptionist), f"/api/queue/{token.token_id}/status"

    def after(step, **more):
        answer = desk.patch(address, json={"step": step, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()["state"]

    to_doctor = {"doctor_id": doctor.user_id}
    assert after("call", **to_doctor) == "CALLED"
    assert after("recall") == "CALLED"
    assert after("put_back") == "WAITING"
    assert after("skip") == "SKIPPED"
    assert after("bring_back") == "WAITING"
    assert after("set_priority", priority="EMERGENCY") == "WAITING"
    assert after("transfer", doctor_id=None) == "WAITING"
    assert after("transfer", doctor_id=other.user_id) == "WAITING"
    wrong = desk.patch(address, json={"step": "finish"})
    assert (wrong.status_code, wrong.json()["detail"]) == (409, "Token 1 is waiting and cannot be finished.")
    assert after("call", doctor_id=other.user_id) == "CALLED"
    assert after("finish") == "FINISHED"
    assert after("finish") == "FINISHED"


def test_one_who_left_is_gone_with_the_appointment(session, as_one, receptionist, doctor, frozen_clock):
    booked = factories.an_appointment(session, doctor, starts=time(9))
    frozen_clock(day=3, hour=9)
    token = token_queue.check_in(session, receptionist, booked.appointment_id)
    desk = as_one(receptionist)
    assert desk.patch(f"/api/queue/{token.token_id}/status", json={"step": "no_show"}).json()["state"] == "NO_SHOW"
    assert desk.get(f"/api/appointments/{booked.appointment_id}").json()["state"] == "CANCELLED"


def test_who_may_not_and_what_is_not_there(session, stranger, as_one, receptionist, doctor, pharmacist):
    other = factories.a_user(session, Role.DOCTOR)
    token = factories.a_token(session, "Asha", doctor)
    address, skip = f"/api/queue/{token.token_id}/status", {"step": "skip"}
    assert stranger.patch(address, json=skip).status_code == 401
    assert as_one(pharmacist).get("/api/queue/today").status_code == 403
    assert as_one(doctor).post("/api/queue/walk-in", json={"patient": VIKRAM}).status_code == 403
    foreign = as_one(other).patch(address, json=skip)
    assert foreign.status_code == 403
    assert foreign.json()["detail"] == "A doctor calls and moves patients of the own queue only."
    desk = as_one(receptionist)
    assert desk.patch("/api/queue/999999/status", json=skip).status_code == 404
    assert desk.get("/api/queue/999999").status_code == 404
    assert desk.post("/api/queue/next", json={"doctor_id": 999_999}).status_code == 404
    assert desk.post("/api/queue/checkin", json={"appointment_id": 999_999}).status_code == 404
    for sent in ({"step": "forget"}, {"step": "transfer"}, {"step": "set_priority", "priority": "FRIEND"}):
        assert desk.patch(address, json=sent).status_code == 422
