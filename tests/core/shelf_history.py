"""A shelf as random histories of stock see it: its batches, and what happens to them without a patient."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import text

from core import books, clinic, clock, inventory
from core.errors import Invalid
from core.inventory import (
    AlreadyBlocked,
    BatchOfAnother,
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
from tests.core.histories import STARTS, History, first

MEDICINES = 2
any_batch, any_medicine = st.integers(0, 9), st.integers(0, MEDICINES - 1)


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

    put_right_at: datetime = STARTS

    @property
    def on_hand(self):
        return sum(change for _, change in self.moved)

    @property
    def expired(self):
        return self.expires_on < clock.today()

    def held_at(self, moment):
        return sum(change for at, change in self.moved if at <= moment)


class Shelf(History):
    def __init__(self, session, pharmacist, medicines):
        super().__init__(session)
        self.admin, self.pharmacist, self.medicines = factories.an_admin(session), pharmacist, medicines
        self.batches, self.moments = [], []
        self.numbers, self.order = defaultdict(set), StockOrder.FIFO

    @rule(
        medicine=any_medicine,
        quantity=st.integers(3, 30),
        days_left=st.integers(-1, 20),
        age=st.integers(-1, 9),
        cost=st.integers(0, 9),
        supplier=st.sampled_from(["Sun Pharma", ""]),
        confirmed=st.booleans(),
    )
    def receive(self, medicine, quantity, days_left, age, cost, supplier, confirmed):
        today = clock.today()
        received_on, expires_on = today - timedelta(age), today + timedelta(days_left)
        number = f"{received_on:%d}-{expires_on:%d}"
        known = self.numbers[number, supplier]
        refusal = first(
            [
                (Invalid, days_left < 0 or age < 0),
                (DuplicateBatch, medicine in known),
                (BatchOfAnother, known and not confirmed),
            ]
        )
        delivery = Delivery(
            *(number, quantity, expires_on, Decimal(cost) / 4, received_on, supplier), shares_number=confirmed
        )
        medicine_id = self.medicines[medicine].medicine_id
        if got := self.attempt(refusal, inventory.receive, self.pharmacist, medicine_id, delivery):
            known.add(medicine)
            self.batches.append(Batch(got.batch_id, medicine, received_on, expires_on, delivery.unit_cost, supplier))
            self.move(self.batches[-1], quantity)

    @precondition(lambda self: self.batches)
    @rule(which=any_batch, change=st.integers(-8, 8))
    def adjust(self, which, change):
        batch = self.a_batch(which)
        refusal = first([(Invalid, change == 0), (NotThatMany, batch.on_hand + change < 0)])
        if self.attempt(refusal, inventory.adjust, self.pharmacist, batch.batch_id, change, "Counted"):
            self.move(batch, change, puts_right=True)

    @precondition(lambda self: any(batch.expired for batch in self.batches))
    @rule(which=any_batch, everything=st.booleans())
    def write_off_expired(self, which, everything):
        if everything:
            return self.write_off_all_expired()
        batch = self.a_batch(which)
        refusal = first([(NotExpired, not batch.expired), (NothingLeft, batch.on_hand == 0)])
        if self.attempt(refusal, inventory.write_off_expired, self.pharmacist, batch.batch_id):
            self.move(batch, -batch.on_hand, puts_right=True)

    def write_off_all_expired(self):
        expired = [batch for batch in self.batches if batch.expired and batch.on_hand]
        refusal = None if expired else NothingExpired
        if written := self.attempt(refusal, inventory.write_off_all_expired, self.pharmacist):
            cost = sum(batch.on_hand * batch.unit_cost for batch in expired)
            assert written == WrittenOff(len(expired), sum(batch.on_hand for batch in expired), cost)
            for batch in expired:
                self.move(batch, -batch.on_hand, puts_right=True)

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
            self.move(batch, -quantity, puts_right=how == "write_off")

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

    @rule(days=st.integers(0, 12), which=any_batch)
    def time_passes(self, days, which):
        self.check_the_stock_screen()
        self.moments.append(self.moment)
        self.wait(days=days, minutes=7)
        self.check_the_value_at(self.moments[-1 - which % len(self.moments)])

    @initialize(order=st.sampled_from(StockOrder))
    def set_order(self, order):
        self.attempt(None, clinic.change, self.admin, stock_order=order)
        self.order = order

    # The model

    def a_batch(self, which):
        """The youngest are the likeliest."""
        return self.batches[-1 - which % len(self.batches)]

    def move(self, batch, change, *, puts_right=False):
        batch.moved.append((self.moment, change))
        batch.put_right_at = self.moment if puts_right else batch.put_right_at

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

    def check_the_value_at(self, moment):
        expected = {}
        for medicine, listed in enumerate(self.medicines):
            lay = [(b, b.held_at(moment)) for b in self.batches if b.medicine == medicine and b.held_at(moment)]
            cost = sum(units * batch.unit_cost for batch, units in lay)
            expired = sum(units for batch, units in lay if batch.expires_on < clock.day_of(moment))
            if lay:
                expected[listed.medicine_id] = (sum(units for _, units in lay), expired, cost)
        found = inventory.valuation(self.session, self.pharmacist, moment)
        assert {one.medicine_id: (one.units, one.expired, one.cost) for one in found.medicines} == expected

    def teardown(self):
        try:
            self.check_the_stock_screen()
            assert books.check(self.session) == []
        finally:
            super().teardown()
