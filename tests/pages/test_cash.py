from decimal import Decimal

import pytest

from core import billing, clinic, clock
from core.billing import InvoiceState, LineDetails, PaymentMethod
from pages.ui import show
from pages.ui.cash import bill_lists, bill_papers
from tests.factories import a_batch, a_completed_visit, a_medicine, a_patient, a_service, an_admin, an_invoice, pay

pytestmark = pytest.mark.usefixtures("without_redis")


def button(page, label):
    return next(button for button in page.button if button.label == label)


def metric(page, label):
    return next(metric.value for metric in page.metric if metric.label == label)


def said(page):
    return " ".join(element.value for kind in ("markdown", "caption", "subheader") for element in page.get(kind))


def opened(page, invoice):
    return page.button(key=f"unpaid_{invoice.invoice_id}").click().run()


def today(session):
    return billing.list_day(session, an_admin(session), clock.today())


def test_a_visit_is_billed_and_paid_with_two_clicks(session, open_page, receptionist, doctor):
    a_completed_visit(session, doctor, a_patient(session, "Lakshmi Sharma"))
    page = open_page("cash", receptionist)

    button(page, "Make bill").click().run()
    assert metric(page, "To pay") == "₹500.00"
    button(page, "Cash").click().run()

    (bill,) = today(session)
    assert (bill.patient, bill.state, bill.paid) == ("Lakshmi Sharma", InvoiceState.PAID, Decimal("500.00"))
    assert "Print receipt" in [b.label for b in page.button]
    assert "Every completed visit has its bill." in said(page)


def test_what_the_counter_could_not_hand_over_is_told_before_it_is_paid(session, open_page, receptionist):
    there, short = a_medicine(session), a_medicine(session, "Zinc")
    a_batch(session, there, 20)
    invoice = an_invoice(session, (there, 10), (short, 3))
    page = opened(open_page("cash", receptionist), invoice)

    assert "None there] Zinc, 3 capsules" in said(page)
    assert said(page).count("None there") == 1

    button(page, "Cash").click().run()
    assert "None there" not in said(page)


def test_a_double_click_makes_one_bill(session, open_page, click_twice, receptionist, doctor):
    visit = a_completed_visit(session, doctor)
    page = open_page("cash", receptionist)

    click_twice(page, f"bill_{visit.visit_id}", button(page, "Make bill"))

    assert len(today(session)) == 1


@pytest.mark.parametrize(("label", "method"), [("Cash", "CASH"), ("UPI", "UPI"), ("Card", "CARD")])
def test_a_double_click_takes_the_exact_amount_once(session, open_page, click_twice, receptionist, label, method):
    invoice = an_invoice(session)
    page = opened(open_page("cash", receptionist), invoice)

    click_twice(page, f"pay_{invoice.invoice_id}_{method}", button(page, label))

    (payment,) = billing.get(session, receptionist, invoice.invoice_id).payments
    assert (payment.method, payment.amount) == (PaymentMethod(method), Decimal("300.00"))


def test_every_line_tells_how_its_amount_comes_about(session, open_page, receptionist):
    medicine = a_medicine(session, "Amoxicillin 500 mg", "4.50", tax_percent=Decimal(5))
    service = a_service(session, "Dressing", "150.00")
    old_friend = LineDetails(service_id=service.service_id, quantity=2, discount=Decimal(20), discount_reason="Staff")
    lines = [old_friend, LineDetails(medicine_id=medicine.medicine_id, quantity=10)]
    invoice = billing.invoice_by_hand(session, receptionist, a_patient(session).patient_id, lines)

    page = opened(open_page("cash", receptionist), invoice)

    table = said(page).replace("\\", "")
    assert "| Dressing | 2 × 150.00 − 20.00 (Staff) | 280.00 |" in table
    assert "| Amoxicillin 500 mg | 10 × 4.50 + 2.25 (5\N{NO-BREAK SPACE}% tax) | 47.25 |" in table
    assert "| **Total** | 345.00 − 20.00 + 2.25 | **₹327.25** |" in table


def test_the_bill_that_was_typed_is_open(session, open_page, receptionist):
    for name in ("Asha Rao", "Vikram Sen"):
        an_invoice(session, patient=a_patient(session, name))
    page = open_page("cash", receptionist)

    page.text_input(key="find_bill_0").set_value("vik").run()
    button(page, "Cash").click().run()

    assert [(bill.patient, bill.state) for bill in today(session)] == [("Asha Rao", "ISSUED"), ("Vikram Sen", "PAID")]
    assert page.text_input(key="find_bill_1").value == ""


def test_a_part_is_paid_and_the_rest_stays_due(session, open_page, receptionist):
    invoice = an_invoice(session)
    page = opened(open_page("cash", receptionist), invoice)

    next(box for box in page.number_input if box.label == "Amount").set_value(100.0)
    next(box for box in page.selectbox if box.label == "Method").set_value(PaymentMethod.TRANSFER)
    next(box for box in page.text_input if box.label == "Reference").set_value("N123")
    button(page, "Take payment").click().run()

    bill = billing.get(session, receptionist, invoice.invoice_id)
    assert (bill.due, bill.payments[0].method, bill.payments[0].reference) == (Decimal("200.00"), "TRANSFER", "N123")
    assert metric(page, "To pay") == "₹200.00"


def test_a_refusal_tells_money_as_the_screen_does(session, open_page, receptionist):
    invoice = an_invoice(session, price="123456.00")
    page = opened(open_page("cash", receptionist), invoice)

    next(box for box in page.number_input if box.label == "Amount").set_value(1234567.5)
    button(page, "Take payment").click().run()

    assert metric(page, "To pay") == "₹1,23,456.00"
    assert page.error[0].value.startswith("Only ₹1,23,456.00 is due for ")
    assert page.error[0].value.endswith(": ₹12,34,567.50 is too much.")


def test_a_bill_that_was_paid_elsewhere_meanwhile_is_refused_in_words(session, open_page, receptionist, monkeypatch):
    invoice = an_invoice(session)
    page = opened(open_page("cash", receptionist), invoice)
    before = billing.get(session, receptionist, invoice.invoice_id)
    now = pay(session, invoice)
    monkeypatch.setattr(billing, "get", lambda *_: before)  # what the desk still sees

    button(page, "Cash").click().run()

    assert f"{invoice.number} is paid already." in page.error[0].value
    assert billing.list_day(session, receptionist, clock.today())[0].paid == now.paid == Decimal("300.00")


def test_a_bill_is_cancelled_with_a_reason_while_nothing_is_paid(session, open_page, receptionist):
    invoice = an_invoice(session)
    page = opened(open_page("cash", receptionist), invoice)

    button(page, "Cancel bill").click().run()
    button(page, "Cancel this bill").click().run()
    assert page.error[0].value == "The reason is missing."
    next(box for box in page.text_input if box.label == "Reason").set_value("made twice")
    button(page, "Cancel this bill").click().run()

    assert billing.get(session, receptionist, invoice.invoice_id).cancel_reason == "made twice"
    assert "Nobody owes anything." in said(page)


def test_a_bill_that_is_partly_paid_cannot_be_cancelled(session, open_page, receptionist):
    invoice = an_invoice(session)
    billing.pay(session, receptionist, invoice.invoice_id, Decimal(100), PaymentMethod.CASH)

    page = opened(open_page("cash", receptionist), invoice)

    assert "Cancel bill" not in [b.label for b in page.button]


def test_a_bill_is_made_by_hand_for_services_and_medicines(session, open_page, receptionist):
    a_patient(session, "Vikram Sen")
    a_patient(session, "Asha Rao")
    service, medicine = a_service(session, "Dressing", "150.00"), a_medicine(session, price="4.50")
    page = open_page("cash", receptionist)

    button(page, "By hand").click().run()
    next(box for box in page.text_input if box.label == "Patient").set_value("vik").run()
    for item in (("SERVICE", service.service_id), ("MEDICINE", medicine.medicine_id)):
        next(box for box in page.selectbox if box.label == "Services and medicines").set_value(item).run()
    quantities = [box for box in page.number_input if box.label == "Quantity"]
    quantities[1].set_value(10).run()
    next(b for b in page.button if b.label == "Make bill" and b.proto.type == "primary").click().run()

    (bill,) = today(session)
    assert (bill.patient, bill.total) == ("Vikram Sen", Decimal("195.00"))
    assert metric(page, "To pay") == "₹195.00"


def test_a_bill_by_hand_needs_something_on_it(session, open_page, receptionist):
    a_patient(session, "Vikram Sen")
    page = open_page("cash", receptionist)

    button(page, "By hand").click().run()
    assert button(page, "Make bill").disabled  # nobody is chosen before something is typed
    next(box for box in page.text_input if box.label == "Patient").set_value("vik").run()
    button(page, "Make bill").click().run()

    assert page.error[0].value == "There is nothing on the bill."


def test_the_day_shows_what_was_taken_by_method(session, open_page, receptionist):
    an_invoice(session, paid=True)
    invoice = an_invoice(session, price="100.00")
    billing.pay(session, receptionist, invoice.invoice_id, Decimal(100), PaymentMethod.UPI)

    page = open_page("cash", receptionist)

    assert metric(page, "Taken today") == "₹400.00"
    assert "Cash ₹300" in said(page).replace("\\", "")


def test_of_the_bills_of_a_long_day_the_newest_are_shown(session, open_page, receptionist, monkeypatch):
    monkeypatch.setattr(bill_lists, "MOST_SHOWN", 2)
    bills = [an_invoice(session, paid=True) for _ in range(3)]

    page = open_page("cash", receptionist)

    shown = [button.key for button in page.button if (button.key or "").startswith("day_")]
    assert shown == [f"day_{bill.invoice_id}" for bill in reversed(bills[1:])]
    assert "And 1 more: type a name." in said(page)
    assert page.expander[0].label == "Bills made today (3)"


def test_an_empty_cash_desk_says_so(open_page, receptionist):
    page = open_page("cash", receptionist)

    assert "Nobody owes anything." in said(page)
    assert "Make a bill for a visit (Alt+1)" in said(page).replace("\\", "")


def test_a_pharmacist_is_stopped_at_the_cash_desk(open_page, pharmacist):
    page = open_page("cash", pharmacist)

    assert page.error[0].value == "As pharmacist you may not take payments."
    assert not page.text_input


def test_a_receipt_is_paper_that_explains_itself(session, monkeypatch):
    invoice = pay(session, an_invoice(session, patient=a_patient(session, "<b>Asha</b>")))
    profile = clinic.profile(session)
    for module in (show, bill_papers):
        monkeypatch.setattr(module, "clinic", lambda: profile)

    paper = bill_papers.receipt(invoice)

    assert (paper.title, paper.stamp, paper.bearer.name) == ("Receipt", "Paid", "<b>Asha</b>")
    assert (paper.charges[0].what, paper.charges[0].steps) == ("Certificate", "1 × 300.00")
    assert [(row.words, row.amount) for row in paper.moved] == [("Cash", "₹300.00")]


def test_any_bill_is_found_by_its_number_however_it_is_written(session, open_page, receptionist):
    invoice = an_invoice(session, paid=True, patient=a_patient(session, "Vikram Sen"))
    an_invoice(session)
    page = open_page("cash", receptionist)

    for term in (invoice.number, str(int(invoice.number[-6:])), "vikram", "sen vik"):
        page.text_input(key="find_bill_0").set_value(term).run()
        assert f"bill {invoice.number}" in said(page).replace("\\", ""), term
