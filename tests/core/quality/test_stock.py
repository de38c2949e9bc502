"""What is missing or owed at the counter and on the shelf."""

from core import dispensing
from core.models import Clinic
from tests.factories import a_batch, a_medicine, a_patient, an_invoice, pay


def test_medicines_handed_over_and_not_paid_for_are_found_the_day_after(session, pharmacist, frozen_clock, found):
    session.get_one(Clinic, 1).dispense_unpaid = True
    medicine = a_medicine(session)
    a_batch(session, medicine, 100)
    bill = an_invoice(session, (medicine, 10), price="300.00")
    an_invoice(session, (medicine, 10), patient=a_patient(session, "Not handed over"))
    dispensing.dispense(session, pharmacist, bill.invoice_id)
    assert found("unpaid-medicines") == []

    frozen_clock(day=2)
    [one] = found("unpaid-medicines")
    assert (one.record_id, one.detail) == (bill.invoice_id, f"Bill {bill.number}: 345.00 not paid")

    pay(session, bill)
    assert found("unpaid-medicines") == []


def test_medicines_paid_for_and_owed_for_a_week_are_found(session, pharmacist, frozen_clock, found):
    medicine = a_medicine(session)
    bill = an_invoice(session, (medicine, 10), paid=True)
    an_invoice(session, paid=True, patient=a_patient(session, "No medicines"))
    frozen_clock(day=8)
    assert found("owed-medicines") == []

    frozen_clock(day=9)
    assert [one.record_id for one in found("owed-medicines")] == [bill.invoice_id]
    a_batch(session, medicine, 100)
    dispensing.dispense(session, pharmacist, bill.invoice_id)
    assert found("owed-medicines") == []


def test_a_medicine_without_price_or_generic_is_found(session, found):
    bare = a_medicine(session, "Bandage", price="0")
    a_medicine(session, "Amoxicillin 500 mg", generic="Amoxicillin")
    nameless = a_medicine(session, "Cough syrup")

    assert [(one.record_id, one.detail) for one in found("medicines")] == [
        (bare.medicine_id, "No price, generic name"),
        (nameless.medicine_id, "No generic name"),
    ]


def test_an_expired_batch_with_something_left_is_found(session, pharmacist, frozen_clock, found):
    medicine = a_medicine(session)
    batch = a_batch(session, medicine, 40, expires="2025-03-31")
    frozen_clock(day=31)
    assert found("expired") == []

    frozen_clock(month=4)
    [one] = found("expired")
    assert (one.record_id, one.other_id) == (medicine.medicine_id, batch.batch_id)
    assert (one.title, one.detail) == (medicine.name, f"Batch {batch.number}: 40 on hand")


def test_a_batch_that_cost_nothing_is_found(session, found):
    medicine = a_medicine(session)
    a_batch(session, medicine, 40)
    free = a_batch(session, medicine, 10, unit_cost="0")

    assert [one.other_id for one in found("costless")] == [free.batch_id]
