"""The life of a bill through the API alone."""

from base64 import urlsafe_b64encode
from io import BytesIO

import pytest
from pypdf import PdfReader

from tests import factories

pytestmark = pytest.mark.usefixtures("without_redis")
PAID = {"amount": "300.00", "method": "CASH"}


@pytest.fixture
def desk(as_one, receptionist):
    return as_one(receptionist)


@pytest.fixture
def bill(session):
    """Of 300.00, nothing paid."""
    return factories.an_invoice(session)


def address(bill, *rest):
    return "/".join(["/api/billing", str(bill.invoice_id), *rest])


def by_hand(patient, *lines):
    return {"kind": "manual", "patient_id": patient.patient_id, "lines": list(lines)}


def told(answer):
    return answer.status_code, answer.json()["detail"]


def test_a_bill_of_a_visit_is_made_paid_in_parts_and_given_back(desk, as_one, admin, session, doctor):
    visit = factories.a_completed_visit(session, doctor)
    made = desk.post("/api/billing", json={"kind": "auto", "visit_id": visit.visit_id})
    assert made.status_code == 201, made.text
    bill = made.json()
    at = made.headers["location"]
    assert desk.get(at).json() == bill
    total = bill["total"]
    assert isinstance(total, str)
    assert bill["due"] == total
    assert bill["issued_at"] == "2025-03-01T04:30:00Z"

    part = desk.post(f"{at}/pay", json={"amount": "1.00", "method": "CARD", "reference": "4471"}).json()
    assert (part["state"], part["paid"]) == ("ISSUED", "1.00")
    rest = desk.post(f"{at}/pay", json={"amount": part["due"], "method": "UPI"}).json()
    assert (rest["state"], rest["paid"], rest["due"]) == ("PAID", total, "0.00")
    assert [payment["amount"] for payment in rest["payments"]] == ["1.00", part["due"]]

    office = as_one(admin)
    line = office.get(f"{at}/refundable").json()["lines"][0]
    asked = {"lines": [{"line_id": line["line"]["line_id"], "quantity": 1}], "method": "CASH", "reason": "Not seen"}
    note = office.post(f"{at}/refunds", json=asked)
    assert note.status_code == 201, note.text
    assert note.json()["amount"] == line["amount"]
    assert desk.get(note.headers["location"]).json() == note.json()
    assert desk.get(at).json()["credit_notes"] == [note.json()]
    assert desk.get(f"{at}/explanation").json()["refunds"][0]["steps"][-1]["amount"] == line["amount"]


def test_a_visit_is_billed_once(desk, session, doctor):
    asked = {"kind": "auto", "visit_id": factories.a_completed_visit(session, doctor).visit_id}
    number = desk.post("/api/billing", json=asked).json()["number"]
    assert told(desk.post("/api/billing", json=asked)) == (409, f"This visit already has bill {number}.")


def test_a_visit_waits_for_its_bill_until_it_has_one(desk, session, doctor):
    visit_id = factories.a_completed_visit(session, doctor).visit_id
    waiting = desk.get("/api/billing/unbilled").json()["items"]
    assert [(visit["visit_id"], visit["completed_at"]) for visit in waiting] == [(visit_id, "2025-03-01T04:30:00Z")]
    desk.post("/api/billing", json={"kind": "auto", "visit_id": visit_id})
    assert desk.get("/api/billing/unbilled").json() == {"items": [], "next": None}


def test_an_open_visit_is_not_billed(desk, session, doctor):
    asked = {"kind": "auto", "visit_id": factories.a_visit(session, doctor).visit_id}
    status, sentence = told(desk.post("/api/billing", json=asked))
    assert status == 409
    assert "once the doctor has completed it" in sentence


def test_one_key_takes_the_money_once(desk, bill):
    key = {"idempotency-key": "one"}
    part = {**PAID, "amount": "100.00"}
    first, again = (desk.post(address(bill, "pay"), json=part, headers=key) for _ in range(2))
    assert first.json() == again.json()
    assert desk.get(address(bill)).json()["paid"] == "100.00"
    assert desk.post(address(bill, "pay"), json=PAID, headers=key).status_code == 422


def test_no_more_is_taken_than_is_due(desk, bill):
    much = told(desk.post(address(bill, "pay"), json={**PAID, "amount": "300.01"}))
    assert much == (409, f"Only 300.00 is due for bill {bill.number}: 300.01 is too much.")
    assert desk.post(address(bill, "pay"), json=PAID).status_code == 200
    assert told(desk.post(address(bill, "pay"), json=PAID)) == (409, f"Bill {bill.number} is paid already.")


@pytest.mark.parametrize("amount", [300.0, 300, "300,00", "NaN", "Infinity", None])
def test_money_is_taken_as_text_only(desk, bill, amount):
    answer = desk.post(address(bill, "pay"), content=as_sent(amount), headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/amount"
    assert desk.get(address(bill)).json()["paid"] == "0.00"


def as_sent(amount):
    text = f'"{amount}"' if isinstance(amount, str) else {None: "null"}.get(amount, str(amount))
    return f'{{"amount": {text}, "method": "CASH"}}'


def test_a_float_is_refused_with_a_sentence(desk, bill):
    status, sentence = told(desk.post(address(bill, "pay"), json={**PAID, "amount": 300.0}))
    assert status == 422
    assert 'Send a number as text, as in "120.50"' in sentence


def test_a_fraction_of_a_paisa_is_refused_by_the_workflow(desk, bill):
    answer = desk.post(address(bill, "pay"), json={**PAID, "amount": "0.005"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/amount"


def test_a_bill_by_hand_takes_prices_from_the_list_and_discounts_with_a_reason(desk, session):
    service = factories.a_service(session)
    lines = [
        {"service_id": service.service_id, "discount": "5.00", "discount_reason": "Old patient"},
        {"description": "Letter", "unit_price": "50.00", "quantity": 2},
    ]
    bill = desk.post("/api/billing", json=by_hand(factories.a_patient(session), *lines)).json()
    assert bill["total"] == "195.00"
    assert [line["amount"] for line in bill["lines"]] == ["95.00", "100.00"]


def test_all_that_is_wrong_with_a_bill_by_hand_is_told_line_by_line(desk, session):
    lines = [{"description": "Letter"}, {"service_id": 999}]
    answer = desk.post("/api/billing", json=by_hand(factories.a_patient(session), *lines))
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "#/lines/0/unit_price", "detail": "Line 1: The price is missing."},
        {"pointer": "#/lines/1/item", "detail": "Line 2: This is not on the price list."},
    ]


def test_a_kind_of_bill_that_there_is_not_is_refused(desk):
    assert desk.post("/api/billing", json={"kind": "other", "visit_id": 1}).status_code == 422


def test_bills_are_listed_by_day_by_patient_and_unpaid_in_pages(desk, session):
    asha, vikram = (factories.a_patient(session, name) for name in ("Asha Rao", "Vikram Sen"))
    bills = [factories.an_invoice(session, patient=who, paid=paid) for who in (asha, vikram) for paid in (True, False)]

    def listed(**asked):
        ids, cursor = [], {}
        while cursor is not None:
            page = desk.get("/api/billing", params={"limit": 1, **asked, **cursor}).json()
            ids += [card["invoice_id"] for card in page["items"]]
            cursor = page["next"] and {"cursor": page["next"]}
        return ids

    ids = [bill.invoice_id for bill in bills]
    assert listed() == listed(day="2025-03-01") == ids
    assert listed(day="2025-02-28") == []
    assert listed(unpaid=True) == [ids[1], ids[3]]
    assert listed(patient_id=vikram.patient_id) == ids[2:]
    assert listed(patient_id=vikram.patient_id, unpaid=True) == [ids[3]]


def test_only_what_nothing_is_paid_for_is_cancelled(desk, session, bill):
    assert desk.post(address(bill, "cancel"), json={"reason": ""}).status_code == 422
    cancelled = desk.post(address(bill, "cancel"), json={"reason": "Wrong patient"}).json()
    assert (cancelled["state"], cancelled["due"]) == ("CANCELLED", "0.00")
    again = told(desk.post(address(bill, "cancel"), json={"reason": "Wrong patient"}))
    assert again == (409, f"Bill {bill.number} is cancelled already.")
    paid = factories.pay(session, factories.an_invoice(session))
    status, sentence = told(desk.post(address(paid, "cancel"), json={"reason": "Wrong patient"}))
    assert status == 409
    assert "it can only be refunded, not cancelled" in sentence


def refund(line_id, quantity=1, **other):
    return {"lines": [{"line_id": line_id, "quantity": quantity}], "method": "CASH", "reason": "Not made", **other}


def test_no_more_is_given_back_than_can_be(as_one, admin, session, bill):
    office = as_one(admin)
    line_id = bill.lines[0].line_id
    nothing = told(office.post(address(bill, "refunds"), json=refund(line_id)))
    assert nothing == (409, f"Nothing has been paid for bill {bill.number}: there is no money to give back.")

    factories.pay(session, bill)
    two = office.post(address(bill, "refunds"), json=refund(line_id, 2))
    assert told(two) == (422, "Certificate: only 1 can still be given back.")
    assert two.json()["errors"][0]["pointer"] == "#/lines/0"
    assert office.post(address(bill, "refunds"), json=refund(line_id)).status_code == 201
    again = told(office.post(address(bill, "refunds"), json=refund(line_id)))
    assert again == (409, f"All that was paid for bill {bill.number} has been given back already.")


def test_a_line_given_twice_in_one_refund_is_refused(as_one, admin, session):
    bill = factories.an_invoice(session, paid=True)
    twice = refund(bill.lines[0].line_id)
    twice["lines"] *= 2
    status, sentence = told(as_one(admin).post(address(bill, "refunds"), json=twice))
    assert status == 422
    assert "The same line is given twice" in sentence


def test_who_may_not_is_told_so(as_one, stranger, desk, pharmacist, bill):
    assert stranger.get("/api/billing").status_code == 401
    assert stranger.post(address(bill, "pay"), json=PAID).status_code == 401
    counter = as_one(pharmacist)
    assert counter.post(address(bill, "pay"), json=PAID).status_code == 403
    assert counter.get(address(bill, "refundable")).status_code == 403
    assert desk.get("/api/billing/999").status_code == 404
    assert told(desk.get("/api/billing/credit-notes/999")) == (404, "There is no credit note 999.")


def test_an_advance_is_received_applied_and_paid_out(as_one, admin, session):
    office = as_one(admin)
    asha = factories.a_patient(session)
    at = f"/api/patients/{asha.patient_id}/advance"
    assert office.get(at).json()["amount"] == "0.00"
    assert office.post(f"{at}/receive", json={**PAID, "amount": "500.00"}).json()["amount"] == "500.00"
    bill = factories.an_invoice(session, patient=asha)
    assert office.post(address(bill, "pay"), json={**PAID, "method": "ADVANCE"}).json()["state"] == "PAID"
    much = told(office.post(f"{at}/pay-out", json=PAID))
    assert much == (409, "Asha Rao has 200.00 with the clinic: 300.00 is too much.")
    left = office.post(f"{at}/pay-out", json={**PAID, "amount": "200.00"}).json()
    assert left["amount"] == "0.00"
    assert [move["change"] for move in left["moves"]] == ["500.00", "-300.00", "-200.00"]
    assert office.get("/api/patients/999/advance").status_code == 404


def test_the_price_list_in_pages_and_searched(desk, session):
    for name in ("Dressing", "Injection", "X-ray"):
        factories.a_service(session, name)
    first = desk.get("/api/services", params={"limit": 2}).json()
    rest = desk.get("/api/services", params={"limit": 2, "cursor": first["next"]}).json()
    assert [price["name"] for price in first["items"] + rest["items"]] == ["Dressing", "Injection", "X-ray"]
    assert rest["next"] is None
    found = desk.get("/api/services", params={"search": "ray"}).json()["items"]
    assert [(price["name"], price["price"], price["kind"]) for price in found] == [("X-ray", "100.00", "SERVICE")]


@pytest.mark.parametrize(("size", "width"), [("A4", 210), ("80mm", 80)])
def test_a_bill_is_printed_as_a_page_or_a_strip(desk, bill, size, width):
    answer = desk.get(address(bill, "print"), params={"size": size})
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'inline; filename="invoice-2024-25-000001.pdf"'
    (page,) = PdfReader(BytesIO(answer.content)).pages
    assert round(float(page.mediabox.width) / 72 * 25.4) == width
    assert "300.00" in page.extract_text()
    assert "Not paid" in page.extract_text() or "NOT PAID" in page.extract_text()


def test_no_paper_of_a_bill_that_there_is_not_or_in_another_size(desk, as_one, doctor, bill):
    assert desk.get("/api/billing/999/print").status_code == 404
    assert desk.get(address(bill, "print"), params={"size": "A3"}).status_code == 422
    assert as_one(doctor).get(address(bill, "print")).status_code == 403


def test_a_cursor_far_beyond_the_end_is_none_of_a_list(desk):
    far = urlsafe_b64encode(str(2**63 - 1).encode()).decode()
    for asked in ({"search": "ray"}, {}):
        assert desk.get("/api/services", params={**asked, "cursor": far}).status_code == 422
