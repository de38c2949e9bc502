import pytest

from core import dispensing, inventory
from core.dispensing import NotThatManyGiven
from core.errors import Invalid, NotFound, NotPermitted
from core.idempotency import once
from core.models import AuditEvent, Batch, InvoiceLine, MedicineReturn, MovementReason, StockMovement
from tests.factories import a_batch, a_medicine, a_patient, an_invoice


@pytest.fixture
def amoxicillin(session):
    return a_medicine(session)


@pytest.fixture
def batch(session, amoxicillin):
    return a_batch(session, amoxicillin, 20, number="AMX-1")


@pytest.fixture
def given(session, pharmacist, amoxicillin, batch):
    """Ten capsules that Asha Rao took home (HandedOver)."""
    bill = an_invoice(session, (amoxicillin, 10), paid=True)
    dispensing.dispense(session, pharmacist, bill.invoice_id)
    return dispensing.find_handed_over(session, pharmacist, bill.number)[0]


def take_back(session, pharmacist, given, quantity, *, usable=True):
    item_id = given.items[0].item_id
    return dispensing.take_back(session, pharmacist, item_id, quantity, usable=usable, reason="Gave me a rash")


def moved(session, batch):
    rows = session.query(StockMovement).filter_by(batch_id=batch.batch_id).order_by(StockMovement.id)
    return [(row.reason, row.change, row.reference) for row in rows][2:]


def test_what_comes_back_goes_to_its_batch_and_never_more_than_was_given(session, pharmacist, given, batch):
    back = take_back(session, pharmacist, given, 4)

    assert (back.patient, back.batch_number, back.quantity, back.why_no_stock) == ("Asha Rao", "AMX-1", 4, "")
    assert session.get_one(Batch, batch.batch_id).on_hand == 14
    assert moved(session, batch) == [(MovementReason.RETURNED, 4, given.number)]
    assert session.query(InvoiceLine).filter(InvoiceLine.returned == 4).one().dispensed == 10
    (found,) = dispensing.find_handed_over(session, pharmacist, "asha")
    assert (found.items[0].returned, found.items[0].left) == (4, 6)
    with pytest.raises(NotThatManyGiven, match=r"7 of Amoxicillin 500 mg, batch AMX-1, cannot come back: .* has 6"):
        take_back(session, pharmacist, given, 7)
    take_back(session, pharmacist, given, 6)
    with pytest.raises(NotThatManyGiven, match="has come back already"):
        take_back(session, pharmacist, given, 1)


def test_what_cannot_be_used_again_is_written_off_at_once(session, pharmacist, given, batch):
    back = take_back(session, pharmacist, given, 4, usable=False)

    assert back.why_no_stock == "it cannot be used again and was written off"
    reference = given.number
    assert moved(session, batch) == [
        (MovementReason.RETURNED, 4, reference),
        (MovementReason.WRITTEN_OFF, -4, reference),
    ]
    assert session.get_one(Batch, batch.batch_id).on_hand == 10


def test_what_comes_back_to_a_blocked_or_expired_batch_is_no_stock(session, pharmacist, given, batch, frozen_clock):
    inventory.block(session, pharmacist, batch.batch_id, "Recalled by its maker")
    assert take_back(session, pharmacist, given, 1).why_no_stock == "the batch is blocked: Recalled by its maker"

    frozen_clock(2026, 1, 2)
    assert take_back(session, pharmacist, given, 1).why_no_stock == "the batch expired on 1 Jan 2026"
    assert session.get_one(Batch, batch.batch_id).on_hand == 12


def test_the_reason_is_kept_with_the_return_and_nowhere_else(session, pharmacist, given):
    take_back(session, pharmacist, given, 1, usable=False)

    assert session.query(MedicineReturn).one().reason == "Gave me a rash"
    told = [str(event.changes) for event in session.query(AuditEvent)]
    assert "rash" not in " ".join(told + [row.note for row in session.query(StockMovement)])


def test_bad_input_and_other_roles_are_refused_and_a_second_click_takes_back_once(
    session, pharmacist, receptionist, given, batch
):
    item_id = given.items[0].item_id
    for odd in (-1, 1.5, True):
        with pytest.raises(Invalid, match=r"Take back whole units, 1 or more\. The reason is missing\."):
            dispensing.take_back(session, pharmacist, item_id, odd, usable=True, reason="\t")
    with pytest.raises(NotFound, match="no medicine handed over 999"):
        dispensing.take_back(session, pharmacist, 999, 1, usable=True, reason="Too many")
    with pytest.raises(NotPermitted):
        dispensing.take_back(session, receptionist, item_id, 1, usable=True, reason="Too many")
    for _ in range(2):
        once("key", dispensing.take_back)(session, pharmacist, item_id, 3, usable=True, reason="Too many")
    assert session.get_one(Batch, batch.batch_id).on_hand == 13


def test_what_was_handed_over_is_found_by_patient_bill_and_nothing_else(session, pharmacist, given, amoxicillin):
    bill = an_invoice(session, (amoxicillin, 1), paid=True, patient=a_patient(session, "Vikram Sen"))
    dispensing.dispense(session, pharmacist, bill.invoice_id)

    found = {
        term: [one.patient for one in dispensing.find_handed_over(session, pharmacist, term)]
        for term in ("", "rao", given.mrn.lower(), f" {bill.number.lower()} ", "%", "sen asha")
    }

    assert found == {
        **{"": ["Vikram Sen", "Asha Rao"], "rao": ["Asha Rao"], given.mrn.lower(): ["Asha Rao"]},
        **{f" {bill.number.lower()} ": ["Vikram Sen"], "%": [], "sen asha": []},
    }


def test_of_what_was_handed_over_last_any_part_of_a_number_or_a_name_will_do(
    session, pharmacist, given, amoxicillin, monkeypatch
):
    monkeypatch.setattr("core.dispensing.given.GIVEN_LAST", 1)
    bill = an_invoice(session, (amoxicillin, 1), paid=True, patient=a_patient(session, "Vikram Rao"))
    dispensing.dispense(session, pharmacist, bill.invoice_id)

    found = {
        term: [one.patient for one in dispensing.find_handed_over(session, pharmacist, term)]
        for term in ("rao", "ao", bill.number[2:-1])
    }

    assert found == {term: ["Vikram Rao"] for term in found} | {"rao": ["Vikram Rao", "Asha Rao"]}
    assert len(dispensing.find_handed_over(session, pharmacist, "rao", limit=1)) == 1


def test_what_was_handed_over_long_ago_is_found_by_name_mrn_and_number(session, pharmacist, given, monkeypatch):
    monkeypatch.setattr("core.dispensing.given.GIVEN_LAST", 0)  # none of it is recent
    count = str(int(given.number.rpartition("/")[2]))

    found = {
        term: [one.number for one in dispensing.find_handed_over(session, pharmacist, term)]
        for term in ("rao", given.mrn.lower(), given.number, f"asha {count}", count, "sen")
    }

    assert found == {term: [given.number] for term in found} | {"sen": []}
