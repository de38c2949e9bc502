"""A medicine that is not there: another of the same generic takes its place on the bill, at its own price."""

from decimal import Decimal

import pytest

from core import billing, clinic, dispensing
from core.billing import CannotSwap, LineDetails
from core.errors import NotPermitted
from core.models import PaymentMethod
from tests.factories import a_batch, a_medicine, a_patient, an_invoice, pay
from tests.statements import sums_hold


def rupees(amount):
    return Decimal(amount)


@pytest.fixture
def mox(session):
    return a_medicine(session, "Mox", "4.50", generic="Amoxicillin", strength="500 mg")


@pytest.fixture
def novamox(session):
    medicine = a_medicine(session, "Novamox", "6.00", generic="amoxicillin", strength="500mg")
    a_batch(session, medicine, 80)
    return medicine


def swap(session, actor, bill, medicine, line=-1):
    return billing.swap(session, actor, bill.invoice_id, bill.lines[line].line_id, medicine.medicine_id)


def test_an_unpaid_bill_is_changed_in_place(session, receptionist, mox, novamox):
    bill = an_invoice(session, (mox, 10))

    swapped = swap(session, receptionist, bill, novamox)

    assert (swapped.credit_note, swapped.bill.number, swapped.bill.total) == (None, bill.number, rupees("360.00"))
    assert (swapped.bill.lines[1].description, swapped.bill.lines[1].basis) == (
        "Novamox",
        "Price list, in place of Mox",
    )
    sums_hold(session)


def test_money_that_was_paid_is_kept_and_pays_the_new_bill_as_far_as_it_goes(session, receptionist, mox, novamox):
    bill = an_invoice(session, (novamox, 10), paid=True)

    cheaper = swap(session, receptionist, bill, mox)

    assert (cheaper.credit_note.amount, cheaper.credit_note.method) == (rupees("60.00"), PaymentMethod.ADVANCE)
    assert cheaper.credit_note.reason == "Mox in place of Novamox"
    assert (cheaper.bill.supplements_id, cheaper.bill.total, cheaper.bill.due) == (bill.invoice_id, rupees("45.00"), 0)
    assert billing.advance_of(session, receptionist, bill.patient_id) == rupees("15.00")
    dearer = swap(session, receptionist, cheaper.bill, novamox).bill
    assert (dearer.supplements_id, dearer.due) == (cheaper.bill.invoice_id, rupees("15.00"))
    sums_hold(session)


def test_only_what_is_still_owed_is_swapped_with_its_discount(session, admin, receptionist, pharmacist, mox, novamox):
    a_batch(session, mox, 4)
    half = LineDetails(medicine_id=mox.medicine_id, quantity=10, discount=rupees("22.50"), discount_reason="Staff")
    bill = pay(session, billing.invoice_by_hand(session, admin, a_patient(session).patient_id, [half]))
    dispensing.dispense(session, pharmacist, bill.invoice_id, partly=True)

    [offer] = billing.alternatives(session, receptionist, bill.invoice_id)
    assert (offer.medicine, offer.owed, offer.on_hand, offer.amount) == ("Novamox", 6, 80, rupees("36.00"))
    swapped = swap(session, receptionist, bill, novamox).bill

    [line] = swapped.lines
    assert (line.quantity, line.discount, line.discount_reason) == (6, rupees("18.00"), "Staff")
    assert billing.alternatives(session, receptionist, bill.invoice_id) == []
    with pytest.raises(CannotSwap, match="Nothing of Mox is owed any more"):
        swap(session, receptionist, bill, novamox)
    assert swapped.due == rupees("4.50")
    pay(session, swapped)
    [waiting] = dispensing.list_waiting(session, pharmacist)
    assert [(owed.medicine, owed.quantity) for owed in waiting.medicines] == [("Novamox", 6)]
    sums_hold(session)


def test_on_an_unpaid_bill_what_was_handed_over_stays(session, admin, receptionist, pharmacist, mox, novamox):
    clinic.change(session, admin, dispense_unpaid=True)
    a_batch(session, mox, 4)
    bill = an_invoice(session, (mox, 10))
    dispensing.dispense(session, pharmacist, bill.invoice_id, partly=True)

    swapped = swap(session, receptionist, bill, novamox).bill

    assert [(line.description, line.quantity, line.owed) for line in swapped.lines[1:]] == [
        ("Mox", 4, 0),
        ("Novamox", 6, 6),
    ]
    sums_hold(session)


def test_what_is_not_the_same_or_on_the_bill_already_takes_no_place(session, doctor, receptionist, mox, novamox):
    azee = a_medicine(session, "Azee", generic="Azithromycin")
    bill = an_invoice(session, (novamox, 5), (mox, 10))

    with pytest.raises(CannotSwap, match="Azee is not the same as Mox: generic, strength, form and pack must agree"):
        swap(session, receptionist, bill, azee)
    with pytest.raises(CannotSwap, match="Novamox is on this bill already"):
        swap(session, receptionist, bill, novamox)
    with pytest.raises(CannotSwap, match="Nothing of Certificate is owed"):
        swap(session, receptionist, bill, mox, line=0)
    with pytest.raises(NotPermitted):
        swap(session, doctor, bill, mox)
    assert billing.get(session, receptionist, bill.invoice_id) == bill
