from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from core import billing, clinic, clock, inventory, patients
from core.billing import AlreadyInvoiced, ConsultationFee, LineDetails, VisitNotCompleted
from core.errors import Invalid, NotFound, NotPermitted
from core.models import Invoice, InvoiceState, LineKind, PaymentMethod
from core.patients import AlreadyArchived
from core.permissions import Role
from tests.factories import a_completed_visit, a_medicine, a_patient, a_service, a_user, a_visit, an_invoice
from tests.statements import count_statements, sums_hold

CASH, CARD = PaymentMethod.CASH, PaymentMethod.CARD


def rupees(amount):
    return Decimal(amount)


def test_a_visit_is_billed_with_the_fee_of_its_doctor(session, receptionist, doctor):
    visit = a_completed_visit(session, doctor)

    invoice = billing.invoice_visit(session, receptionist, visit.visit_id)

    (line,) = invoice.lines
    assert (line.kind, line.description, line.amount) == (
        LineKind.CONSULTATION,
        "Consultation, Dr Sen",
        rupees("500.00"),
    )
    assert (invoice.total, invoice.due, invoice.state) == (rupees("500.00"), rupees("500.00"), InvoiceState.ISSUED)
    assert (invoice.visit_id, invoice.patient, invoice.issued_by) == (visit.visit_id, "Asha Rao", "Ravi")
    sums_hold(session)


@pytest.mark.parametrize(("days_later", "fee"), [(7, "200.00"), (8, "500.00")])
def test_a_follow_up_with_the_same_doctor_has_its_own_fee(session, receptionist, doctor, frozen_clock, days_later, fee):
    asha = a_patient(session)
    a_completed_visit(session, doctor, asha)
    frozen_clock(2025, 3, 1 + days_later, hour=9)
    again = a_completed_visit(session, doctor, asha)

    assert billing.invoice_visit(session, receptionist, again.visit_id).total == rupees(fee)


def test_the_fee_of_a_visit_to_come_is_told_when_it_is_booked(session, receptionist, pharmacist, doctor):
    asha, newcomer = a_patient(session), a_patient(session, "Vikram Sen")
    a_completed_visit(session, doctor, asha)
    seen, last = date(2025, 3, 1), date(2025, 3, 8)

    def fee(patient, day, actor=receptionist):
        return billing.consultation_fee(session, actor, patient.patient_id, doctor.user_id, clock.at(day, time(18)))

    assert fee(asha, last) == ConsultationFee(rupees("200.00"), True, last, seen)
    assert fee(asha, last + timedelta(days=1)) == ConsultationFee(rupees("500.00"), False, last, seen)
    assert fee(newcomer, last) == ConsultationFee(rupees("500.00"), False, None)
    with pytest.raises(NotPermitted):
        fee(asha, last, pharmacist)


def test_another_doctor_or_a_clinic_without_follow_ups_takes_the_whole_fee(session, admin, doctor, frozen_clock):
    asha = a_patient(session)
    a_completed_visit(session, doctor, asha)
    other = a_completed_visit(session, a_user(session, Role.DOCTOR, "Dr Roy"), asha)
    assert billing.invoice_visit(session, admin, other.visit_id).total == rupees("500.00")

    clinic.change(session, admin, follow_up_days=0)
    frozen_clock(2025, 3, 1, hour=15)
    again = a_completed_visit(session, doctor, asha)
    assert billing.invoice_visit(session, admin, again.visit_id).total == rupees("500.00")


def test_a_visit_is_billed_once_however_often_it_is_clicked(session, receptionist, doctor):
    visit = a_completed_visit(session, doctor)
    invoice = billing.invoice_visit(session, receptionist, visit.visit_id)

    with pytest.raises(AlreadyInvoiced, match=f"already has bill {invoice.number}") as refusal:
        billing.invoice_visit(session, receptionist, visit.visit_id)

    assert refusal.value.invoice_id == invoice.invoice_id


def test_a_visit_whose_bill_was_cancelled_is_billed_again(session, receptionist, doctor):
    visit = a_completed_visit(session, doctor)
    first = billing.invoice_visit(session, receptionist, visit.visit_id)
    assert billing.list_unbilled(session, receptionist) == []
    billing.cancel(session, receptionist, first.invoice_id, "Wrong doctor")

    assert [row.visit_id for row in billing.list_unbilled(session, receptionist)] == [visit.visit_id]
    assert billing.invoice_visit(session, receptionist, visit.visit_id).number != first.number


def test_an_open_visit_is_not_billed(session, receptionist, doctor):
    visit = a_visit(session, doctor)

    with pytest.raises(VisitNotCompleted, match="This visit is open"):
        billing.invoice_visit(session, receptionist, visit.visit_id)


def test_completed_visits_without_a_bill_are_listed_oldest_first(session, receptionist, doctor, frozen_clock):
    visits = []
    for number, name in enumerate(("Asha Rao", "Vikram Sen", "Anu Iyer")):
        frozen_clock(2025, 3, 1, hour=10 + number)
        visits.append(a_completed_visit(session, doctor, a_patient(session, name)))
    billing.invoice_visit(session, receptionist, visits[1].visit_id)

    listed = billing.list_unbilled(session, receptionist)

    assert [(row.visit_id, row.patient, row.doctor) for row in listed] == [
        (visits[0].visit_id, "Asha Rao", "Dr Sen"),
        (visits[2].visit_id, "Anu Iyer", "Dr Sen"),
    ]


def test_a_bill_by_hand_is_the_sum_of_its_rounded_lines(session, admin, receptionist):
    dressing, syrup = a_service(session, tax="18"), a_medicine(session, price="33.33", tax_percent=rupees("12"))
    wanted = [
        LineDetails(service_id=dressing.service_id, discount=rupees("5.50"), discount_reason="Staff family"),
        LineDetails(medicine_id=syrup.medicine_id, quantity=3),
        LineDetails("Certificate", unit_price=rupees("50")),
    ]

    invoice = billing.invoice_by_hand(session, receptionist, a_patient(session).patient_id, wanted)

    assert [(line.description, line.tax, line.amount) for line in invoice.lines] == [
        ("Dressing", rupees("17.01"), rupees("111.51")),
        ("Amoxicillin 500 mg", rupees("12.00"), rupees("111.99")),
        ("Certificate", rupees("0.00"), rupees("50.00")),
    ]
    assert (invoice.subtotal, invoice.discount, invoice.tax, invoice.total) == (
        rupees("249.99"),
        rupees("5.50"),
        rupees("29.01"),
        rupees("273.50"),
    )
    sums_hold(session)


def test_a_bill_of_nothing_is_paid_at_once(session, receptionist):
    free = [LineDetails("Free camp", unit_price=rupees("0"))]

    invoice = billing.invoice_by_hand(session, receptionist, a_patient(session).patient_id, free)

    assert (invoice.state, invoice.due) == (InvoiceState.PAID, 0)
    assert billing.find_unpaid(session, receptionist).count == 0


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (LineDetails(" ", unit_price=rupees("5")), "line 1 description"),
        (LineDetails("Certificate"), "line 1 unit_price"),
        (LineDetails("Certificate", unit_price=rupees("-5")), "line 1 unit_price"),
        (LineDetails("Certificate", unit_price=rupees("0.001")), "line 1 unit_price"),
        (LineDetails("Certificate", unit_price=rupees("NaN")), "line 1 unit_price"),
        (LineDetails("Certificate", unit_price=rupees("5"), quantity=0), "line 1 quantity"),
        (LineDetails("Certificate", unit_price=rupees("5"), quantity=2**63), "line 1 quantity"),
        (LineDetails("Certificate", unit_price=rupees("5"), discount=rupees("-1")), "line 1 discount"),
        (LineDetails(service_id=999), "line 1 item"),
        (LineDetails(medicine_id=999), "line 1 item"),
        (LineDetails("Certificate", unit_price=rupees("9999999"), quantity=9999), "total"),
    ],
)
def test_a_line_that_cannot_be_is_refused(session, receptionist, line, problem):
    with pytest.raises(Invalid) as refusal:
        billing.invoice_by_hand(session, receptionist, a_patient(session).patient_id, [line])

    assert problem in refusal.value.problems
    assert session.scalar(select(func.count()).select_from(Invoice)) == 0


def test_everything_wrong_with_a_bill_is_told_at_once(session, receptionist):
    medicine = a_medicine(session)
    wrong = [
        LineDetails("Certificate"),
        LineDetails(medicine_id=medicine.medicine_id, unit_price=rupees("1.00")),
        LineDetails(medicine_id=medicine.medicine_id, quantity=0),
    ]

    with pytest.raises(Invalid) as refusal:
        billing.invoice_by_hand(session, receptionist, a_patient(session).patient_id, wrong)

    assert set(refusal.value.problems) == {"medicines", "line 1 unit_price", "line 2 unit_price", "line 3 quantity"}
    assert "Line 2: The price of Amoxicillin 500 mg is 4.50: give a discount instead." in str(refusal.value)


def test_an_empty_bill_is_refused(session, receptionist):
    with pytest.raises(Invalid, match="There is nothing on the bill"):
        billing.invoice_by_hand(session, receptionist, a_patient(session).patient_id, [])


def test_a_discount_has_a_reason(session, receptionist):
    line = LineDetails("Certificate", unit_price=rupees("100"), discount=rupees("5"), discount_reason=" ")

    with pytest.raises(Invalid, match="The reason for the discount is missing"):
        billing.invoice_by_hand(session, receptionist, a_patient(session).patient_id, [line])


def test_a_discount_stays_within_what_the_role_may_give(session, admin, receptionist):
    asha = a_patient(session).patient_id
    ten = LineDetails("Report", unit_price=rupees("100"), discount=rupees("10"), discount_reason="Staff")
    more, all_of_it = replace(ten, discount=rupees("10.01")), replace(ten, discount=rupees("100"))

    assert billing.invoice_by_hand(session, receptionist, asha, [ten]).total == rupees("90.00")
    with pytest.raises(Invalid, match=r"Ravi may give at most 10.00 off \(10 % of 100\)"):
        billing.invoice_by_hand(session, receptionist, asha, [more])
    assert billing.invoice_by_hand(session, admin, asha, [all_of_it]).total == 0
    with pytest.raises(Invalid, match=r"100.01 is more than the line comes to \(100\)"):
        billing.invoice_by_hand(session, admin, asha, [replace(ten, discount=rupees("100.01"))])


def test_what_is_withdrawn_is_not_billed_by_hand(session, admin, receptionist):
    dressing, medicine = a_service(session), a_medicine(session)
    billing.withdraw_service(session, admin, dressing.service_id)
    inventory.withdraw(session, admin, medicine.medicine_id)
    lines = [LineDetails(service_id=dressing.service_id), LineDetails(medicine_id=medicine.medicine_id)]

    with pytest.raises(Invalid) as refusal:
        billing.invoice_by_hand(session, receptionist, a_patient(session).patient_id, lines)

    assert set(refusal.value.problems) == {"line 1 item", "line 2 item"}


def test_an_archived_patient_is_brought_back_before_billing(session, receptionist):
    asha = a_patient(session)
    patients.archive(session, receptionist, asha.patient_id)

    with pytest.raises(AlreadyArchived):
        billing.invoice_by_hand(session, receptionist, asha.patient_id, [LineDetails("X", unit_price=rupees("1"))])


def test_an_unknown_patient_visit_or_bill_is_refused(session, receptionist):
    with pytest.raises(NotFound, match="There is no patient 999"):
        billing.invoice_by_hand(session, receptionist, 999, [LineDetails("X", unit_price=rupees("1"))])
    with pytest.raises(NotFound, match="There is no visit 999"):
        billing.invoice_visit(session, receptionist, 999)
    for step in (
        lambda: billing.get(session, receptionist, 999),
        lambda: billing.pay(session, receptionist, 999, rupees("1"), CASH),
        lambda: billing.cancel(session, receptionist, 999, "Left"),
    ):
        with pytest.raises(NotFound, match="There is no bill 999"):
            step()


def test_only_the_desk_bills_and_takes_money(session, doctor, pharmacist):
    invoice = an_invoice(session)
    for actor in (doctor, pharmacist):
        for step in (
            lambda who: billing.invoice_visit(session, who, 1),
            lambda who: billing.invoice_by_hand(session, who, 1, []),
            lambda who: billing.pay(session, who, invoice.invoice_id, rupees("1"), CASH),
            lambda who: billing.cancel(session, who, invoice.invoice_id, "Left"),
            lambda who: billing.get(session, who, invoice.invoice_id),
            lambda who: billing.list_unbilled(session, who),
        ):
            with pytest.raises(NotPermitted):
                step(actor)


def test_the_database_itself_refuses_a_total_that_is_not_the_sum_of_the_lines(session):
    invoice = an_invoice(session)

    session.execute(update(Invoice).where(Invoice.id == invoice.invoice_id).values(subtotal=1, total=1))
    with pytest.raises(IntegrityError, match="is not the sum of its lines"):
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_the_lists_take_as_many_statements_for_many_bills_as_for_one(session, receptionist, doctor):
    def look():
        billing.list_unbilled(session, receptionist)
        billing.find_unpaid(session, receptionist)
        billing.list_day(session, receptionist, date(2025, 3, 1))

    an_invoice(session)
    a_completed_visit(session, doctor)
    one = count_statements(session, look)
    for _ in range(4):
        an_invoice(session)
    a_completed_visit(session, doctor)

    assert count_statements(session, look) == one == 4
