"""Money that a patient has with the clinic: received before there is a bill, or given back and kept for the next."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from core import billing, books, drawers, patients
from core.billing import AdvanceReason, AdvanceTooSmall
from core.errors import Invalid, NotFound, NotPermitted
from core.idempotency import once
from core.models import Patient, PaymentMethod
from core.patients import AlreadyArchived
from tests.factories import a_patient, an_invoice
from tests.statements import sums_hold

pytestmark = pytest.mark.usefixtures("without_redis")
CASH, UPI, ADVANCE = PaymentMethod.CASH, PaymentMethod.UPI, PaymentMethod.ADVANCE


def rupees(amount):
    return Decimal(amount)


@pytest.fixture
def asha(session):
    return a_patient(session)


def receive(session, actor, patient, amount="100", method=CASH):
    return billing.receive_advance(session, actor, patient.patient_id, rupees(amount), method)


def test_an_advance_pays_bills_takes_refunds_and_is_paid_out(session, receptionist, asha):
    receive(session, receptionist, asha, "400")
    bill = an_invoice(session, price="300.00", patient=asha)
    paid = billing.pay(session, receptionist, bill.invoice_id, rupees("300"), ADVANCE)
    note = billing.refund(session, receptionist, bill.invoice_id, {bill.lines[0].line_id: 1}, ADVANCE, "Not done")

    has = billing.pay_out_advance(session, receptionist, asha.patient_id, rupees("150"), UPI, " ref 9 ")

    assert (has.amount, has.patient) == (rupees("250.00"), "Asha Rao")
    assert [(move.reason, move.change, move.method, move.paper, move.reference) for move in has.moves] == [
        (AdvanceReason.RECEIVED, rupees("400.00"), CASH, None, ""),
        (AdvanceReason.APPLIED, rupees("-300.00"), None, paid.number, ""),
        (AdvanceReason.CREDITED, rupees("300.00"), None, note.number, ""),
        (AdvanceReason.PAID_OUT, rupees("-150.00"), UPI, None, "ref 9"),
    ]
    assert billing.list_advances(session, receptionist, asha.patient_id) == has
    taken = billing.taken_on(session, receptionist, date(2025, 3, 1))
    assert (taken.by_method, taken.given_back) == ({CASH: rupees("400.00")}, {UPI: rupees("150.00")})
    sums_hold(session)


def test_no_more_is_taken_from_an_advance_than_there_is(session, receptionist, asha):
    receive(session, receptionist, asha)
    bill = an_invoice(session, price="300.00", patient=asha)

    with pytest.raises(AdvanceTooSmall, match=r"Asha Rao has 100\.00 with the clinic: 300 is too much"):
        billing.pay(session, receptionist, bill.invoice_id, rupees("300"), ADVANCE)


def test_no_more_is_paid_out_than_there_is(session, receptionist, asha):
    receive(session, receptionist, asha)

    with pytest.raises(AdvanceTooSmall) as refusal:
        billing.pay_out_advance(session, receptionist, asha.patient_id, rupees("100.01"), CASH)
    assert refusal.value.advance == rupees("100.00")


@pytest.mark.parametrize(
    ("amount", "method", "field"),
    [("0", CASH, "amount"), ("-5", CASH, "amount"), ("0.001", CASH, "amount"), ("5", ADVANCE, "method")],
)
def test_an_advance_that_cannot_be_is_refused(session, receptionist, asha, amount, method, field):
    for step in (billing.receive_advance, billing.pay_out_advance):
        with pytest.raises(Invalid) as refusal:
            step(session, receptionist, asha.patient_id, rupees(amount), method)
        assert list(refusal.value.problems) == [field]
    assert billing.advance_of(session, receptionist, asha.patient_id) == 0


def test_nobody_pays_in_for_a_record_that_is_archived_or_not_there(session, receptionist, asha):
    patients.archive(session, receptionist, asha.patient_id)

    with pytest.raises(AlreadyArchived):
        receive(session, receptionist, asha)
    with pytest.raises(NotFound, match="There is no patient 999"):
        billing.receive_advance(session, receptionist, 999, rupees("5"), CASH)
    with pytest.raises(NotFound):
        billing.list_advances(session, receptionist, 999)


def test_the_same_click_twice_receives_an_advance_once(session, receptionist, asha):
    for _ in range(2):
        once("key-1", billing.receive_advance)(session, receptionist, asha.patient_id, rupees("100"), CASH)

    assert billing.advance_of(session, receptionist, asha.patient_id) == rupees("100.00")


def test_only_the_desk_receives_and_gives_out_advances(session, doctor, pharmacist, asha):
    for actor in (doctor, pharmacist):
        for step in (billing.receive_advance, billing.pay_out_advance):
            with pytest.raises(NotPermitted):
                step(session, actor, asha.patient_id, rupees("5"), CASH)
    assert billing.advance_of(session, doctor, asha.patient_id) == 0  # what a patient owes, and has, the doctor may see


def test_merged_records_have_both_advances_and_each_its_own_again_when_undone(session, receptionist, asha):
    double = a_patient(session, "Aasha Rao")
    receive(session, receptionist, asha, "100")
    receive(session, receptionist, double, "30")

    done = patients.merge(session, receptionist, asha.patient_id, double.patient_id)

    assert done.moved == ("1 entry of the advance",)
    has = billing.list_advances(session, receptionist, asha.patient_id)
    assert (has.amount, len(has.moves)) == (rupees("130.00"), 2)
    assert billing.advance_of(session, receptionist, double.patient_id) == 0
    sums_hold(session)

    patients.undo_merge(session, receptionist, done.merge_id)
    both = [billing.advance_of(session, receptionist, one.patient_id) for one in (asha, double)]
    assert both == [rupees("100.00"), rupees("30.00")]
    sums_hold(session)


def test_a_merge_whose_advance_was_spent_is_undone_only_once_the_money_is_back(session, receptionist, asha):
    double = a_patient(session, "Aasha Rao")
    receive(session, receptionist, double, "100")
    done = patients.merge(session, receptionist, asha.patient_id, double.patient_id)
    bill = an_invoice(session, price="60.00", patient=asha)
    billing.pay(session, receptionist, bill.invoice_id, rupees("60"), ADVANCE)

    refused = pytest.raises(patients.CannotUndo, match=r"60\.00 of the advance .* Receive 60\.00 as an advance of")
    with refused, session.begin_nested():
        patients.undo_merge(session, receptionist, done.merge_id)

    receive(session, receptionist, asha, "60")
    patients.undo_merge(session, receptionist, done.merge_id)
    both = [billing.advance_of(session, receptionist, one.patient_id) for one in (asha, double)]
    assert both == [0, rupees("100.00")]
    sums_hold(session)


def test_what_an_advance_paid_while_two_records_were_one_is_no_break_once_they_are_two(session, receptionist, asha):
    double = a_patient(session, "Asha R", phone="9876543211")
    bill = an_invoice(session, price="300.00", patient=double)
    receive(session, receptionist, asha, "300")
    done = patients.merge(session, receptionist, asha.patient_id, double.patient_id)
    billing.pay(session, receptionist, bill.invoice_id, rupees("300"), ADVANCE)

    patients.undo_merge(session, receptionist, done.merge_id)

    assert billing.get(session, receptionist, bill.invoice_id).patient_id == double.patient_id
    assert books.check(session) == []


def test_the_database_itself_refuses_an_advance_that_is_not_the_sum_of_its_ledger(session, receptionist, asha):
    receive(session, receptionist, asha)
    sums_hold(session)

    session.scalars(select(Patient).where(Patient.id == asha.patient_id)).one().advance = rupees("99")
    session.flush()
    with pytest.raises(IntegrityError, match="is not the sum of its ledger"):
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_once_the_drawer_is_closed_nothing_that_moves_money_is_done_by_its_cashier(session, receptionist, asha):
    receive(session, receptionist, asha, "300")
    paid, due = an_invoice(session, paid=True, patient=asha), an_invoice(session, patient=asha)
    count = drawers.Count({rupees("100"): 3}, rupees("0"), rupees("300"), "")
    drawers.close(session, receptionist, receptionist.user_id, date(2025, 3, 1), count)

    first = {paid.lines[0].line_id: 1}
    for step in (
        lambda: receive(session, receptionist, asha),
        lambda: billing.pay_out_advance(session, receptionist, asha.patient_id, rupees("1"), CASH),
        lambda: billing.pay(session, receptionist, due.invoice_id, rupees("1"), ADVANCE),
        lambda: billing.refund(session, receptionist, paid.invoice_id, first, ADVANCE, "Not done"),
    ):
        with pytest.raises(drawers.DayClosed):
            step()
    assert billing.get(session, receptionist, due.invoice_id) == due
