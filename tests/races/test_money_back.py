"""Money is given back at the moment the same bill is paid, corrected, handed over or given back by somebody else."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core import billing, db, dispensing
from core.billing import PaymentMethod
from core.errors import Invalid
from core.permissions import Role
from tests import factories
from tests.races.test_one_invoice import meanwhile, outcome
from tests.races.waiting import tried, wait_until_someone_waits

CASH = PaymentMethod.CASH


@pytest.fixture
def people(committed):
    """A cashier and a pharmacist."""
    with db.transaction() as session:
        return factories.a_user(session, Role.RECEPTION), factories.a_user(session, Role.PHARMACIST)


@pytest.fixture
def paid_bill(people):
    """A certificate of 300.00 and four capsules."""
    with db.transaction() as session:
        amoxicillin = factories.a_medicine(session)
        factories.a_batch(session, amoxicillin, 10)
        return factories.an_invoice(session, (amoxicillin, 4), paid=True)


def first_line_back(cashier, bill):
    return billing.refund, cashier, bill.invoice_id, {bill.lines[0].line_id: 1}, CASH, "Not needed"


def test_numbers_of_credit_notes_have_no_gap_when_one_of_two_is_rolled_back(engine, people, paid_bill):
    with db.transaction() as session:
        other = factories.an_invoice(session, paid=True)
    first, second = (first_line_back(people[0], bill) for bill in (paid_bill, other))

    assert meanwhile(engine, first, second, commit=False) == "CN-2024-25/000001"
    assert outcome(*first) == "CN-2024-25/000002"


def test_what_comes_back_meanwhile_can_be_paid_back_and_no_more(engine, people, paid_bill):
    cashier, pharmacist = people
    with db.transaction() as session:
        dispensing.dispense(session, pharmacist, paid_bill.invoice_id)
        (item,) = dispensing.find_handed_over(session, pharmacist, paid_bill.number)[0].items
    capsules = paid_bill.lines[1].line_id

    def take_back(session, *arguments):
        return dispensing.take_back(session, *arguments, usable=True, reason="Too many")

    def money_of(units):
        return billing.refund, cashier, paid_bill.invoice_id, {capsules: units}, CASH, "Too many"

    assert meanwhile(engine, (take_back, pharmacist, item.item_id, 2), money_of(2)) == "CN-2024-25/000001"
    assert meanwhile(engine, (take_back, pharmacist, item.item_id, 1), money_of(2)) is Invalid


def test_what_is_paid_back_is_not_handed_over(engine, people, paid_bill):
    cashier, pharmacist = people
    back = billing.refund, cashier, paid_bill.invoice_id, {paid_bill.lines[1].line_id: 4}, CASH, "Too many"

    refused = meanwhile(engine, back, (dispensing.dispense, pharmacist, paid_bill.invoice_id))
    assert refused is dispensing.AlreadyDispensed


def test_an_exchange_and_a_refund_of_the_bill_that_hangs_on_it_do_not_wait_for_each_other(engine, people):
    """Both come to the counter of credit notes; every bill is locked before it."""
    cashier = people[0]
    with db.transaction() as session:
        generics = {"Cetirizine": ("Cetzine", "Okacet"), "Amoxicillin": ("Amoxil", "Novamox")}
        was, instead = (
            [factories.a_medicine(session, names[n], generic=generic) for generic, names in generics.items()]
            for n in (0, 1)
        )
        bill = factories.an_invoice(session, *((medicine, 4) for medicine in was), paid=True)
        swaps = [
            (billing.swap, cashier, bill.invoice_id, line.line_id, medicine.medicine_id)
            for line, medicine in zip(bill.lines[1:], instead, strict=True)
        ]
    hangs_on_it = tried(*swaps[0]).bill

    with ThreadPoolExecutor() as pool:
        with db.transaction() as session:
            billing.locked(session, hangs_on_it.invoice_id)  # as refunding it begins
            second = pool.submit(tried, *swaps[1])
            wait_until_someone_waits(engine)
            verb, *arguments = first_line_back(cashier, hangs_on_it)
            verb(session, *arguments)
        assert second.result(timeout=10).credit_note.number == "CN-2024-25/000003"
