"""The cash desk where money does not only come in: refunds, corrections, advances, dues, prices."""

from decimal import Decimal

import pytest

from core import billing, dispensing, prescriptions, visits, words
from core.billing import InvoiceState, LineDetails, PaymentMethod
from core.models import AdvanceReason
from tests.factories import (
    a_batch,
    a_completed_visit,
    a_medicine,
    a_patient,
    a_service,
    a_visit,
    an_admin,
    an_invoice,
    an_item,
    pay,
)
from tests.pages import test_cash
from tests.pages.test_cash import metric, opened

pytestmark = pytest.mark.usefixtures("without_redis")


def labels(page):
    return [button.label.replace("\\", "") for button in page.button]


def button(page, label):
    return page.button[labels(page).index(label)]


def said(page):
    return test_cash.said(page).replace("\\", "")


def box(page, kind, label):
    return next(box for box in page.get(kind) if box.label == label)


def bill(session, actor, invoice):
    return billing.get(session, actor, invoice.invoice_id)


def found(page, invoice):
    return page.text_input(key="find_bill_0").set_value(invoice.number).run()


def test_a_paid_bill_is_given_back_with_two_clicks_and_a_reason(session, open_page, receptionist):
    invoice = an_invoice(session, paid=True)
    page = found(open_page("cash", receptionist), invoice)

    button(page, "Give back").click().run()
    button(page, "Give back ₹300.00").click().run()
    assert page.error[0].value == "The reason is missing."
    box(page, "text_input", "Reason").set_value("not issued").run()
    button(page, "Give back ₹300.00").click().run()

    (note,) = bill(session, receptionist, invoice).credit_notes
    assert (note.amount, note.method, note.reason) == (Decimal("300.00"), PaymentMethod.CASH, "not issued")
    assert f"Given back ({note.number}), Cash" in said(page)
    assert "Give back" not in labels(page)


def test_a_double_click_gives_back_once(session, open_page, click_twice, receptionist):
    invoice = an_invoice(session, paid=True)
    page = found(open_page("cash", receptionist), invoice)
    button(page, "Give back").click().run()
    box(page, "text_input", "Reason").set_value("not issued").run()

    click_twice(page, f"refund_{invoice.invoice_id}", button(page, "Give back ₹300.00"))

    assert bill(session, receptionist, invoice).refunded == Decimal("300.00")


def test_units_are_chosen_and_what_the_patient_has_cannot_be(session, open_page, receptionist, pharmacist):
    medicine = a_medicine(session, "Amoxicillin 500 mg", "4.50")
    a_batch(session, medicine, 6)
    invoice = an_invoice(session, (medicine, 10), paid=True)
    dispensing.dispense(session, pharmacist, invoice.invoice_id, partly=True)
    page = found(open_page("cash", receptionist), invoice)

    button(page, "Give back").click().run()
    assert "6 of 10 with the patient: the counter takes them back first" in said(page)
    box(page, "checkbox", "Amoxicillin 500 mg").check().run()
    box(page, "number_input", "Units of Amoxicillin 500 mg").set_value(3).run()

    assert "Give back ₹13.50" in labels(page)


def test_what_is_kept_for_the_next_bill_pays_it_and_the_rest_is_cash(session, open_page, receptionist):
    patient = a_patient(session)
    first, second = an_invoice(session, paid=True, patient=patient), an_invoice(session, price="500", patient=patient)
    page = found(open_page("cash", receptionist), first)
    button(page, "Give back").click().run()
    box(page, "button_group", "How").set_value(PaymentMethod.ADVANCE).run()
    box(page, "text_input", "Reason").set_value("not issued").run()
    button(page, "Keep ₹300.00").click().run()

    opened(page, second)
    button(page, "Advance, ₹300.00").click().run()
    button(page, "Cash").click().run()

    paid = bill(session, receptionist, second)
    assert [(p.method, p.amount) for p in paid.payments] == [("ADVANCE", Decimal(300)), ("CASH", Decimal(200))]
    assert paid.state is InvoiceState.PAID


def test_a_bill_is_corrected_while_it_is_unpaid(session, open_page, receptionist):
    invoice, service = an_invoice(session), a_service(session, "Dressing", "150.00")
    page = opened(open_page("cash", receptionist), invoice)

    button(page, "Correct").click().run()
    box(page, "selectbox", "Services and medicines").set_value(("SERVICE", service.service_id)).run()
    box(page, "number_input", "Discount").set_value(30.0).run()
    box(page, "text_input", "Why the discount").set_value("staff").run()
    button(page, "Save").click().run()

    now = bill(session, receptionist, invoice)
    assert (now.number, now.total) == (invoice.number, Decimal("420.00"))
    assert [(line.description, line.discount_reason) for line in now.lines] == [
        ("Certificate", "staff"),
        ("Dressing", ""),
    ]
    assert metric(page, "To pay") == "₹420.00"


def test_a_line_being_corrected_is_called_as_on_the_bill_and_a_service_as_it_was_typed(
    session, open_page, receptionist, doctor, monkeypatch
):
    visit, service = a_completed_visit(session, doctor), a_service(session, "Consultation")
    invoice = billing.invoice_visit(session, receptionist, visit.visit_id)
    lines = [LineDetails(line_id=line.line_id) for line in invoice.lines]
    lines.append(LineDetails(service_id=service.service_id))
    billing.correct(session, receptionist, invoice.invoice_id, lines, seen=invoice)
    monkeypatch.setattr(words, "_whoever_reads", lambda: "hi")  # a page has a thread of its own
    page = opened(open_page("cash", receptionist), invoice)

    button(page, words.say("Correct")).click().run()

    named = {line.value.partition("  \n")[0] for line in page.markdown}
    assert {"परामर्श, Dr Sen", "Consultation"} <= named


def test_a_correction_of_what_somebody_else_changed_is_refused(session, open_page, receptionist):
    invoice = an_invoice(session)
    page = opened(open_page("cash", receptionist), invoice)
    button(page, "Correct").click().run()
    billing.pay(session, an_admin(session), invoice.invoice_id, Decimal(100), PaymentMethod.UPI)

    button(page, "Save").click().run()

    assert "was changed by somebody else" in page.error[0].value


def test_an_advance_is_taken_and_paid_out(session, open_page, receptionist):
    patient = a_patient(session, "Vikram Sen")
    page = open_page("cash", receptionist)

    for label, amount, left in (("Take the advance", 500.0, 500), ("Pay it out", 200.0, 300)):
        button(page, "Advance").click().run()
        box(page, "text_input", "Patient").set_value("vik").run()
        box(page, "number_input", "Amount").set_value(amount)
        button(page, label).click().run()
        assert billing.advance_of(session, receptionist, patient.patient_id) == Decimal(left)

    moves = billing.list_advances(session, receptionist, patient.patient_id).moves
    assert [move.reason for move in moves] == [AdvanceReason.RECEIVED, AdvanceReason.PAID_OUT]


def test_dues_are_listed_by_age_and_lead_to_the_bill(session, open_page, receptionist):
    patient = a_patient(session, "Vikram Sen", phone="9845012345")
    invoice = an_invoice(session, patient=patient)
    an_invoice(session, patient=a_patient(session, "Asha Rao"))
    page = open_page("cash", receptionist, {"view": "Dues"})

    assert (metric(page, "Owed in all"), metric(page, "0–30 days")) == ("₹600.00", "₹600.00")
    page.text_input(key="find_dues").set_value("45012").run()

    (row,) = page.dataframe[0].value.to_dict("records")
    assert (row["Patient"], row["Owes"], row["Oldest bill"]) == ("Vikram Sen", 300.0, invoice.number)


def test_the_price_list_shows_doctors_services_and_medicines_with_their_tax(session, open_page, receptionist, doctor):
    a_service(session, "Dressing", "150.00", tax="18")
    a_medicine(session, "Amoxicillin 500 mg", "4.50")

    page = open_page("cash", receptionist, {"view": "Prices"})

    fees, services, medicines = (table.value for table in page.dataframe)
    assert list(fees["Price"]) == ["500.00", "200.00"]
    assert services.to_dict("records") == [{"Item": "Dressing", "Price": "150.00", "Tax": "18 %", "With tax": "177.00"}]
    assert list(medicines["Item"]) == ["Amoxicillin 500 mg"]


def test_a_paid_bill_of_a_changed_prescription_is_settled_with_one_click(session, open_page, receptionist, doctor):
    medicine = a_medicine(session, "Amoxicillin 500 mg", "4.00")
    visit_id = a_visit(session, doctor).visit_id
    issued = prescriptions.prescribe(session, doctor, visit_id, [an_item(session, medicine)])
    visits.add_note(session, doctor, visit_id, "Cough")
    visits.complete(session, doctor, visit_id)
    first = pay(session, billing.invoice_visit(session, receptionist, visit_id))
    longer = [an_item(session, medicine, duration_days=7)]
    prescriptions.amend(session, doctor, issued.prescription_id, longer, "Five days were too short")
    page = open_page("cash", receptionist)

    button(page, "Settle").click().run()

    assert bill(session, receptionist, first).refunded == Decimal("60.00")
    assert metric(page, "To pay") == "₹24.00"
    assert "Advance" in said(page)


def test_every_amount_tells_where_it_comes_from_when_it_is_asked(session, open_page, receptionist):
    invoice = an_invoice(session)
    page = opened(open_page("cash", receptionist), invoice)
    assert "Price by hand" not in said(page)

    page.session_state[f"explained_{invoice.invoice_id}"] = True
    page.run()

    assert "Price of one. Price by hand" in said(page)


def test_a_medicine_that_is_not_there_is_swapped_for_one_that_is(session, open_page, receptionist):
    same = {"generic": "Amoxicillin", "strength": "500 mg"}
    wanted, other = a_medicine(session, "Mox 500", "4.50", **same), a_medicine(session, "Novamox 500", "6.00", **same)
    a_batch(session, other, 50)
    invoice = an_invoice(session, (wanted, 10))
    page = opened(open_page("cash", receptionist), invoice)

    button(page, "Swap").click().run()
    next(one for one in page.button if one.label == "Swap" and one.proto.type == "primary").click().run()

    assert [line.description for line in bill(session, receptionist, invoice).lines] == ["Certificate", "Novamox 500"]
    assert metric(page, "To pay") == "₹360.00"


def test_a_paid_bill_and_the_one_that_supplements_it_lead_to_each_other(session, open_page, receptionist):
    same = {"generic": "Amoxicillin", "strength": "500 mg"}
    wanted, other = a_medicine(session, "Mox 500", "4.50", **same), a_medicine(session, "Novamox 500", "6.00", **same)
    a_batch(session, other, 50)
    invoice = an_invoice(session, (wanted, 10), paid=True)
    line = next(line for line in bill(session, receptionist, invoice).lines if line.medicine_id)
    settled = billing.swap(session, receptionist, invoice.invoice_id, line.line_id, other.medicine_id)
    page = found(open_page("cash", receptionist), invoice)

    button(page, f"Bill {settled.bill.number} goes with it").click().run()
    assert f"bill {settled.bill.number}" in said(page).replace("\\", "")
    button(page, f"Goes with bill {invoice.number}").click().run()

    assert f"Bill {settled.bill.number} goes with it" in labels(page)


def test_the_receipt_of_an_advance_is_printed_again_as_it_was(session, open_page, receptionist):
    patient = a_patient(session, "Vikram Sen")
    for amount in (500, 200):
        billing.receive_advance(session, receptionist, patient.patient_id, Decimal(amount), PaymentMethod.CASH)
    first = billing.list_advances(session, receptionist, patient.patient_id).moves[0]
    page = open_page("cash", receptionist)
    button(page, "Advance").click().run()
    box(page, "text_input", "Patient").set_value("vik").run()

    page.button(key=f"print_advance_{first.advance_id}").click().run()

    assert "<img" in page.session_state["paper_to_print"]["page"]
