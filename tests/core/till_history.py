"""A cash desk as random histories of money see it: what bills, lines and drawers must come to, in whole paise."""

from dataclasses import dataclass, field
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import text

from core import billing, books, clinic, clock, drawers, fields
from core.billing import InvoiceState, LineDetails, PaymentMethod
from core.errors import Invalid
from tests import factories
from tests.core.histories import History, first

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
    """Bills are made, corrected and cancelled; what is paid and given back is in test_money_machine.py."""

    def __init__(self, session, patient, medicines):
        super().__init__(session)
        self.admin, self.patient, self.medicines = factories.an_admin(session), patient, medicines
        self.bills, self.advance, self.cash, self.closed, self.notes = [], 0, 0, False, 0

    @initialize(unpaid=st.booleans(), paid=st.sampled_from([True, True, False]))
    def open_the_clinic(self, unpaid, paid):
        self.attempt(None, clinic.change, self.admin, dispense_unpaid=unpaid)
        self.ready = {InvoiceState.PAID, InvoiceState.ISSUED} if unpaid else {InvoiceState.PAID}
        self.make_bill([(3, 3333, 100)], (2, 3), 2)
        if paid:
            self.pay(which=0, part=1, method=CASH)

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
                (billing.BillChangedMeanwhile, (seen.lines, seen.paid) != (now.lines, now.paid)),
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

    # The model

    def one(self, found, which):
        """The youngest are the likeliest."""
        return found[-1 - which % len(found)]

    def a_bill(self, which):
        """One that stands, if any does; now and then any."""
        return self.one([bill for bill in self.bills if which == 4 or not bill.cancelled] or self.bills, which)

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

    def read_again(self, invoice_id):
        """A bill as it is now, with what of it is in patients' hands."""
        record = billing.get(self.session, self.admin, invoice_id)
        found = [bill for bill in self.bills if bill.record.invoice_id == invoice_id]
        bill = found[0] if found else Bill(record, [])
        self.bills += [] if found else [bill]
        items = {line.line_id: line.items for line in bill.lines}
        bill.record, bill.lines = record, [self.line(line) for line in record.lines]
        bill.paid, bill.refunded = int(100 * record.paid), int(100 * record.refunded)
        for line, now in zip(bill.lines, record.lines, strict=True):
            line.items = items.get(line.line_id, [])
            line.dispensed, line.returned, line.called_off = now.dispensed, now.returned, now.called_off
            line.refunded = now.refunded
            back = [part.amount for note in record.credit_notes for part in note.lines if part.line_id == line.line_id]
            line.given_back = int(100 * sum(back))

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
