"""The counter through the API: what is handed over, what comes back, what is called off."""

import pytest
from sqlalchemy import select

from core import dispensing
from core.models import AuditEvent
from tests import factories

pytestmark = pytest.mark.usefixtures("without_redis")


@pytest.fixture
def counter(as_one, pharmacist):
    return as_one(pharmacist)


@pytest.fixture
def amoxicillin(session):
    return factories.a_medicine(session)


@pytest.fixture
def bill(session, amoxicillin):
    """A certificate and ten capsules, paid."""
    return factories.an_invoice(session, (amoxicillin, 10), paid=True)


def told(answer):
    return answer.status_code, answer.json()["detail"]


def of(bill, **more):
    return {"invoice_id": bill.invoice_id, **more}


def test_what_waits_is_handed_over_once(counter, session, bill, amoxicillin):
    batch = factories.a_batch(session, amoxicillin, 30)
    waiting = counter.get("/api/dispensing/waiting").json()["items"]
    assert [(one["invoice_id"], one["medicines"][0]["quantity"]) for one in waiting] == [(bill.invoice_id, 10)]

    key = {"idempotency-key": "one"}
    first, again = (counter.post("/api/dispensing", json=of(bill), headers=key) for _ in range(2))
    assert first.status_code == again.status_code == 201, first.text
    assert first.json() == again.json()
    assert [(item["batch_number"], item["quantity"]) for item in first.json()["items"]] == [(batch.number, 10)]
    assert counter.get(first.headers["location"]).json() == first.json()
    assert counter.get("/api/dispensing/waiting").json()["items"] == []
    done = told(counter.post("/api/dispensing", json=of(bill)))
    assert done == (409, f"Everything on bill {bill.number} has already been handed over.")


def test_a_part_is_handed_over_only_when_asked_for(counter, session, bill, amoxicillin):
    factories.a_batch(session, amoxicillin, 4)
    status, sentence = told(counter.post("/api/dispensing", json=of(bill)))
    assert (status, sentence) == (409, "Not enough stock: Amoxicillin 500 mg (need 10, have 4).")
    given = counter.post("/api/dispensing", json=of(bill, partly=True)).json()
    assert ([item["quantity"] for item in given["items"]], given["owed"][0]["quantity"]) == ([4], 6)


def test_the_batch_in_hand_leaves_first(counter, session, bill, amoxicillin):
    factories.a_batch(session, amoxicillin, 30)
    later = factories.a_batch(session, amoxicillin, 30, received="2025-02-10")
    choice = {"line_id": bill.lines[1].line_id, "batch_id": later.batch_id}
    given = counter.post("/api/dispensing", json=of(bill, choices=[choice])).json()
    assert [item["batch_number"] for item in given["items"]] == [later.number]


def test_a_substitute_stands_in_at_the_same_price(counter, session):
    alike = {"generic": "Amoxicillin", "strength": "500 mg"}
    one, other = (factories.a_medicine(session, name, **alike) for name in ("Mox 500", "Amoxil 500"))
    factories.a_batch(session, other, 30)
    bill = factories.an_invoice(session, (one, 10), paid=True)
    line_id = bill.lines[1].line_id

    found = counter.get(f"/api/dispensing/lines/{line_id}/substitutes").json()["items"]
    assert [(each["medicine_id"], each["price"], each["same_price"]) for each in found] == [
        (other.medicine_id, "4.50", True)
    ]
    choice = {"line_id": line_id, "instead_medicine_id": other.medicine_id}
    item = counter.post("/api/dispensing", json=of(bill, choices=[choice])).json()["items"][0]
    assert (item["medicine"], item["instead_of"]) == ("Amoxil 500", "Mox 500")


def test_what_cannot_be_chosen_is_refused_with_the_sentence_of_the_counter(counter, session, bill, amoxicillin):
    line_id = bill.lines[1].line_id
    twice = [{"line_id": line_id}] * 2
    assert counter.post("/api/dispensing", json=of(bill, choices=twice)).status_code == 422
    strange = [{"line_id": 999, "batch_id": 1}]
    assert told(counter.post("/api/dispensing", json=of(bill, choices=strange)))[0] == 404
    other = factories.a_batch(session, factories.a_medicine(session, "Ibuprofen"), 5)
    wrong = [{"line_id": line_id, "batch_id": other.batch_id}]
    status, sentence = told(counter.post("/api/dispensing", json=of(bill, choices=wrong)))
    assert (status, sentence) == (409, f"Batch {other.number} is Ibuprofen, not Amoxicillin 500 mg.")


def test_an_unpaid_bill_is_not_handed_over(counter, session, amoxicillin):
    bill = factories.an_invoice(session, (amoxicillin, 10))
    assert told(counter.post("/api/dispensing", json=of(bill))) == (409, f"Bill {bill.number} is issued, not paid.")


def test_what_comes_back_can_be_paid_back_and_not_twice(counter, as_one, admin, session, bill, amoxicillin):
    factories.a_batch(session, amoxicillin, 30)
    counter.post("/api/dispensing", json=of(bill))
    line_id = bill.lines[1].line_id
    office, refunds = as_one(admin), f"/api/billing/{bill.invoice_id}/refunds"
    asked = {"lines": [{"line_id": line_id, "quantity": 4}], "method": "CASH", "reason": "Brought back"}
    status, sentence = told(office.post(refunds, json=asked))
    assert status == 422
    assert "The counter takes medicines back first" in sentence

    found = counter.get("/api/dispensing", params={"search": bill.number}).json()["items"]
    returns = f"/api/dispensing/items/{found[0]['items'][0]['item_id']}/returns"
    back = {"quantity": 4, "usable": True, "reason": "Another was given"}
    answer = counter.post(returns, json=back)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["quantity"], answer.json()["why_no_stock"]) == (4, "")
    assert office.post(refunds, json=asked).json()["amount"] == "18.00"
    status, sentence = told(counter.post(returns, json={**back, "quantity": 7}))
    assert status == 409
    assert "the patient has 6 of it" in sentence
    assert counter.post(returns, json={**back, "quantity": 0}).status_code == 422
    assert counter.post("/api/dispensing/items/999/returns", json=back).status_code == 404


def test_what_is_called_off_is_owed_no_more(counter, bill):
    line_id = bill.lines[1].line_id
    at = f"/api/dispensing/lines/{line_id}/call-offs"
    asked = {"quantity": 4, "reason": "Has some at home"}
    key = {"idempotency-key": "one"}
    answers = [counter.post(at, json=asked, headers=key).json() for _ in range(2)]
    assert answers == [{"line_id": line_id, "owed": 6}] * 2
    much = told(counter.post(at, json={**asked, "quantity": 7}))
    assert much == (409, "Amoxicillin 500 mg: 6 still to be handed over, 7 cannot be called off.")


def test_the_counter_is_the_pharmacists(stranger, as_one, doctor, counter, bill):
    assert stranger.get("/api/dispensing/waiting").status_code == 401
    assert as_one(doctor).post("/api/dispensing", json=of(bill)).status_code == 403
    assert told(counter.get("/api/dispensing/999")) == (404, "There is no dispensing 999.")


def test_what_waits_comes_in_pages(counter, session, amoxicillin):
    bills = [factories.an_invoice(session, (amoxicillin, 1), paid=True) for _ in range(3)]
    first = counter.get("/api/dispensing/waiting", params={"limit": 2}).json()
    rest = counter.get("/api/dispensing/waiting", params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["number"] for one in first["items"] + rest["items"]] == [bill.number for bill in bills]
    assert rest["next"] is None


def test_what_was_handed_over_comes_in_pages(counter, session, pharmacist, amoxicillin):
    factories.a_batch(session, amoxicillin, 30)
    bills = [factories.an_invoice(session, (amoxicillin, 1), paid=True) for _ in range(3)]
    given = [dispensing.dispense(session, pharmacist, bill.invoice_id).dispensing_id for bill in bills]
    first = counter.get("/api/dispensing", params={"limit": 2}).json()
    rest = counter.get("/api/dispensing", params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["dispensing_id"] for one in first["items"] + rest["items"]] == given[::-1]
    assert rest["next"] is None
    noted = select(AuditEvent.changes).where(AuditEvent.event == "list.read")
    assert session.scalars(noted).all() == [{"list": [None, "what was handed over"]}] * 2


def test_the_list_of_who_waits_is_no_receipt_and_is_only_read(counter):
    answer = counter.put("/api/dispensing/waiting")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
