from datetime import date

import pytest
from sqlalchemy import func, select

from core import billing, clinic, dispensing, inventory, prescriptions, visits
from core.billing import HandedOver, LineDetails
from core.dispensing import AlreadyDispensed, InvoiceNotPaid, NothingToDispense, OutOfStock, Shortage
from core.errors import NotFound, NotPermitted
from core.idempotency import once
from core.models import AuditEvent, Batch, MovementReason, StockMovement, StockOrder
from tests.factories import a_batch, a_medicine, a_patient, a_visit, an_admin, an_invoice, an_item, pay
from tests.statements import count_statements


def given(record):
    """What was handed over: (batch number, units) of each item."""
    return [(item.batch_number, item.quantity) for item in record.items]


def on_hand(session, *batches):
    return [session.get_one(Batch, batch.batch_id).on_hand for batch in batches]


def test_the_oldest_delivery_leaves_first(session, pharmacist):
    amoxicillin = a_medicine(session)
    february = a_batch(session, amoxicillin, 20, received="2025-02-01")
    january = a_batch(session, amoxicillin, 6, received="2025-01-01")
    yesterday = a_batch(session, amoxicillin, 20, received="2025-02-28")
    invoice = an_invoice(session, (amoxicillin, 10), paid=True)

    record = dispensing.dispense(session, pharmacist, invoice.invoice_id)

    assert given(record) == [(january.number, 6), (february.number, 4)]
    assert on_hand(session, january, february, yesterday) == [0, 16, 20]
    assert (record.patient, record.dispensed_by, record.owed) == ("Asha Rao", "Meera", ())


def test_the_first_to_expire_leaves_first_where_the_clinic_sets_it_so(session, admin, pharmacist):
    clinic.change(session, admin, stock_order=StockOrder.FEFO)
    amoxicillin = a_medicine(session)
    a_batch(session, amoxicillin, 20, received="2025-01-01", expires="2026-01-01")
    short_dated = a_batch(session, amoxicillin, 20, received="2025-02-01", expires="2025-04-01")
    invoice = an_invoice(session, (amoxicillin, 10), paid=True)

    assert given(dispensing.dispense(session, pharmacist, invoice.invoice_id)) == [(short_dated.number, 10)]


def test_a_batch_is_used_through_the_day_printed_on_it_and_never_after(session, pharmacist, frozen_clock):
    amoxicillin = a_medicine(session)
    a_batch(session, amoxicillin, 10, expires="2025-03-01")
    today, tomorrow = (an_invoice(session, (amoxicillin, 1), paid=True) for _ in range(2))

    assert dispensing.dispense(session, pharmacist, today.invoice_id).items[0].expires_on == date(2025, 3, 1)
    frozen_clock(2025, 3, 2, hour=0)
    with pytest.raises(OutOfStock, match="need 1, have 0"):
        dispensing.dispense(session, pharmacist, tomorrow.invoice_id)


def test_a_blocked_batch_stays_on_the_shelf(session, pharmacist):
    amoxicillin = a_medicine(session)
    recalled, good = a_batch(session, amoxicillin, 10), a_batch(session, amoxicillin, 10, received="2025-02-01")
    inventory.block(session, pharmacist, recalled.batch_id, "Recalled by its maker")
    invoice = an_invoice(session, (amoxicillin, 4), paid=True)

    assert given(dispensing.dispense(session, pharmacist, invoice.invoice_id)) == [(good.number, 4)]


def test_one_missing_medicine_keeps_them_all_back_and_every_shortage_is_named(session, pharmacist):
    amoxicillin, ibuprofen, zinc = a_medicine(session), a_medicine(session, "Ibuprofen"), a_medicine(session, "Zinc")
    plenty = a_batch(session, amoxicillin, 100)
    a_batch(session, ibuprofen, 2)
    invoice = an_invoice(session, (amoxicillin, 10), (ibuprofen, 5), (zinc, 1), paid=True)

    with pytest.raises(OutOfStock) as refusal:
        dispensing.dispense(session, pharmacist, invoice.invoice_id)

    assert str(refusal.value) == "Not enough stock: Ibuprofen (need 5, have 2); Zinc (need 1, have 0)."
    assert refusal.value.shortages == [Shortage("Ibuprofen", 5, 2), Shortage("Zinc", 1, 0)]
    assert on_hand(session, plenty) == [100]


def test_what_is_there_can_be_handed_over_with_the_rest_owed(session, pharmacist):
    amoxicillin, ibuprofen = a_medicine(session), a_medicine(session, "Ibuprofen")
    first, few = a_batch(session, amoxicillin, 100), a_batch(session, ibuprofen, 2)
    invoice = an_invoice(session, (amoxicillin, 10), (ibuprofen, 5), paid=True)

    part = dispensing.dispense(session, pharmacist, invoice.invoice_id, partly=True)

    assert given(part) == [(first.number, 10), (few.number, 2)]
    assert [(owed.medicine, owed.quantity, owed.is_short) for owed in part.owed] == [("Ibuprofen", 3, True)]
    (waiting,) = dispensing.list_waiting(session, pharmacist)
    assert waiting.medicines == part.owed

    later = a_batch(session, ibuprofen, 50)
    rest = dispensing.dispense(session, pharmacist, invoice.invoice_id)
    assert (given(rest), rest.owed) == ([(later.number, 3)], ())
    assert dispensing.list_waiting(session, pharmacist) == []


def test_a_part_of_nothing_is_refused(session, pharmacist):
    invoice = an_invoice(session, (a_medicine(session), 5), paid=True)

    with pytest.raises(OutOfStock):
        dispensing.dispense(session, pharmacist, invoice.invoice_id, partly=True)


def test_an_unpaid_bill_is_not_dispensed_unless_the_clinic_allows_it(session, admin, pharmacist):
    amoxicillin = a_medicine(session)
    a_batch(session, amoxicillin, 10)
    invoice = an_invoice(session, (amoxicillin, 1))

    with pytest.raises(InvoiceNotPaid, match="is issued, not paid"):
        dispensing.dispense(session, pharmacist, invoice.invoice_id)
    assert dispensing.list_waiting(session, pharmacist) == []

    clinic.change(session, admin, dispense_unpaid=True)
    assert [waiting.number for waiting in dispensing.list_waiting(session, pharmacist)] == [invoice.number]
    assert dispensing.dispense(session, pharmacist, invoice.invoice_id)


def test_a_bill_whose_medicines_are_gone_is_not_cancelled(session, admin, pharmacist, receptionist):
    clinic.change(session, admin, dispense_unpaid=True)
    amoxicillin = a_medicine(session)
    a_batch(session, amoxicillin, 10)
    invoice = an_invoice(session, (amoxicillin, 1))
    dispensing.dispense(session, pharmacist, invoice.invoice_id)

    with pytest.raises(HandedOver):
        billing.cancel(session, receptionist, invoice.invoice_id, "Patient left")


def test_a_cancelled_bill_is_not_dispensed(session, receptionist, pharmacist):
    invoice = an_invoice(session, (a_medicine(session), 1))
    billing.cancel(session, receptionist, invoice.invoice_id, "Patient left")

    with pytest.raises(InvoiceNotPaid, match="is cancelled, not paid"):
        dispensing.dispense(session, pharmacist, invoice.invoice_id)


def test_a_bill_is_dispensed_once(session, pharmacist):
    amoxicillin = a_medicine(session)
    batch = a_batch(session, amoxicillin, 10)
    invoice = an_invoice(session, (amoxicillin, 1), paid=True)
    dispensing.dispense(session, pharmacist, invoice.invoice_id)

    with pytest.raises(AlreadyDispensed):
        dispensing.dispense(session, pharmacist, invoice.invoice_id)
    assert on_hand(session, batch) == [9]


def test_the_same_click_twice_hands_over_once(session, pharmacist):
    amoxicillin = a_medicine(session)
    batch = a_batch(session, amoxicillin, 10)
    invoice = an_invoice(session, (amoxicillin, 1), paid=True)

    first, again = (
        once("key-1", dispensing.dispense)(session, pharmacist, invoice.invoice_id, partly=True) for _ in range(2)
    )

    assert again == first
    assert on_hand(session, batch) == [9]


def test_a_bill_without_medicines_has_nothing_to_dispense(session, pharmacist):
    with pytest.raises(NothingToDispense):
        dispensing.dispense(session, pharmacist, an_invoice(session, paid=True).invoice_id)


def test_an_unknown_bill_or_receipt_is_refused(session, pharmacist):
    with pytest.raises(NotFound, match="There is no bill 999"):
        dispensing.dispense(session, pharmacist, 999)
    with pytest.raises(NotFound, match="There is no dispensing 999"):
        dispensing.receipt(session, pharmacist, 999)


def test_the_desk_does_not_dispense(session, receptionist, doctor):
    for actor in (receptionist, doctor):
        for step in (
            lambda who: dispensing.dispense(session, who, 1),
            lambda who: dispensing.list_waiting(session, who),
            lambda who: dispensing.receipt(session, who, 1),
        ):
            with pytest.raises(NotPermitted, match="may not dispense medicines"):
                step(actor)


def test_the_receipt_says_what_was_handed_over(session, pharmacist):
    amoxicillin = a_medicine(session)
    a_batch(session, amoxicillin, 10)
    invoice = an_invoice(session, (amoxicillin, 3), paid=True)
    record = dispensing.dispense(session, pharmacist, invoice.invoice_id)

    assert dispensing.receipt(session, pharmacist, record.dispensing_id) == record


def test_the_waiting_list_tells_what_is_there_and_what_is_short(session, pharmacist, frozen_clock):
    amoxicillin, ibuprofen = a_medicine(session), a_medicine(session, "Ibuprofen")
    a_batch(session, amoxicillin, 10)
    a_batch(session, ibuprofen, 10, expires="2025-03-01")
    an_invoice(session, paid=True)
    an_invoice(session, (amoxicillin, 1))
    vikram = a_patient(session, "Vikram Sen")
    invoice = an_invoice(session, (amoxicillin, 3), (ibuprofen, 2), patient=vikram, paid=True)
    frozen_clock(2025, 3, 2)

    (waiting,) = dispensing.list_waiting(session, pharmacist)

    assert (waiting.invoice_id, waiting.patient, waiting.mrn) == (invoice.invoice_id, "Vikram Sen", vikram.mrn)
    assert [(owed.medicine, owed.quantity, owed.on_hand, owed.is_short) for owed in waiting.medicines] == [
        ("Amoxicillin 500 mg", 3, 10, False),
        ("Ibuprofen", 2, 0, True),
    ]


def test_a_prescription_is_billed_paid_and_handed_over(session, doctor, receptionist, pharmacist):
    amoxicillin = a_medicine(session, price="4.50")
    batch = a_batch(session, amoxicillin, 100)
    visit = a_visit(session, doctor)
    visits.add_note(session, doctor, visit.visit_id, "Sore throat for three days")
    prescriptions.prescribe(session, doctor, visit.visit_id, [an_item(session, amoxicillin)])
    visits.complete(session, doctor, visit.visit_id)

    invoice = billing.invoice_visit(session, receptionist, visit.visit_id)
    assert [(line.description, line.quantity, str(line.amount)) for line in invoice.lines] == [
        ("Consultation, Dr Sen", 1, "500.00"),
        ("Amoxicillin 500 mg", 15, "67.50"),
    ]
    pay(session, invoice)
    record = dispensing.dispense(session, pharmacist, invoice.invoice_id)

    assert given(record) == [(batch.number, 15)]
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.event, event.actor_name, event.resource_id, event.visit_id, event.days) == (
        "invoice.dispensed",
        "Meera",
        invoice.invoice_id,
        visit.visit_id,
        [date(2025, 3, 1)],
    )
    assert event.changes == {"items": [None, [{"batch_id": batch.batch_id, "quantity": 15}]]}


def test_stock_on_hand_is_the_sum_of_its_movements(session, pharmacist):
    amoxicillin = a_medicine(session)
    batch = a_batch(session, amoxicillin, 10)
    invoice = an_invoice(session, (amoxicillin, 3), paid=True)
    dispensing.dispense(session, pharmacist, invoice.invoice_id)

    newest, _ = inventory.movements(session, pharmacist, batch_id=batch.batch_id)
    assert (newest.reason, newest.change, newest.on_hand_after) == (MovementReason.DISPENSED, -3, 7)
    assert on_hand(session, batch) == [session.scalar(select(func.sum(StockMovement.change)))] == [7]


def test_the_waiting_list_takes_as_many_statements_for_many_as_for_one(session, pharmacist):
    def look():
        return dispensing.list_waiting(session, pharmacist)

    medicines = [(a_medicine(session, name), 1) for name in ("Amoxicillin", "Zinc")]
    an_invoice(session, *medicines, paid=True)
    one = count_statements(session, look)
    for _ in range(4):
        an_invoice(session, *medicines, paid=True)

    assert count_statements(session, look) == one == 1
    assert len(look()) == 5


def test_a_line_that_a_correction_has_just_taken_off_the_bill_is_refused_in_words(session, pharmacist, monkeypatch):
    """Between the question which bill it is and the lock on that bill."""
    clinic.change(session, an_admin(session), dispense_unpaid=True)
    bill = an_invoice(session, (a_medicine(session), 3))
    lock = billing.locked_with_visit
    kept, dropped = bill.lines

    def after_a_correction(session, invoice_id):
        billing.correct(session, an_admin(session), invoice_id, [LineDetails(line_id=kept.line_id)], seen=bill)
        session.expire_all()
        return lock(session, invoice_id)

    monkeypatch.setattr(billing, "locked_with_visit", after_a_correction)

    with pytest.raises(NotFound):
        dispensing.call_off(session, pharmacist, dropped.line_id, 1, "Has some at home")
