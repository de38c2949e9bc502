"""Who is let in, what is answered to everybody, and what a key is for."""

import pytest
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from core import auth
from core.api import limiting
from core.models import User
from core.tries import AT_ONE_ADDRESS
from core.web.cookies import COOKIE
from tests import factories
from tests.api.conftest import Client

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


def test_a_wrong_password_is_no_entry_and_too_many_have_to_wait(stranger, session, receptionist):
    username = session.get_one(User, receptionist.user_id).username

    def tries(password):
        return stranger.post("/api/auth/login", json={"username": username, "password": password})

    wrong = [tries("not the password") for _ in range(AT_ONE_ADDRESS)]
    waits = tries(factories.PASSWORD)

    assert {answer.status_code for answer in wrong} == {401}
    assert waits.status_code == 429
    assert int(waits.headers["retry-after"]) > 0
    assert waits.json()["detail"].startswith("Too many wrong tries. Try again in ")


def test_a_cookie_reads_and_writes_for_pages_of_our_own_only(web, session, receptionist):
    token = auth.open_session(session, session.get_one(User, receptionist.user_id)).token
    session.flush()
    browser = Client(web, cookies={COOKIE: token})

    def writes(**headers):
        return browser.post("/api/patients", json=ASHA, headers=headers).status_code

    assert browser.get("/api/patients").status_code == 200
    assert writes(origin="https://elsewhere.example") == 403
    assert writes() == 401
    assert writes(origin="http://testserver") == 201


def test_whoever_asks_too_often_has_to_wait_and_nobody_else(stranger, as_one, receptionist, doctor, monkeypatch):
    monkeypatch.setattr(limiting, "_rate", lambda: parse("3/minute"))
    monkeypatch.setattr(limiting, "_limiter", MovingWindowRateLimiter(MemoryStorage()))
    desk = as_one(receptionist)

    answers = [desk.get("/api/auth/me") for _ in range(4)]
    made_up = [stranger.get("/api/auth/me", headers={"authorization": f"Bearer {n}"}) for n in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[3].headers["retry-after"]) <= 60
    assert [answer.status_code for answer in made_up] == [401, 401, 401, 429]
    assert as_one(doctor).get("/api/auth/me").status_code == 200


def test_what_is_no_address_is_told_so_as_everything_is(as_one, admin):
    for address in ("/api/nothing", "/api/patients/1%0A2", "/api/fhir/Nothing/1%0A"):
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
