"""Random histories of money: what is due, paid, given back and kept for later is what sums in whole paise say."""

from decimal import Decimal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import text

from core import billing, dispensing, drawers
from core.billing import InvoiceState
from core.errors import Invalid
from tests import factories
from tests.core.histories import first, play
from tests.core.till_history import ADVANCE, CASH, Till, any_one, method, money, of_each, paise, units

MAY_REFUSE = (
    *(billing.CannotSwap, billing.RestDueFirst, billing.RefundTooMuch, billing.NothingPaid, billing.NothingCharged),
    *(billing.AllGivenBack, drawers.DayClosed),
)


class Money(Till):
    """Money comes and goes, and with it the medicines it is for."""

    @precondition(lambda self: self.bills)
    @rule(which=any_one, part=st.sampled_from([1, 2, 3, -1, 0]), method=method)
    def pay(self, which, part, method):
        """The whole, a half, a third, nothing, or a paisa too much."""
        bill = self.a_bill(which)
        due = bill.total - bill.paid
        amount = max(due, 0) + 1 if part < 0 else due // part if part else 0
        refusal = first(
            [
                (Invalid, amount < 1),
                (billing.InvoiceCancelled, bill.cancelled),
                (billing.AlreadyPaid, bill.state is InvoiceState.PAID),
                (billing.Overpaid, amount > due),
                (drawers.DayClosed, self.closed),
                (billing.AdvanceTooSmall, method is ADVANCE and amount > self.advance),
            ]
        )
        if paid := self.attempt(refusal, billing.pay, self.admin, bill.record.invoice_id, money(amount), method):
            bill.paid += amount
            self.moved(amount, method)
            bill.record = paid

    @precondition(lambda self: self.bills)
    @rule(which=any_one, quantities=of_each, method=method)
    def refund(self, which, quantities, method):
        bill = self.a_bill(which)
        chosen = [(line, units) for line, units in zip(bill.lines, quantities, strict=False) if units]
        self.refund_of(bill, chosen, method)

    def refund_of(self, bill, chosen, method):
        amount = sum(line.worth(line.refunded + units) - line.worth(line.refunded) for line, units in chosen)
        left = bill.paid - bill.refunded
        refusal = first(
            [
                (Invalid, not chosen),
                (drawers.DayClosed, self.closed),
                (billing.AllGivenBack, not left and bill.paid),
                (billing.NothingPaid, not left),
                (Invalid, any(units > line.refundable for line, units in chosen)),
                (billing.NothingCharged, not amount),
                (billing.RefundTooMuch, amount > left),
            ]
        )
        wanted = {line.line_id: units for line, units in chosen}
        note = self.attempt(refusal, billing.refund, self.admin, bill.record.invoice_id, wanted, method, "Too many")
        if note:
            self.notes += 1
            assert (note.amount, int(note.number[-6:])) == (money(amount), self.notes)
            bill.refunded += amount
            self.moved(-amount, method)
            for line, units in chosen:
                self.give_back(line, units)

    @precondition(lambda self: any(bill.paid > bill.refunded for bill in self.bills))
    @rule(which=any_one, method=method)
    def refund_a_unit(self, which, method):
        """One by one, as the rounding is hardest."""
        bills = [bill for bill in self.bills if bill.paid > bill.refunded]
        bill = self.one(bills, which)
        line = self.one(sorted(bill.lines, key=lambda line: line.refundable), which // 2)
        self.refund_of(bill, [(line, 1)], method)

    def give_back(self, line, units):
        line.given_back += line.worth(line.refunded + units) - line.worth(line.refunded)
        line.refunded += units
        if line.is_medicine:
            line.called_off = max(line.called_off, line.refunded - line.returned)

    @rule(amount=paise, out=st.booleans(), method=method)
    def move_advance(self, amount, out, method):
        refusal = first(
            [
                (Invalid, amount < 1 or method is ADVANCE),
                (drawers.DayClosed, self.closed),
                (billing.AdvanceTooSmall, out and amount > self.advance),
            ]
        )
        verb = billing.pay_out_advance if out else billing.receive_advance
        if self.attempt(refusal, verb, self.admin, self.patient.patient_id, money(amount), method):
            signed = -amount if out else amount
            self.advance += signed
            self.cash += signed if method is CASH else 0

    @precondition(lambda self: self.bills)
    @rule(which=any_one)
    def hand_over(self, which):
        bill = self.a_bill(which)
        medicines = [line for line in bill.lines if line.is_medicine]
        refusal = first(
            [
                (dispensing.InvoiceNotPaid, bill.state not in self.ready),
                (dispensing.NothingToDispense, not medicines),
                (dispensing.AlreadyDispensed, not any(line.owed for line in medicines)),
            ]
        )
        if given := self.attempt(refusal, dispensing.dispense, self.admin, bill.record.invoice_id):
            items = text("SELECT invoice_line_id, id, quantity FROM dispensing_items WHERE dispensing_id = :id")
            for line_id, *item in self.session.execute(items, {"id": given.dispensing_id}):
                next(line for line in medicines if line.line_id == line_id).items.append(item)
            for line in medicines:
                line.dispensed += line.owed

    @precondition(lambda self: any(bill.handed_over for bill in self.bills))
    @rule(which=any_one, units=units)
    def take_back(self, which, units):
        line = self.one([line for bill in self.bills for line in bill.lines if line.items], which)
        item = line.items[-1]
        refusal = dispensing.NotThatManyGiven if units > item[1] else None
        how = {"usable": True, "reason": "Too many"}
        if self.attempt(refusal, dispensing.take_back, self.admin, item[0], units, **how):
            item[1] -= units
            line.returned += units

    @precondition(lambda self: any(line.is_medicine for bill in self.bills for line in bill.lines))
    @rule(which=any_one, units=units)
    def call_off(self, which, units):
        bill, line = self.one([(bill, line) for bill in self.bills for line in bill.lines if line.is_medicine], which)
        refusal = first(
            [
                (dispensing.InvoiceNotPaid, bill.state not in self.ready),
                (dispensing.NotThatManyOwed, units > line.owed),
            ]
        )
        self.attempt(refusal, dispensing.call_off, self.admin, line.line_id, units, "Has some")
        line.called_off += 0 if refusal else units

    @precondition(lambda self: any(line.owed for bill in self.bills for line in bill.lines))
    @rule(which=any_one)
    def swap(self, which):
        """What it refuses and how it splits its bills is not modelled here: but nobody's money or medicine is lost."""
        bill, line = self.one([(bill, line) for bill in self.bills for line in bill.lines if line.owed], which)
        charged = next(one.medicine_id for one in bill.record.lines if one.line_id == line.line_id)
        (other,) = {medicine.medicine_id for medicine in self.medicines} - {charged}
        before = self.held()
        settled = self.click(billing.swap, self.admin, bill.record.invoice_id, line.line_id, other)
        self.done[f"swap: {type(settled).__name__}"] += 1
        if isinstance(settled, MAY_REFUSE):
            return
        for invoice_id in {bill.record.invoice_id, settled.bill.invoice_id}:
            self.read_again(invoice_id)
        self.notes += settled.credit_note is not None
        self.advance = int(100 * billing.advance_of(self.session, self.admin, self.patient.patient_id))
        assert self.held() == before

    def held(self):
        """The patient's money with the clinic in paise, and the units that are owed."""
        money = sum(bill.paid - bill.refunded for bill in self.bills) + self.advance
        return money, sum(line.owed for bill in self.bills for line in bill.lines if not bill.cancelled)


@pytest.fixture
def till(session):
    """Makes the beginning of a history: two medicines, more than enough of each, and a patient."""
    patient = factories.a_patient(session)
    prices = (("Zincovit", "4.35"), ("Zinconia", "0.07"))
    medicines = [factories.a_medicine(session, *one, generic="Zinc", tax_percent=Decimal(12)) for one in prices]
    for medicine in medicines:
        factories.a_batch(session, medicine, 1000)
    session.flush()
    return lambda: Money(session, patient, medicines)


def test_no_history_of_bills_loses_a_paisa(till):
    play(till, histories=22, steps=15)
