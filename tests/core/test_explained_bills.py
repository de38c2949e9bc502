"""How was this computed? Every amount of a bill, in words and numbers."""

from decimal import Decimal

import pytest

from core import billing, clinic
from core.billing import LineDetails
from core.errors import NotPermitted
from core.models import PaymentMethod
from tests.factories import a_completed_visit, a_medicine, a_patient, a_service, pay

CASH = PaymentMethod.CASH


def told(section):
    return [(step.words, step.amount) for step in section.steps]


@pytest.fixture
def bill(session, receptionist):
    """Two dressings with discount and tax, and a certificate by hand."""
    dressing = a_service(session, price="105.00", tax="18")
    lines = [
        LineDetails(service_id=dressing.service_id, quantity=2, discount=Decimal("10.50"), discount_reason="Senior"),
        LineDetails("Certificate", unit_price=Decimal("50")),
    ]
    return billing.invoice_by_hand(session, receptionist, a_patient(session).patient_id, lines)


def test_a_line_is_explained_from_its_price_to_what_it_comes_to(session, receptionist, bill):
    explained = billing.explain(session, receptionist, bill.invoice_id)

    dressing, certificate = explained.lines
    assert (dressing.title, told(dressing)) == (
        "Dressing",
        [
            ("Price of one. Price list", Decimal("105.00")),
            ("2 × 105.00", Decimal("210.00")),
            ("Discount of 5 % (Senior), given by Ravi", Decimal("-10.50")),
            ("Tax of 18 % of 210.00 - 10.50 = 199.50, rounded once", Decimal("35.91")),
            ("Comes to", Decimal("235.41")),
        ],
    )
    assert told(certificate)[0] == ("Price of one. Price by hand", Decimal("50.00"))
    assert told(explained.total) == [
        ("All lines before discount and tax", Decimal("260.00")),
        ("Discounts of all lines", Decimal("-10.50")),
        ("Taxes of all lines", Decimal("35.91")),
        ("Total", Decimal("285.41")),
    ]
    assert told(explained.due)[-1] == ("Still to pay", Decimal("285.41"))


def test_payments_and_refunds_are_explained_with_their_shares(session, receptionist, bill, frozen_clock):
    pay(session, bill)
    frozen_clock(2025, 3, 4)
    refund = {bill.lines[0].line_id: 1}
    note = billing.refund(session, receptionist, bill.invoice_id, refund, PaymentMethod.UPI, "Not done", "77")

    explained = billing.explain(session, receptionist, bill.invoice_id)

    assert told(explained.paid) == [
        ("Cash on 1 Mar 2025, taken by Asha Admin", Decimal("285.41")),
        ("Paid in all", Decimal("285.41")),
    ]
    [back] = explained.refunds
    assert (back.title, told(back)) == (
        f"Credit note {note.number}",
        [
            (
                "1 of 2 × Dressing at 105.00, -5.25 as its share of the discount, +17.96 as its share of the tax",
                Decimal("117.71"),
            ),
            ("UPI (77) on 4 Mar 2025, given back by Ravi: Not done", Decimal("117.71")),
        ],
    )


def test_a_fee_says_why_it_is_this_one(session, admin, receptionist, doctor, frozen_clock):
    asha = a_patient(session)

    def basis(*day):
        frozen_clock(*day)
        visit = a_completed_visit(session, doctor, asha)
        bill = billing.invoice_visit(session, receptionist, visit.visit_id)
        return bill.lines[0].basis

    assert basis(2025, 3, 1) == "Consultation fee: not seen by this doctor before"
    assert basis(2025, 3, 8) == "Follow-up fee: seen on 1 Mar 2025, within 7 days"
    assert basis(2025, 3, 20) == "Consultation fee: seen on 8 Mar 2025, more than 7 days before"
    clinic.change(session, admin, follow_up_days=0)
    assert basis(2025, 3, 21) == "Consultation fee: the clinic has no follow-ups"


def test_consultations_are_taxed_as_the_clinic_sets_and_listed_with_their_tax(session, admin, receptionist, doctor):
    clinic.change(session, admin, consultation_tax_percent=Decimal("12.5"))
    a_service(session, tax="18")
    a_medicine(session, tax_percent=Decimal(5))

    visit = a_completed_visit(session, doctor)
    bill = billing.invoice_visit(session, receptionist, visit.visit_id)

    assert (bill.tax, bill.total) == (Decimal("62.50"), Decimal("562.50"))
    words = [step.words for step in billing.explain(session, receptionist, bill.invoice_id).lines[0].steps]
    assert "Tax of 12.5 % of 500.00, rounded once" in words
    assert [(p.name, p.price, p.tax_percent) for p in billing.price_list(session, receptionist)] == [
        ("Consultation, Dr Sen", Decimal("500.00"), Decimal("12.50")),
        ("Follow-up, Dr Sen", Decimal("200.00"), Decimal("12.50")),
        ("Dressing", Decimal("100.00"), Decimal("18.00")),
        ("Amoxicillin 500 mg", Decimal("4.50"), Decimal("5.00")),
    ]


def test_a_cancelled_bill_says_so_and_only_who_sees_bills_is_told(session, receptionist, doctor, bill):
    billing.cancel(session, receptionist, bill.invoice_id, "Left")

    assert told(billing.explain(session, receptionist, bill.invoice_id).due)[0] == ("Cancelled: Left", 0)
    with pytest.raises(NotPermitted):
        billing.explain(session, doctor, bill.invoice_id)
