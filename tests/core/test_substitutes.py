"""What is handed over for a line when it is not simply the next batch of it."""

from decimal import Decimal

import pytest

from core import dispensing, inventory, prescriptions, visits
from core.billing import invoice_visit
from core.dispensing import (
    NoSubstitute,
    NotThatManyOwed,
    OnBillAlready,
    OtherPrice,
    PrescriptionTakenBack,
    Unprescribed,
    WrongPack,
)
from core.errors import Invalid, NotFound
from core.models import AuditEvent, Batch, InvoiceLine, MedicineForm, StockMovement
from tests.factories import a_batch, a_medicine, a_visit, an_invoice, an_item, pay

AMOXICILLIN = {"generic": "Amoxicillin", "strength": "500 mg"}


@pytest.fixture
def amoxicillin(session):
    return a_medicine(session, "Moxikind 500", **AMOXICILLIN)


@pytest.fixture
def novamox(session):
    """The same capsule of another maker."""
    return a_medicine(session, "Novamox 500", generic="amoxicillin", strength="500mg")


def line_of(session, bill, medicine):
    return session.query(InvoiceLine).filter_by(invoice_id=bill.invoice_id, medicine_id=medicine.medicine_id).one().id


def last_event(session):
    return session.query(AuditEvent).order_by(AuditEvent.id.desc()).first()


def test_what_lies_on_the_shelf_and_is_the_same_is_offered_with_its_price(session, pharmacist, amoxicillin, novamox):
    dear = a_medicine(session, "Amoxil 500", "9.00", **AMOXICILLIN)
    others = [
        a_medicine(session, "Novamox 250", generic="Amoxicillin", strength="250 mg"),
        a_medicine(session, "Novamox syrup", form=MedicineForm.SYRUP, unit="bottle", **AMOXICILLIN),
        a_medicine(session, "Unnamed 500", strength="500 mg"),
        amoxicillin,
    ]
    for medicine in (*others, dear, novamox):
        a_batch(session, medicine, 5)
    a_medicine(session, "Sold out 500", **AMOXICILLIN)
    bill = an_invoice(session, (amoxicillin, 10), paid=True)

    found = dispensing.substitutes(session, pharmacist, line_of(session, bill, amoxicillin))

    assert [(one.medicine, one.on_hand, one.price, one.same_price) for one in found] == [
        ("Novamox 500", 5, Decimal("4.50"), True),
        ("Amoxil 500", 5, Decimal("9.00"), False),
    ]


def test_a_substitute_of_the_same_price_is_handed_over_and_the_trail_says_so(session, pharmacist, amoxicillin, novamox):
    batch = a_batch(session, novamox, 20, number="NVX-1")
    bill = an_invoice(session, (amoxicillin, 10), paid=True)
    line_id = line_of(session, bill, amoxicillin)

    given = dispensing.dispense(session, pharmacist, bill.invoice_id, instead={line_id: novamox.medicine_id})

    (item,) = given.items
    assert (item.medicine, item.instead_of, item.batch_number, given.owed) == (
        "Novamox 500",
        "Moxikind 500",
        "NVX-1",
        (),
    )
    assert session.get_one(Batch, batch.batch_id).on_hand == 10
    assert last_event(session).changes["items"][1] == [
        {
            **{"batch_id": batch.batch_id, "quantity": 10},
            **{"medicine_id": novamox.medicine_id, "instead_of": amoxicillin.medicine_id},
        }
    ]
    movement = session.query(StockMovement).order_by(StockMovement.id.desc()).first()
    assert (movement.change, movement.reference) == (-10, bill.number)


def test_another_price_another_substance_and_one_medicine_twice_are_refused(session, pharmacist, amoxicillin, novamox):
    dear = a_medicine(session, "Amoxil 500", "9.00", tax_percent=Decimal(12), **AMOXICILLIN)
    ibuprofen = a_medicine(session, "Ibuprofen", generic="Ibuprofen")
    for medicine in (dear, ibuprofen, novamox):
        a_batch(session, medicine, 50)
    bill = an_invoice(session, (amoxicillin, 10), (novamox, 5), paid=True)
    line_id = line_of(session, bill, amoxicillin)

    for instead, refused, words in (
        (
            dear,
            OtherPrice,
            "costs 10.08 with its tax and Moxikind 500 was charged at 4.50. Send the patient to the cash",
        ),
        (ibuprofen, NoSubstitute, "Ibuprofen is not handed over for Moxikind 500"),
        (novamox, OnBillAlready, "Novamox 500 is handed over for another line"),
    ):
        with pytest.raises(refused, match=words):
            dispensing.dispense(session, pharmacist, bill.invoice_id, instead={line_id: instead.medicine_id})
    with pytest.raises(NotFound, match="no line to hand over 999"):
        dispensing.dispense(session, pharmacist, bill.invoice_id, instead={999: novamox.medicine_id})
    assert session.query(StockMovement).filter_by(reference=bill.number).all() == []


def test_the_pack_in_hand_leaves_first_and_the_rest_in_turn(session, pharmacist, amoxicillin):
    oldest = a_batch(session, amoxicillin, 6, received="2025-01-01")
    in_hand = a_batch(session, amoxicillin, 7, received="2025-02-01")
    bill = an_invoice(session, (amoxicillin, 10), paid=True)
    (waiting,) = dispensing.list_waiting(session, pharmacist)
    by_hand = {waiting.medicines[0].line_id: in_hand.batch_id}

    planned = dispensing.planned(session, pharmacist, waiting.medicines, by_hand=by_hand)
    given = dispensing.dispense(session, pharmacist, bill.invoice_id, by_hand=by_hand)

    assert planned == list(given.items)
    assert [(i.batch_number, i.quantity) for i in given.items] == [(in_hand.number, 7), (oldest.number, 3)]
    assert last_event(session).changes["items"][1][0]["by_hand"] is True


def test_a_pack_that_must_not_leave_is_refused_with_the_reason(session, pharmacist, amoxicillin, novamox, frozen_clock):
    a_batch(session, amoxicillin, 50)
    expired = a_batch(session, amoxicillin, 5, number="OLD", expires="2025-03-01")
    recalled = a_batch(session, amoxicillin, 5, number="BAD")
    empty = a_batch(session, amoxicillin, 1, number="GONE")
    inventory.adjust(session, pharmacist, empty.batch_id, -1, "Broken")
    inventory.block(session, pharmacist, recalled.batch_id, "Recalled by its maker")
    other = a_batch(session, novamox, 5, number="NVX-1")
    bill = an_invoice(session, (amoxicillin, 10), paid=True)
    line_id = line_of(session, bill, amoxicillin)
    frozen_clock(2025, 3, 2)

    for batch, words in (
        (expired, "Batch OLD expired on 1 Mar 2025"),
        (recalled, "Batch BAD is blocked: Recalled by its maker"),
        (empty, "nothing is left of batch GONE"),
        (other, "Batch NVX-1 is Novamox 500, not Moxikind 500"),
    ):
        with pytest.raises(WrongPack, match=words):
            dispensing.dispense(session, pharmacist, bill.invoice_id, by_hand={line_id: batch.batch_id})


def test_what_is_not_given_is_no_longer_owed(session, pharmacist, amoxicillin):
    a_batch(session, amoxicillin, 4)
    bill = an_invoice(session, (amoxicillin, 10), paid=True)
    line_id = line_of(session, bill, amoxicillin)
    dispensing.dispense(session, pharmacist, bill.invoice_id, partly=True)

    with pytest.raises(NotThatManyOwed, match="6 still to be handed over, 7 cannot be called off"):
        dispensing.call_off(session, pharmacist, line_id, 7, "Has some at home")
    for odd in (0, 0.5):
        with pytest.raises(Invalid, match=r"Call off whole units, 1 or more\. The reason is missing\."):
            dispensing.call_off(session, pharmacist, line_id, odd, " ")
    left = [dispensing.call_off(session, pharmacist, line_id, *off) for off in ((2, "Enough"), (4, "Has some at home"))]

    line = session.get_one(InvoiceLine, line_id)
    assert left == [4, 0]
    assert (line.called_off, line.call_off_reason) == (6, "Enough; Has some at home")
    assert dispensing.list_waiting(session, pharmacist) == []
    assert "home" not in str(last_event(session).changes)
    with pytest.raises(NotThatManyOwed, match="nothing is to be handed over any more"):
        dispensing.call_off(session, pharmacist, line_id, 1, "Again")


@pytest.mark.usefixtures("without_redis")
def test_a_controlled_medicine_needs_a_prescription(session, doctor, pharmacist, receptionist):
    tramadol = a_medicine(session, "Tramadol", is_controlled=True)
    a_batch(session, tramadol, 100)
    by_hand = an_invoice(session, (tramadol, 5), paid=True)
    (waiting,) = dispensing.list_waiting(session, pharmacist)
    visit_id = a_visit(session, doctor).visit_id
    given = prescriptions.prescribe(session, doctor, visit_id, [an_item(session, tramadol)])
    visits.add_note(session, doctor, visit_id, "Pain")
    visits.complete(session, doctor, visit_id)
    prescribed = pay(session, invoice_visit(session, receptionist, visit_id))

    assert waiting.medicines[0].unprescribed
    with pytest.raises(Unprescribed, match=f"Bill {by_hand.number} has no prescription for Tramadol"):
        dispensing.dispense(session, pharmacist, by_hand.invoice_id)
    line_id = line_of(session, prescribed, tramadol)
    prescriptions.cancel(session, doctor, given.prescription_id, "Rash")
    with pytest.raises(PrescriptionTakenBack):  # the cash desk pays it back: it must not drop off its list
        dispensing.call_off(session, pharmacist, line_id, 1, "Cancelled")
