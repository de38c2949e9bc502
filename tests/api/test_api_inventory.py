"""Medicines and batches over the API: as the pharmacist's screens have them, and refused as they refuse."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from core import inventory
from tests import factories

pytestmark = pytest.mark.usefixtures("without_redis")
MEDICINES, BATCHES = "/api/inventory/medicines", "/api/inventory/batches"
ASPIRIN = {"name": "Aspirin 300 mg", "form": "TABLET", "unit": "tablet", "price": "2.5", "tax_percent": "5"}
EAN = "4006381333931"


@pytest.fixture
def pharmacy(as_one, pharmacist):
    return as_one(pharmacist)


@pytest.fixture
def medicine(session):
    return factories.a_medicine(session)


@pytest.fixture
def batch(session, medicine):
    """A hundred capsules."""
    return factories.a_batch(session, medicine, 100, number="AX1", supplier="Lotus Pharma")


def step(client, batch, key=None, **sent):
    headers = {"idempotency-key": key or uuid.uuid4().hex}
    return client.patch(f"{BATCHES}/{batch.batch_id}", json=sent, headers=headers)


def names(answer):
    return [one["name"] for one in answer.json()["items"]]


def delivery(medicine, **changed):
    arrived = {"number": "AX2", "quantity": 50, "expires_on": "2027-03-31", "unit_cost": "3.1"}
    return {"medicine_id": medicine.medicine_id, **arrived, **changed}


def test_a_medicine_is_added_once_per_key_and_read_again(pharmacy):
    key = {"idempotency-key": "one"}
    first, again = (pharmacy.post(MEDICINES, json=ASPIRIN, headers=key) for _ in range(2))

    assert first.status_code == 201, first.text
    assert first.json() == again.json()
    assert (first.json()["price"], first.json()["tax_percent"]) == ("2.50", "5.00")
    assert pharmacy.get(first.headers["location"]).json() == first.json()
    assert names(pharmacy.get(MEDICINES)) == ["Aspirin 300 mg"]


def test_medicines_come_in_pages_and_are_found_by_a_word_of_their_name(session, pharmacy):
    for n in range(3):
        factories.a_medicine(session, f"Drug {n}")
    first = pharmacy.get(MEDICINES, params={"limit": 2})
    rest = pharmacy.get(MEDICINES, params={"limit": 2, "cursor": first.json()["next"]})

    assert (names(first), names(rest), rest.json()["next"]) == (["Drug 0", "Drug 1"], ["Drug 2"], None)
    assert names(pharmacy.get(MEDICINES, params={"search": "drug 1"})) == ["Drug 1"]
    assert pharmacy.get(MEDICINES, params={"cursor": "nonsense"}).status_code == 422


def test_what_is_not_sent_stays_as_it_was(pharmacy, medicine):
    address = f"{MEDICINES}/{medicine.medicine_id}"
    changed = pharmacy.patch(address, json={"price": "5.25", "barcode": EAN})

    assert changed.status_code == 200, changed.text
    assert (changed.json()["price"], changed.json()["barcode"]) == ("5.25", EAN)
    assert changed.json() == pharmacy.get(address).json()
    assert (changed.json()["name"], changed.json()["form"]) == (medicine.name, medicine.form)
    assert pharmacy.patch(address, json={"barcode": None}).json()["barcode"] is None
    assert pharmacy.patch(address, json={"price": 5.25}).status_code == 422
    assert pharmacy.patch(f"{MEDICINES}/999999", json={"price": "5.25"}).status_code == 404


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(session, pharmacist, medicine):
    seen = inventory.medicine_details(session, pharmacist, medicine.medicine_id)
    inventory.change_medicine(session, pharmacist, medicine.medicine_id, replace(seen, reorder_level=7), seen)

    with pytest.raises(inventory.MedicineChangedMeanwhile, match="Reorder level"):
        inventory.change_medicine(session, pharmacist, medicine.medicine_id, seen, seen)


def test_a_medicine_with_a_name_or_a_supplier_that_cannot_be_is_refused(pharmacy, medicine):
    again = pharmacy.post(MEDICINES, json={**ASPIRIN, "name": medicine.name})
    nobodys = pharmacy.post(MEDICINES, json={**ASPIRIN, "supplier_id": 999999})

    assert (again.status_code, again.json()["type"]) == (409, "/api/problems#medicine-exists")
    assert (nobodys.status_code, nobodys.json()["errors"][0]["pointer"]) == (422, "#/supplier_id")


def test_a_withdrawn_medicine_is_off_the_list_until_it_is_reinstated(pharmacy, medicine):
    address = f"{MEDICINES}/{medicine.medicine_id}"

    assert pharmacy.post(f"{address}/withdraw").status_code == 204
    assert pharmacy.post(f"{address}/withdraw").status_code == 409
    assert names(pharmacy.get(MEDICINES)) == []
    assert names(pharmacy.get(MEDICINES, params={"withdrawn": True})) == [medicine.name]
    assert pharmacy.post(f"{address}/reinstate").status_code == 204
    assert names(pharmacy.get(MEDICINES)) == [medicine.name]


def test_a_delivery_is_taken_into_stock_once(pharmacy, medicine):
    key = {"idempotency-key": "delivered"}
    first, again = (pharmacy.post(BATCHES, json=delivery(medicine), headers=key) for _ in range(2))
    other = pharmacy.post(BATCHES, json=delivery(medicine, quantity=60), headers=key)
    expired = pharmacy.post(BATCHES, json=delivery(medicine, number="AX3", expires_on="2025-02-28"))

    assert first.status_code == 201, first.text
    assert first.json() == again.json()
    assert (first.json()["unit_cost"], first.json()["received_on"]) == ("3.10", "2025-03-01")
    assert (other.status_code, expired.status_code) == (422, 422)
    held = pharmacy.get(f"{MEDICINES}/{medicine.medicine_id}/batches").json()["items"]
    assert [(one["number"], one["on_hand"]) for one in held] == [("AX2", 50)]


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        ({"step": "ADJUST", "change": -2, "note": "Missing"}, 98),
        ({"step": "WRITE_OFF", "quantity": 3, "note": "Spoilt"}, 97),
        ({"step": "SEND_BACK", "quantity": 40, "note": "Damaged on arrival"}, 60),
        ({"step": "TRANSFER_OUT", "quantity": 10, "to": "The ward", "note": "Lent"}, 90),
    ],
)
def test_a_step_moves_units_once_per_key(pharmacy, batch, sent, left):
    answers = [step(pharmacy, batch, "one", **sent) for _ in range(2)]
    assert [(answer.status_code, answer.json()["on_hand"]) for answer in answers] == [(200, left)] * 2


def test_a_batch_is_blocked_and_let_go_again(pharmacy, batch):
    blocked = step(pharmacy, batch, step="BLOCK", reason="Recalled by its maker")
    again = step(pharmacy, batch, step="BLOCK", reason="Recalled by its maker")
    free = step(pharmacy, batch, step="UNBLOCK")

    assert (blocked.json()["blocked"], free.json()["blocked"]) == (True, False)
    assert (again.status_code, again.json()["type"]) == (409, "/api/problems#already-blocked")


def test_a_step_that_cannot_be_is_refused(pharmacy, batch):
    too_many = step(pharmacy, batch, step="WRITE_OFF", quantity=101, note="Spoilt")
    why = step(pharmacy, batch, step="ADJUST", change=1, note=" ")
    unknown = step(pharmacy, batch, step="EAT", quantity=1)
    keyless = pharmacy.patch(f"{BATCHES}/{batch.batch_id}", json={"step": "UNBLOCK"})

    assert (too_many.status_code, too_many.json()["detail"]) == (
        409, "Batch AX1 has 100 on hand: 101 cannot be taken from it.",
    )  # fmt: skip
    assert (why.status_code, why.json()["errors"][0]["pointer"]) == (422, "#/note")
    assert (unknown.status_code, keyless.status_code) == (422, 422)
    assert step(pharmacy, batch, step="WRITE_OFF_EXPIRED").status_code == 409


def test_the_shelf_tells_what_is_there_what_runs_low_and_what_expires(session, pharmacy, medicine, batch):
    factories.a_medicine(session, "Zinc")
    shelf = pharmacy.get("/api/inventory/stock").json()["items"]
    low = pharmacy.get("/api/inventory/low-stock").json()["items"]
    soon = pharmacy.get("/api/inventory/expiring", params={"within_days": 400}).json()["items"]

    assert [(one["name"], one["on_hand"], one["value"], one["state"]) for one in shelf] == [
        (medicine.name, 100, "300.00", "ENOUGH"),
        ("Zinc", 0, "0.00", "NONE_YET"),
    ]
    assert [one["name"] for one in low] == ["Zinc"]
    assert [(one["batch"]["number"], one["days_left"], one["at_risk"]) for one in soon] == [
        ("AX1", (date(2026, 1, 1) - date(2025, 3, 1)).days, "300.00")
    ]
    assert pharmacy.get("/api/inventory/expiring", params={"within_days": -1}).status_code == 422


def test_a_code_on_a_pack_says_which_medicine_and_batch(pharmacy, medicine, batch):
    pharmacy.patch(f"{MEDICINES}/{medicine.medicine_id}", json={"barcode": EAN})
    read = pharmacy.get("/api/inventory/scan", params={"code": f"(01)0{EAN}(10)AX1"})
    wrong = pharmacy.get("/api/inventory/scan", params={"code": "(01)04006381333932(10)AX1"})

    assert read.json()["medicine"]["name"] == medicine.name
    assert [one["batch_id"] for one in read.json()["batches"]] == [batch.batch_id]
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "#/code")


def test_who_only_sees_stock_does_not_change_it_and_the_desk_does_not_see_it(as_one, doctor, receptionist, batch):
    sees, desk = as_one(doctor), as_one(receptionist)

    assert sees.get(MEDICINES).status_code == sees.get("/api/inventory/stock").status_code == 200
    assert sees.post(MEDICINES, json=ASPIRIN).status_code == 403
    assert step(sees, batch, step="BLOCK", reason="Recalled").json()["detail"] == (
        "Dr Sen (doctor) may not recall batches and see who received them."
    )
    assert {desk.get(address).status_code for address in (MEDICINES, "/api/inventory/scan?code=AX1")} == {403}
