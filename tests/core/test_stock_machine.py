"""Random histories of a shelf: every unit is where the model has it, and only what may leave left, in its order."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import text

from core import billing, clinic, dispensing
from core.errors import Invalid
from core.inventory import stock_takes
from tests import factories
from tests.core.histories import first, play
from tests.core.shelf_history import MEDICINES, Batch, Shelf, any_batch

any_bill = st.integers(0, 4)
wanted = st.lists(st.integers(0, 6), min_size=MEDICINES, max_size=MEDICINES).filter(any)


@dataclass
class Given:
    item_id: int
    line: "Line"
    batch: Batch
    left: int


@dataclass
class Line:
    line_id: int
    medicine: int
    owed: int


@dataclass
class Bill:
    invoice_id: int
    lines: list[Line]


@dataclass
class Count:
    booked: int
    counted: int
    reason: str
    at: datetime

    @property
    def difference(self):
        return self.counted - self.booked


class Pharmacy(Shelf):
    """Patients come, and the shelf is counted meanwhile."""

    def __init__(self, session, pharmacist, patient, medicines):
        super().__init__(session, pharmacist, medicines)
        self.patient_id, self.bills, self.given = patient.patient_id, [], []
        self.take_id, self.counts = None, {}

    @precondition(lambda self: self.batches)
    @rule(quantities=wanted, partly=st.booleans())
    def bill_and_hand_over(self, quantities, partly):
        medicine_ids = [medicine.medicine_id for medicine in self.medicines]
        lines = [
            billing.LineDetails(medicine_id=medicine_id, quantity=quantity)
            for medicine_id, quantity in zip(medicine_ids, quantities, strict=True)
            if quantity
        ]
        bill = self.attempt(None, billing.invoice_by_hand, self.admin, self.patient_id, lines)
        of_bill = [Line(line.line_id, medicine_ids.index(line.medicine_id), line.quantity) for line in bill.lines]
        self.bills.append(Bill(bill.invoice_id, of_bill))
        self.hand_over(0, partly)

    @precondition(lambda self: self.bills)
    @rule(which=any_bill, partly=st.booleans())
    def hand_over(self, which, partly):
        bill = self.bills[-1 - which % len(self.bills)]
        picks = [(line, self.next_to_leave(line.medicine, line.owed)) for line in bill.lines]
        short = any(len(left) < line.owed for line, left in picks)
        refusal = first(
            [
                (dispensing.AlreadyDispensed, not any(line.owed for line in bill.lines)),
                (dispensing.OutOfStock, short and not (partly and any(left for _, left in picks))),
            ]
        )
        if handed := self.attempt(refusal, dispensing.dispense, self.pharmacist, bill.invoice_id, partly=partly):
            for line, left in picks:
                line.owed -= len(left)
                for batch in left:
                    self.move(batch, -1)
            self.keep(handed.dispensing_id, [line for line, _ in picks])

    def keep(self, dispensing_id, lines):
        """What the patient has now may come back."""
        items = self.session.execute(
            text("SELECT id, invoice_line_id, batch_id, quantity FROM dispensing_items WHERE dispensing_id = :id"),
            {"id": dispensing_id},
        )
        for item_id, line_id, batch_id, quantity in items:
            line = next(line for line in lines if line.line_id == line_id)
            batch = next(batch for batch in self.batches if batch.batch_id == batch_id)
            self.given.append(Given(item_id, line, batch, quantity))

    @precondition(lambda self: self.given)
    @rule(which=any_bill, quantity=st.integers(0, 6), usable=st.booleans())
    def take_back(self, which, quantity, usable):
        given = self.given[-1 - which % len(self.given)]
        refusal = first([(Invalid, quantity == 0), (dispensing.NotThatManyGiven, quantity > given.left)])
        how = {"usable": usable, "reason": "Too many"}
        if self.attempt(refusal, dispensing.take_back, self.pharmacist, given.item_id, quantity, **how):
            given.left -= quantity
            self.move(given.batch, quantity if usable else 0, puts_right=not usable)

    @precondition(lambda self: self.bills)
    @rule(which=any_bill, quantity=st.integers(0, 4))
    def call_off(self, which, quantity):
        line = self.bills[-1 - which % len(self.bills)].lines[-1]
        refusal = first([(Invalid, quantity == 0), (dispensing.NotThatManyOwed, quantity > line.owed)])
        self.attempt(refusal, dispensing.call_off, self.pharmacist, line.line_id, quantity, "Has some")
        line.owed -= 0 if refusal else quantity

    @rule(ends=st.booleans())
    def begin_or_give_up_counting(self, ends):
        if ends and self.take_id:
            self.attempt(None, stock_takes.cancel, self.pharmacist, self.take_id)
            self.take_id, self.counts = None, {}
            return
        refusal = stock_takes.AlreadyCounting if self.take_id else None
        if begun := self.attempt(refusal, stock_takes.start, self.pharmacist, "everything"):
            self.take_id = begun.summary.stock_take_id

    @precondition(lambda self: self.take_id and self.batches)
    @rule(which=any_batch, difference=st.integers(-2, 2), reason=st.sampled_from(["Lost", ""]))
    def count(self, which, difference, reason):
        batch = self.a_batch(which)
        booked, counted = batch.on_hand, batch.on_hand + difference
        refusal = Invalid if counted < 0 else None
        arguments = (self.pharmacist, self.take_id, batch.batch_id, counted, reason)
        if self.attempt(refusal, stock_takes.count, *arguments):
            before = self.counts.get(batch.batch_id)
            stays = before.reason if before and before.difference == difference else ""
            self.counts[batch.batch_id] = Count(booked, counted, reason or stays, self.moment)

    @precondition(lambda self: self.counts)
    @rule()
    def post(self):
        """What happened since the count stays; what put the same difference right already must be counted again."""
        batches = {batch.batch_id: batch for batch in self.batches}
        moves = [(batches[key], count) for key, count in self.counts.items() if count.difference]
        stale = [
            batch for batch, count in moves if batch.put_right_at > count.at or batch.on_hand + count.difference < 0
        ]
        refusal = first(
            [
                (stock_takes.Unexplained, any(not count.reason for _, count in moves)),
                (stock_takes.CountAgain, stale),
            ]
        )
        if self.attempt(refusal, stock_takes.post, self.pharmacist, self.take_id):
            for batch, count in moves:
                self.move(batch, count.difference, puts_right=True)
            self.take_id, self.counts = None, {}


@pytest.fixture
def pharmacy(session, pharmacist):
    """Makes the beginning of a history: two medicines, nothing in stock."""
    clinic.change(session, factories.an_admin(session), dispense_unpaid=True)
    patient = factories.a_patient(session)
    medicines = [factories.a_medicine(session, name) for name in ("Amoxicillin", "Zinc")]
    session.flush()
    return lambda: Pharmacy(session, pharmacist, patient, medicines)


def test_no_history_of_a_shelf_loses_a_unit(pharmacy):
    play(pharmacy, histories=18, steps=20)
