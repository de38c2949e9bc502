"""Random histories of bills: what is due, paid, given back and kept for later is what sums in whole paise say."""

from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import text

from core import billing, books, clinic, clock, dispensing, drawers, fields
from core.billing import InvoiceState, LineDetails, PaymentMethod
from core.errors import Invalid
from tests import factories
from tests.core.histories import History, first, play

CASH, ADVANCE = PaymentMethod.CASH, PaymentMethod.ADVANCE
any_one = st.integers(0, 4)
units, method = st.integers(1, 4), st.sampled_from([CASH, ADVANCE, PaymentMethod.UPI])
of_each = st.lists(st.integers(0, 3), min_size=5, max_size=5)
paise = st.sampled_from([435, 3333, 10001, 99, 1, 0])


def money(amount):
    return Decimal(amount) / 100


def half_up(amount, of):
    """amount / of in whole paise."""
    return (2 * amount + of) // (2 * of)


@dataclass
class Line:
    """Amounts in paise. `items` are [id of what was handed over, units of it that the patient has]."""

    line_id: int
    quantity: int
    price: int
    discount: int
    percent: int
    is_medicine: bool
    items: list[list[int]] = field(default_factory=list)
    dispensed: int = 0
    returned: int = 0
    called_off: int = 0
    refunded: int = 0
    given_back: int = 0

    @property
    def tax(self):
        return half_up((self.quantity * self.price - self.discount) * self.percent, 100)

    @property
    def amount(self):
        return self.worth(self.quantity)

    def worth(self, units):
        """What the first so many units come to."""
        discount, tax = (half_up(whole * units, self.quantity) for whole in (self.discount, self.tax))
        return units * self.price - discount + tax

    @property
    def owed(self):
        return self.quantity - self.dispensed - self.called_off if self.is_medicine else 0

    @property
    def refundable(self):
        return self.quantity - self.refunded - (self.dispensed - self.returned)


@dataclass
class Bill:
    record: billing.InvoiceRecord
    lines: list[Line]
    paid: int = 0
    refunded: int = 0
    cancelled: bool = False

    @property
    def total(self):
        return sum(line.amount for line in self.lines)

    @property
    def state(self):
        if self.cancelled:
            return InvoiceState.CANCELLED
        return InvoiceState.PAID if self.paid == self.total else InvoiceState.ISSUED

    @property
    def handed_over(self):
        return any(line.dispensed for line in self.lines)


class Till(History):
    def __init__(self, session, patient, medicines):
        super().__init__(session)
        self.admin, self.patient, self.medicines = factories.an_admin(session), patient, medicines
        self.bills, self.advance, self.cash, self.closed, self.notes = [], 0, 0, False, 0

    @initialize(unpaid=st.booleans())
    def open_the_clinic(self, unpaid):
        self.attempt(None, clinic.change, self.admin, dispense_unpaid=unpaid)
        self.ready = {InvoiceState.PAID, InvoiceState.ISSUED} if unpaid else {InvoiceState.PAID}
        self.make_bill([(3, 3333, 100)], (2, 3), 2)

    # Bills

    @rule(charged=st.lists(st.tuples(units, paise, paise), max_size=2), units=st.tuples(units, units), many=any_one)
    def make_bill(self, charged, units, many):
        lines = [self.typed(*one) for one in charged]
        for medicine, quantity in list(zip(self.medicines, units, strict=True))[: many % 3]:
            lines.append(LineDetails(medicine_id=medicine.medicine_id, quantity=quantity))
        refusal = Invalid if not lines or any(self.is_wrong(line) for line in lines) else None
        made = self.attempt(refusal, billing.invoice_by_hand, self.admin, self.patient.patient_id, lines)
        if made:
            self.bills.append(Bill(made, [self.line(line) for line in made.lines]))

    @precondition(lambda self: self.bills)
    @rule(which=any_one, quantities=of_each, more=paise, stale=st.booleans())
    def correct(self, which, quantities, more, stale):
        """A line of which nothing is wanted is taken off; one more comes on where it costs something."""
        bill = self.a_bill(which)
        wanted = [
            LineDetails(line_id=line.line_id, quantity=n, discount=money(min(more, line.price)), discount_reason="x")
            for line, n in zip(bill.lines, quantities, strict=False)
            if n
        ] + ([self.typed(1, more, 0)] if more else [])
        kept = {line.line_id: line for line in bill.lines}
        total = sum(self.would_be(kept.get(line.line_id), line) for line in wanted)
        now = billing.get(self.session, self.admin, bill.record.invoice_id)
        seen = bill.record if stale else now
        refusal = first(
            [
                (billing.CannotCorrect, bill.cancelled or (bill.paid and bill.paid == bill.total)),
                (billing.CannotCorrect, bill.handed_over or bill.refunded),
                (billing.ChangedMeanwhile, (seen.lines, seen.paid) != (now.lines, now.paid)),
                (Invalid, not wanted),
                (billing.BelowPaid, total < bill.paid),
            ]
        )
        done = self.attempt(refusal, billing.correct, self.admin, bill.record.invoice_id, wanted, seen=seen)
        if done:
            bill.record, before = done, kept
            bill.lines = [self.line(line) for line in done.lines]
            for line in bill.lines:
                if was := before.get(line.line_id):
                    line.called_off = max(was.called_off - max(was.quantity - line.quantity, 0), 0)
            assert bill.total == total

    @precondition(lambda self: self.bills)
    @rule(which=any_one)
    def cancel(self, which):
        bill = self.a_bill(which)
        refusal = first(
            [
                (billing.AlreadyCancelled, bill.cancelled),
                (billing.PartlyPaid, bill.paid),
                (billing.HandedOver, bill.handed_over),
            ]
        )
        if self.attempt(refusal, billing.cancel, self.admin, bill.record.invoice_id, "Left"):
            bill.cancelled = True

    # Money

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

    @precondition(lambda self: self.cash > 0 or self.closed)
    @rule(counted=st.sampled_from(["right", "unexplained", "seen too early"]), sleeps=st.booleans())
    def close_the_drawer(self, counted, sleeps):
        expected = self.cash + (1 if counted == "seen too early" else 0)
        found = expected + (1 if counted == "unexplained" else 0)
        refusal = first(
            [
                (Invalid, found < 0),
                (drawers.AlreadyClosed, self.closed),
                (drawers.MoneyMoved, expected != self.cash),
                (drawers.NotExplained, found != expected),
            ]
        )
        count = drawers.Count({fields.CENT: found}, money(0), money(expected))
        if self.attempt(refusal, drawers.close, self.admin, self.admin.user_id, clock.today(), count):
            self.closed = True
        if self.closed and sleeps:
            self.wait(days=1)
            self.closed, self.cash = False, 0

    # Medicines

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

    # The model

    def one(self, found, which):
        """The youngest are the likeliest."""
        return found[-1 - which % len(found)]

    def a_bill(self, which):
        return self.one(self.bills, which)

    def typed(self, quantity, price, discount):
        reason = "Friend" if discount else ""
        return LineDetails(
            "Dressing", quantity=quantity, unit_price=money(price), discount=money(discount), discount_reason=reason
        )

    def is_wrong(self, line):
        return line.unit_price is not None and line.discount > line.quantity * line.unit_price

    def line(self, line):
        """As it was answered; that its amounts follow from these is an invariant."""
        figures = (int(100 * amount) for amount in (line.unit_price, line.discount, line.tax_percent / 100))
        price, discount, percent = figures
        return Line(line.line_id, line.quantity, price, discount, percent, line.medicine_id is not None)

    def would_be(self, was, line):
        discount = int(100 * line.discount)
        if was:
            return Line(0, line.quantity, was.price, discount, was.percent, was.is_medicine).amount
        return line.quantity * int(100 * line.unit_price) - discount

    def moved(self, amount, method):
        if method is ADVANCE:
            self.advance -= amount
        elif method is CASH:
            self.cash += amount

    # What is always so

    @invariant()
    def every_bill_is_as_the_model_has_it(self):
        query = "SELECT id, state, total, tax, paid, refunded FROM invoices"
        found = {key: tuple(rest) for key, *rest in self.session.execute(text(query))}
        assert found == {
            bill.record.invoice_id: (
                bill.state,
                *map(money, (bill.total, sum(line.tax for line in bill.lines), bill.paid, bill.refunded)),
            )
            for bill in self.bills
        }

    @invariant()
    def every_line_is_as_the_model_has_it(self):
        query = """SELECT l.id, l.amount, dispensed, returned, called_off, refunded, coalesce(sum(r.amount), 0)
                   FROM invoice_lines l LEFT JOIN refunds r ON r.invoice_line_id = l.id GROUP BY l.id"""
        found = {key: tuple(rest) for key, *rest in self.session.execute(text(query))}
        lines = [line for bill in self.bills for line in bill.lines]
        assert found == {
            line.line_id: (
                *(money(line.amount), line.dispensed, line.returned, line.called_off, line.refunded),
                money(line.given_back),
            )
            for line in lines
        }
        for line in lines:
            assert line.refunded < line.quantity or line.given_back == line.amount
            assert 0 <= line.dispensed - line.returned <= line.quantity - line.refunded or not line.is_medicine

    @invariant()
    def nobody_gets_more_back_than_was_paid(self):
        for bill in self.bills:
            assert 0 <= bill.refunded <= bill.paid <= bill.total
        advance = self.session.scalar(text("SELECT advance FROM patients"))
        assert advance == money(self.advance) >= 0

    def teardown(self):
        try:
            drawer = drawers.drawer(self.session, self.admin, self.admin.user_id, clock.today())
            assert drawer.taken == money(self.cash)
            for bill in self.bills:
                left = billing.refundable(self.session, self.admin, bill.record.invoice_id)
                assert [line.units for line in left.lines] == [line.refundable for line in bill.lines]
            assert books.check(self.session) == []
        finally:
            super().teardown()


@pytest.fixture
def till(session):
    """Makes the beginning of a history: two medicines, more than enough of each, and a patient."""
    patient = factories.a_patient(session)
    prices = (("Amoxicillin", "4.35"), ("Zinc", "0.07"))
    medicines = [factories.a_medicine(session, name, price, tax_percent=Decimal(12)) for name, price in prices]
    for medicine in medicines:
        factories.a_batch(session, medicine, 1000)
    session.flush()
    return lambda: Till(session, patient, medicines)


def test_no_history_of_bills_loses_a_paisa(till):
    play(till, histories=80, steps=15)
