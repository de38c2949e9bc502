"""Who is let in, what is answered to everybody, and what a key is for."""

import pytest

from core.models import User
from tests import factories

pytestmark = pytest.mark.usefixtures("without_redis")
ASHA = {"name": "Asha Rao", "sex": "FEMALE", "phone": "98450 12345"}


def test_a_password_opens_and_signing_out_closes(stranger, receptionist, session):
    username = session.get_one(User, receptionist.user_id).username
    answer = stranger.post("/api/auth/login", json={"username": username, "password": factories.PASSWORD})
    assert answer.status_code == 200, answer.text
    bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}

    assert stranger.get("/api/auth/me", headers=bearer).json()["role"] == "RECEPTION"
    assert stranger.post("/api/auth/logout", headers=bearer).status_code == 204
    assert stranger.get("/api/auth/me", headers=bearer).status_code == 401


def test_a_refusal_is_a_problem_with_the_sentence_of_the_screens(stranger, as_one, receptionist, pharmacist):
    answers = {
        401: stranger.get("/api/patients"),
        403: as_one(pharmacist).get("/api/patients"),
        404: as_one(receptionist).get("/api/patients/999"),
        422: as_one(receptionist).post("/api/patients", json={**ASHA, "name": ""}),
    }
    for status, answer in answers.items():
        assert answer.status_code == answer.json()["status"] == status
        assert answer.headers["content-type"] == "application/problem+json"
    assert answers[401].headers["www-authenticate"] == "Bearer"
    assert answers[403].json()["detail"] == "Meera (pharmacist) may not see patients."
    assert answers[404].json() == {
        "type": "/api/problems#not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no patient 999.",
    }
    assert answers[422].json()["errors"][0]["pointer"] == "#/name"


def test_one_key_registers_once_and_other_contents_are_refused(as_one, receptionist):
    key = {"idempotency-key": "one"}
    desk = as_one(receptionist)
    first, again = (desk.post("/api/patients", json=ASHA, headers=key) for _ in range(2))
    other = desk.post("/api/patients", json={**ASHA, "name": "Vikram"}, headers=key)

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.headers["location"] == again.headers["location"]
    assert other.status_code == 422
    assert len(desk.get("/api/patients").json()["items"]) == 1


def test_what_is_no_address_is_told_so_as_everything_is(as_one, admin):
    for address in ("/api/nothing", "/api/patients/1%0A2", "/api/fhir/Invoice/%0A"):
        answer = as_one(admin).get(address)
        assert (answer.status_code, answer.headers["content-type"].partition("/")[0]) == (404, "application")


def test_a_list_comes_in_pages(session, as_one, receptionist):
    for n in range(5):
        factories.a_patient(session, f"Patient {n}")
    desk = as_one(receptionist)
    names, cursor = [], {}
    while cursor is not None:
        page = desk.get("/api/patients", params={"limit": 2, **cursor}).json()
        names += [card["name"] for card in page["items"]]
        cursor = page["next"] and {"cursor": page["next"]}
    assert names == [f"Patient {n}" for n in range(5)]
