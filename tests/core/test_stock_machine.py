"""Random histories of a shelf: every unit is where the model has it, and only what may leave left, in its order."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import text

from core import billing, books, clinic, clock, dispensing, inventory
from core.errors import Invalid
from core.inventory import (
    AlreadyBlocked,
    Delivery,
    DuplicateBatch,
    HasExpired,
    IsBlocked,
    NoSupplier,
    NotBlocked,
    NotExpired,
    NothingExpired,
    NothingLeft,
    NotThatMany,
    WrittenOff,
)
from core.models import StockOrder
from tests import factories
from tests.core.histories import History, first, play

MEDICINES = 2
any_batch, any_bill, any_medicine = st.integers(0, 9), st.integers(0, 4), st.integers(0, MEDICINES - 1)
wanted = st.lists(st.integers(0, 6), min_size=MEDICINES, max_size=MEDICINES).filter(any)


@dataclass
class Batch:
    batch_id: int
    medicine: int
    received_on: date
    expires_on: date
    unit_cost: Decimal
    supplier: str
    blocked: bool = False
    moved: list[tuple[datetime, int]] = field(default_factory=list)

    @property
    def on_hand(self):
        return sum(change for _, change in self.moved)

    @property
    def expired(self):
        return self.expires_on < clock.today()

    def held_at(self, moment):
        return sum(change for at, change in self.moved if at <= moment)


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


class Shelf(History):
    def __init__(self, session, pharmacist, patient, medicines):
        super().__init__(session)
        self.admin, self.pharmacist = factories.an_admin(session), pharmacist
        self.patient_id, self.medicines = patient.patient_id, medicines
        self.batches, self.bills, self.given, self.moments = [], [], [], []
        self.numbers, self.order = set(), StockOrder.FIFO

    # What happens

    @rule(
        medicine=any_medicine,
        quantity=st.integers(3, 30),
        days_left=st.integers(-1, 20),
        age=st.integers(-1, 9),
        cost=st.integers(0, 9),
    )
    def receive(self, medicine, quantity, days_left, age, cost):
        today = clock.today()
        received_on, expires_on = today - timedelta(age), today + timedelta(days_left)
        number = f"{received_on:%d%m}-{expires_on:%d%m}"
        refusal = first([(Invalid, days_left < 0 or age < 0), (DuplicateBatch, (medicine, number) in self.numbers)])
        supplier = "Sun Pharma" if medicine else ""
        delivery = Delivery(number, quantity, expires_on, Decimal(cost) / 4, received_on, supplier)
        medicine_id = self.medicines[medicine].medicine_id
        if got := self.attempt(refusal, inventory.receive, self.pharmacist, medicine_id, delivery):
            self.numbers.add((medicine, number))
            self.batches.append(Batch(got.batch_id, medicine, received_on, expires_on, delivery.unit_cost, supplier))
            self.move(self.batches[-1], quantity)

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
            self.move(given.batch, quantity if usable else 0)

    @precondition(lambda self: self.bills)
    @rule(which=any_bill, quantity=st.integers(0, 4))
    def call_off(self, which, quantity):
        line = self.bills[-1 - which % len(self.bills)].lines[-1]
        refusal = first([(Invalid, quantity == 0), (dispensing.NotThatManyOwed, quantity > line.owed)])
        self.attempt(refusal, dispensing.call_off, self.pharmacist, line.line_id, quantity, "Has some")
        line.owed -= 0 if refusal else quantity

    @precondition(lambda self: self.batches)
    @rule(which=any_batch, change=st.integers(-8, 8))
    def adjust(self, which, change):
        batch = self.a_batch(which)
        refusal = first([(Invalid, change == 0), (NotThatMany, batch.on_hand + change < 0)])
        if self.attempt(refusal, inventory.adjust, self.pharmacist, batch.batch_id, change, "Counted"):
            self.move(batch, change)

    @precondition(lambda self: any(batch.expired for batch in self.batches))
    @rule(which=any_batch, everything=st.booleans())
    def write_off_expired(self, which, everything):
        if everything:
            return self.write_off_all_expired()
        batch = self.a_batch(which)
        refusal = first([(NotExpired, not batch.expired), (NothingLeft, batch.on_hand == 0)])
        if self.attempt(refusal, inventory.write_off_expired, self.pharmacist, batch.batch_id):
            self.move(batch, -batch.on_hand)

    def write_off_all_expired(self):
        expired = [batch for batch in self.batches if batch.expired and batch.on_hand]
        refusal = None if expired else NothingExpired
        if written := self.attempt(refusal, inventory.write_off_all_expired, self.pharmacist):
            cost = sum(batch.on_hand * batch.unit_cost for batch in expired)
            assert written == WrittenOff(len(expired), sum(batch.on_hand for batch in expired), cost)
            for batch in expired:
                self.move(batch, -batch.on_hand)

    @precondition(lambda self: self.batches)
    @rule(which=any_batch, quantity=st.integers(0, 6), how=st.sampled_from(["write_off", "transfer_out", "send_back"]))
    def leave(self, which, quantity, how):
        batch = self.a_batch(which)
        refusal = first(
            [
                (Invalid, quantity == 0),
                (NothingLeft, batch.on_hand == 0),
                (NotThatMany, quantity > batch.on_hand),
                (HasExpired, batch.expired and how != "send_back"),
                (IsBlocked, batch.blocked and how == "transfer_out"),
                (NoSupplier, not batch.supplier and how == "send_back"),
            ]
        )
        if self.attempt(refusal, getattr(inventory, how), self.pharmacist, batch.batch_id, quantity, "Broken"):
            self.move(batch, -quantity)

    @precondition(lambda self: self.batches)
    @rule(which=any_batch, blocks=st.booleans())
    def block_or_unblock(self, which, blocks):
        batch = self.a_batch(which)
        if blocks:
            self.attempt(
                AlreadyBlocked if batch.blocked else None, inventory.block, self.pharmacist, batch.batch_id, "Recalled"
            )
        else:
            self.attempt(None if batch.blocked else NotBlocked, inventory.unblock, self.pharmacist, batch.batch_id)
        batch.blocked = blocks

    @rule(days=st.integers(0, 12))
    def time_passes(self, days):
        self.check_the_stock_screen()
        self.moments.append(self.moment)
        self.wait(days=days, minutes=7)

    @initialize(order=st.sampled_from(StockOrder))
    def set_order(self, order):
        self.attempt(None, clinic.change, self.admin, stock_order=order)
        self.order = order

    # The model

    def a_batch(self, which):
        """The youngest are the likeliest."""
        return self.batches[-1 - which % len(self.batches)]

    def move(self, batch, change):
        batch.moved.append((self.moment, change))

    def next_to_leave(self, medicine, quantity):
        """The batch of every unit, taken one at a time off a shelf that is looked at anew."""
        left = {n: b.on_hand for n, b in enumerate(self.batches) if b.medicine == medicine}
        taken = []
        while len(taken) < quantity:
            there = [n for n, units in left.items() if units and self.may_leave(self.batches[n])]
            if not there:
                break
            turn = min(there, key=lambda n: (*self.turn(self.batches[n]), n))
            left[turn] -= 1
            taken.append(self.batches[turn])
        return taken

    def may_leave(self, batch):
        return not batch.blocked and not batch.expired

    def turn(self, batch):
        days = batch.received_on, batch.expires_on
        return days if self.order is StockOrder.FIFO else days[::-1]

    # What is always so

    @invariant()
    def every_unit_is_where_it_should_be(self):
        rows = self.session.execute(
            text(
                "SELECT b.id, on_hand, sum(m.change), array_agg(m.on_hand_after ORDER BY m.id), blocked_at IS NOT NULL"
                " FROM batches b JOIN stock_movements m ON m.batch_id = b.id GROUP BY b.id"
            )
        ).all()
        for batch_id, on_hand, moved, after, _ in rows:
            assert on_hand == moved == after[-1] >= min(after) >= 0, batch_id
        found = {row[0]: (row[1], row[4]) for row in rows}
        assert found == {batch.batch_id: (batch.on_hand, batch.blocked) for batch in self.batches}

    def check_the_stock_screen(self):
        expected = defaultdict(lambda: [0, 0, 0, Decimal(0)])
        for batch in self.batches:
            counts = expected[self.medicines[batch.medicine].medicine_id]
            counts[1 if batch.expired else 2 if batch.blocked else 0] += batch.on_hand
            counts[3] += batch.on_hand * batch.unit_cost if self.may_leave(batch) else 0
        for level in inventory.stock_on_hand(self.session, self.pharmacist):
            assert [level.on_hand, level.expired, level.blocked, level.value] == expected[level.medicine_id]

    def teardown(self):
        try:
            self.check_the_stock_screen()
            assert books.check(self.session) == []
        finally:
            super().teardown()


@pytest.fixture
def shelf(session, pharmacist):
    """Makes the beginning of a history: two medicines, nothing in stock."""
    clinic.change(session, factories.an_admin(session), dispense_unpaid=True)
    patient = factories.a_patient(session)
    medicines = [factories.a_medicine(session, name) for name in ("Amoxicillin", "Zinc")]
    session.flush()
    return lambda: Shelf(session, pharmacist, patient, medicines)


def test_no_history_of_a_shelf_loses_a_unit(shelf):
    play(shelf, histories=100, steps=25)
