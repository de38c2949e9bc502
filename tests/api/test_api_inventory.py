"""Medicines and batches over the API: as the pharmacist's screens have them, and refused as they refuse."""

import pytest

pytestmark = pytest.mark.usefixtures("without_redis")
MEDICINES, BATCHES = "/api/inventory/medicines", "/api/inventory/batches"
ASPIRIN = {"name": "Aspirin 300 mg", "form": "TABLET", "unit": "tablet", "price": "2.50", "tax_percent": "5"}


@pytest.fixture
def pharmacy(as_one, pharmacist):
    return as_one(pharmacist)


def names(answer):
    return [medicine["name"] for medicine in answer.json()["items"]]


def test_a_medicine_is_added_once_per_key_and_read_again(pharmacy):
    key = {"idempotency-key": "one"}
    first, again = (pharmacy.post(MEDICINES, json=ASPIRIN, headers=key) for _ in range(2))

    assert first.status_code == 201, first.text
    assert first.json() == again.json()
    assert first.json()["price"] == "2.50"
    assert pharmacy.get(first.headers["location"]).json() == first.json()
    assert names(pharmacy.get(MEDICINES)) == ["Aspirin 300 mg"]
