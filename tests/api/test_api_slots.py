"""Slots are opened by a plan or by hours, and found by day and doctor; doctors are there to choose from."""

from datetime import date, time

import pytest

from core import scheduling
from core.permissions import Role
from core.scheduling import Hours
from tests import factories

pytestmark = pytest.mark.usefixtures("without_redis")
PLAN = {
    "by": "plan",
    "first_on": "2025-03-03",
    "last_on": "2025-03-04",
    "starts": "09:00",
    "ends": "10:00",
    "slot_minutes": 15,
}


def test_a_plan_opens_slots_once_and_they_are_found_by_day(as_one, receptionist, doctor):
    desk, plan = as_one(receptionist), {**PLAN, "doctor_id": doctor.user_id}
    opened = {"opened": 8, "overlapping": 0, "past": 0, "missing": 0, "away": 0}

    answers = [desk.post("/api/slots/bulk", json=plan, headers={"idempotency-key": "one"}) for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(201, opened)] * 2
    again = desk.post("/api/slots/bulk", json=plan)
    assert again.json() == {**opened, "opened": 0, "overlapping": 8}

    page = desk.get("/api/slots", params={"day": "2025-03-03", "limit": 3}).json()
    assert len(page["items"]) == 3
    rest = desk.get("/api/slots", params={"day": "2025-03-03", "limit": 3, "cursor": page["next"]}).json()
    assert (len(rest["items"]), rest["next"]) == (1, None)
    slot = page["items"][0]
    assert (slot["starts_at"], slot["state"], slot["doctor_name"]) == ("2025-03-03T03:30:00Z", "FREE", "Dr Sen")
    assert desk.get(f"/api/slots/{slot['slot_id']}").json() == slot
    both = desk.get("/api/slots", params={"day": "2025-03-03", "days": 2, "doctor_id": doctor.user_id}).json()
    assert len(both["items"]) == 8
    assert desk.get("/api/slots").json()["items"] == []


def test_weekly_hours_open_slots_and_without_hours_it_is_a_conflict(session, as_one, receptionist, doctor):
    desk = as_one(receptionist)
    wanted = {"by": "hours", "doctor_ids": [doctor.user_id], "first_on": "2025-03-03", "last_on": "2025-03-09"}
    refused = desk.post("/api/slots/bulk", json=wanted)
    assert (refused.status_code, refused.json()["detail"]) == (409, "Dr Sen has no weekly hours yet. Set them first.")

    nobody = desk.post("/api/slots/bulk", json={**wanted, "doctor_ids": []})
    assert (nobody.status_code, nobody.json()["errors"][0]["pointer"]) == (422, "#/doctor_ids")

    hours = [Hours(0, time(9), time(12), 30)]
    scheduling.set_week(session, factories.an_admin(session), doctor.user_id, hours)
    assert desk.post("/api/slots/bulk", json=wanted).json()["opened"] == 6


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends": "08:00"},
        {"slot_minutes": 0},
        {"weekdays": []},
        {"first_on": "2025-02-01"},
        {"last_on": "9999-12-31"},
        {"starts": "09:00:00Z"},
        {"starts": "09:00:30"},
        {"starts": 32400},
        {"first_on": 1741000000},
        {"by": "magic"},
        {"doctor_id": 2**63},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(as_one, receptionist, doctor, wrong):
    answer = as_one(receptionist).post("/api/slots/bulk", json={**PLAN, "doctor_id": doctor.user_id, **wrong})
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_who_may_not_and_what_is_not_there(session, stranger, as_one, receptionist, doctor, pharmacist):
    plan = {**PLAN, "doctor_id": doctor.user_id}
    assert stranger.post("/api/slots/bulk", json=plan).status_code == 401
    assert as_one(doctor).post("/api/slots/bulk", json=plan).status_code == 403
    assert as_one(pharmacist).get("/api/slots").status_code == 403
    desk = as_one(receptionist)
    assert desk.post("/api/slots/bulk", json={**PLAN, "doctor_id": 999_999}).status_code == 404
    assert desk.get("/api/slots/999999").status_code == 404
    assert desk.get("/api/slots", params={"day": "9999-12-31"}).status_code == 422
    assert scheduling.list_slots(session, receptionist, date(2025, 3, 3), days=7) == []


def test_doctors_are_there_to_choose_from(session, stranger, as_one, pharmacist, doctor):
    factories.a_user(session, Role.DOCTOR, "Dr Bose")
    page = as_one(pharmacist).get("/api/doctors").json()
    assert [one["name"] for one in page["items"]] == ["Dr Bose", "Dr Sen"]
    assert stranger.get("/api/doctors").status_code == 401
