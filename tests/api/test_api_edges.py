"""What a program may send by mistake or on purpose, and what is told of it."""

import logging
from base64 import urlsafe_b64encode

import pytest

from core import auth, logs
from core.api.caller import Caller
from core.api.fhir import export
from core.api.paging import BadCursor, Paging
from core.api.refusals import SignedOut
from core.exchange import Kind
from core.models import User
from core.web import guard
from tests import factories

pytestmark = pytest.mark.usefixtures("without_redis")
ASHA = {"name": "Asha Rao", "sex": "FEMALE"}


def test_accesses_are_told_by_the_guard_alone():
    """uvicorn's own line of an access tells the whole address, with whatever was searched for."""
    logger = logging.getLogger("uvicorn.access")
    logger.addHandler(logging.StreamHandler())

    logs.take_over("uvicorn.access")

    assert (logger.handlers, logger.propagate) == ([], False)


def test_of_a_list_from_which_rows_leave_nothing_is_skipped():
    rows, seen, cursor = list(range(7)), [], None
    while True:
        page = Paging(2, cursor).rest(rows, lambda row: row)
        seen += page.items
        rows = [row for row in rows if row not in page.items]  # handed over meanwhile
        cursor = page.next
        if cursor is None:
            break
    assert seen == list(range(7))


@pytest.mark.parametrize("place", [b"999999999", b'"x"', b"[1]", b"{}", b"-1", b"1.5", b"\xff", b"true"])
def test_a_made_up_cursor_is_refused_before_anything_is_read(place):
    cursor = urlsafe_b64encode(place).decode()

    with pytest.raises(BadCursor):
        Paging(50, cursor).position()


@pytest.mark.parametrize("cursor", ["x", "WzFd", "eyJhIjogMX0"])
def test_a_cursor_of_another_list_is_refused(as_one, pharmacist, session, cursor):
    factories.an_invoice(session, (factories.a_medicine(session), 1), paid=True)

    answer = as_one(pharmacist).get("/api/dispensing/waiting", params={"cursor": cursor})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/cursor"


def test_a_stranger_sends_no_large_file(stranger, as_one, admin):
    large = {"files": {"file": ("people.csv", b"x" * (guard.LONGEST_BODY + 1))}}

    assert stranger.post("/api/patients/import", **large).status_code == 413
    assert as_one(admin).post("/api/patients/import", **large).status_code == 422


def test_a_mistake_is_told_by_its_place_and_not_by_what_was_typed(as_one, receptionist):
    desk = as_one(receptionist)
    answers = [
        desk.post("/api/patients", json={**ASHA, "sex": "Quill"}),
        desk.patch("/api/queue/1/status", json={"step": "Quill"}),
        desk.post("/api/queue/walk-in", json={"patient_id": 1, "Quill": "Quill"}),
        desk.post("/api/patients", json={**ASHA, "birth_date": 662688000}),
        desk.get("/api/patients", params={"limit": "Quill"}),
    ]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert not [answer.text for answer in answers if "Quill" in answer.text]
    pointers = [answer.json()["errors"][0]["pointer"] for answer in answers]
    assert pointers[:2] + pointers[3:] == ["#/sex", "#/", "#/birth_date", "#/limit"]


@pytest.mark.parametrize("amount", [100, 100.5, "1E+5", "1_000", "١٢", " 5 ", "NaN", ""])
def test_money_is_a_number_as_text_and_nothing_like_one(session, as_one, receptionist, amount):
    bill = factories.an_invoice(session, (factories.a_medicine(session), 1))
    paying = f"/api/billing/{bill.invoice_id}/pay"

    assert as_one(receptionist).post(paying, json={"amount": amount, "method": "CASH"}).status_code == 422


def test_patients_over_fhir_are_noted_and_too_many_of_a_name_are_not_cut(session, as_one, receptionist, monkeypatch):
    monkeypatch.setattr("core.exchange.asking.MOST_NAMED", 2)
    for name in ("Asha Rao", "Asha Das"):
        factories.a_patient(session, name)
    desk = as_one(receptionist)

    assert desk.get("/api/fhir/Patient", params={"name": "Asha"}).status_code == 400
    assert len(desk.get("/api/fhir/Patient", params={"name": "Das"}).json()["entry"]) == 1
    assert desk.get("/api/fhir/Patient", params={"identifier": "http://x|"}).json().get("entry", []) == []


def test_an_export_ends_with_the_session_that_began_it(session, admin, monkeypatch):
    factories.a_patient(session, "Asha")
    factories.a_patient(session, "Vikram")
    monkeypatch.setattr(export, "BATCH", 1)
    signed_in = auth.open_session(session, session.get_one(User, admin.user_id))
    session.flush()
    lines = export.lines(Caller(admin, "", signed_in.token), [Kind.PATIENT])
    assert b"Asha" in next(lines)

    auth.sign_out(session, signed_in.token)
    session.flush()

    with pytest.raises(SignedOut):
        next(lines)
