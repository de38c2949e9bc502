"""What is chosen, called off, brought back and printed at the counter."""

from datetime import date

import pytest

from core import dispensing, documents, drug_register, inventory, prescriptions, visits
from core.billing import invoice_visit
from core.models import Batch, InvoiceLine, MedicineReturn
from pages.ui import taking
from tests.factories import a_batch, a_medicine, a_visit, an_invoice, an_item, pay
from tests.pages.test_counter import button, labels, opened, said

AMOXICILLIN = {"generic": "Amoxicillin", "strength": "500 mg"}


@pytest.fixture
def amoxicillin(session):
    return a_medicine(session, "Moxikind 500", **AMOXICILLIN)


def scan(page, code):
    """Into the search box, where the cursor is."""
    box = next(box for box in page.text_input if box.key.startswith("find_waiting"))
    return box.set_value(code).run()


def at(open_page, pharmacist, invoice):
    """The counter with this bill open."""
    return opened(open_page("counter", pharmacist), invoice)


def line_id(session):
    return session.query(InvoiceLine).filter(InvoiceLine.medicine_id.is_not(None)).one().id


@pytest.mark.usefixtures("without_redis")
def test_the_code_on_a_prescription_and_one_key_hand_over(
    session, open_page, doctor, pharmacist, receptionist, amoxicillin
):
    a_batch(session, amoxicillin, 20)
    visit_id = a_visit(session, doctor).visit_id
    ordered = prescriptions.prescribe(session, doctor, visit_id, [an_item(session, amoxicillin)])
    visits.add_note(session, doctor, visit_id, "Cough")
    visits.complete(session, doctor, visit_id)
    code = documents.prescription_paper(session, doctor, ordered.prescription_id).code
    page = open_page("counter", pharmacist)

    scan(page, f"https://clinic.example/genuine/{code}")
    assert "no bill or prescription, has the code" in page.warning[0].value
    pay(session, invoice_visit(session, receptionist, visit_id))
    scan(page, f"https://clinic.example/genuine/{code}")
    button(page, "Hand over").click().run()

    assert "Handed over to Asha Rao" in said(page)
    assert "Print labels" in labels(page)
    scan(page, ordered.number)
    assert "waits: it is not paid yet, or all of it was handed over." in page.warning[0].value.replace("\\", "")


def test_a_substitute_is_offered_where_the_medicine_is_short(session, open_page, pharmacist, amoxicillin):
    novamox = a_medicine(session, "Novamox 500", **AMOXICILLIN)
    dear = a_medicine(session, "Amoxil 500", "9.00", **AMOXICILLIN)
    for medicine in (novamox, dear):
        a_batch(session, medicine, 50)
    page = at(open_page, pharmacist, an_invoice(session, (amoxicillin, 10), paid=True))

    assert "Amoxil 500: 50 capsules there, at ₹9.00 each. The cash desk changes the bill to it first." in said(page)
    page.button(key=f"instead_{line_id(session)}_{novamox.medicine_id}").click().run()
    button(page, "Hand over").click().run()

    assert "Novamox 500 instead of Moxikind 500" in said(page)
    assert dispensing.list_waiting(session, pharmacist) == []


def test_what_lies_there_and_may_not_be_handed_over_is_told(session, open_page, pharmacist, amoxicillin):
    bad = a_batch(session, amoxicillin, 20)
    inventory.block(session, pharmacist, bad.batch_id, "Recalled by its maker")
    page = at(open_page, pharmacist, an_invoice(session, (amoxicillin, 10), paid=True))

    assert "0 there, 20 blocked" in said(page)
    assert ":material/block: Blocked" in said(page)


def test_a_scanned_pack_is_taken_and_one_out_of_turn_or_expired_is_told(session, open_page, pharmacist, amoxicillin):
    inventory.give_barcode(session, pharmacist, amoxicillin.medicine_id, "08901234567890")
    a_batch(session, amoxicillin, 20, number="AMX-1")
    second = a_batch(session, amoxicillin, 20, received="2025-02-01", number="AMX-2")
    bad = a_batch(session, amoxicillin, 20, number="BAD")
    inventory.block(session, pharmacist, bad.batch_id, "Recalled by its maker")
    zinc = a_batch(session, a_medicine(session, "Zinc"), 5, number="12345678")
    page = at(open_page, pharmacist, an_invoice(session, (amoxicillin, 10), paid=True))

    scan(page, "(01)08901234567890(10)BAD")
    assert "Batch BAD is blocked: Recalled by its maker" in page.warning[0].value.replace("\\", "")
    scan(page, zinc.number)
    assert "Zinc is not on this bill" in page.warning[0].value
    scan(page, "(01)08901234567890(10)AMX-2")
    assert not page.warning
    assert "Batch AMX-2 is not the next in turn: AMX-1 came earlier." in said(page)
    button(page, "Hand over").click().run()

    assert session.get_one(Batch, second.batch_id).on_hand == 10


def test_what_is_not_given_is_called_off_once_with_a_reason(session, open_page, click_twice, pharmacist, amoxicillin):
    page = at(open_page, pharmacist, an_invoice(session, (amoxicillin, 10), paid=True))
    line = line_id(session)
    page.button(key=f"change_{line}").click().run()
    button(page, "Not given").click().run()
    assert page.error[0].value == "The reason is missing."

    page.get("button_group")[-1].set_value("Has some at home")
    page.text_input[-1].set_value("twenty tablets")
    click_twice(page, f"call_off_{line}", button(page, "Not given"))

    kept = session.get_one(InvoiceLine, line)
    assert (kept.called_off, kept.call_off_reason) == (10, "Has some at home: twenty tablets")
    assert "Nobody waits for medicines." in said(page)


def test_a_controlled_medicine_without_a_prescription_does_not_hold_up_the_rest(session, open_page, pharmacist):
    tramadol, zinc = a_medicine(session, "Tramadol", is_controlled=True), a_medicine(session, "Zinc")
    for medicine in (tramadol, zinc):
        a_batch(session, medicine, 50)
    page = at(open_page, pharmacist, an_invoice(session, (tramadol, 5), (zinc, 5), paid=True))

    assert "Needs a prescription" in said(page)
    button(page, "Hand over").click().run()
    assert "has no prescription for Tramadol." in page.error[0].value
    button(page, "Hand over what is there").click().run()

    (bill,) = dispensing.list_waiting(session, pharmacist)
    assert [line.medicine for line in bill.medicines] == ["Tramadol"]


def test_a_rest_that_can_be_handed_over_now_is_told_first(session, open_page, pharmacist, amoxicillin):
    a_batch(session, amoxicillin, 4)
    an_invoice(session, (a_medicine(session, "Zinc"), 5), paid=True)
    rest = an_invoice(session, (amoxicillin, 10), paid=True)
    dispensing.dispense(session, pharmacist, rest.invoice_id, partly=True)
    a_batch(session, amoxicillin, 50)

    page = open_page("counter", pharmacist, {"view": "Owed"})

    shown = said(page)
    assert shown.index("**Moxikind 500**, 6 capsules :green-badge") < shown.index("**Zinc**")
    assert [metric.value for metric in page.metric] == ["2", "1", "1"]
    page.button(key=f"owed_{line_of(session, amoxicillin)}").click().run()
    assert "Hand over" in labels(page)


def line_of(session, medicine):
    return session.query(InvoiceLine).filter_by(medicine_id=medicine.medicine_id).one().id


def test_what_comes_back_is_taken_once_and_only_when_said_whether_it_can_be_used(
    session, open_page, click_twice, lists_read, pharmacist, amoxicillin
):
    batch = a_batch(session, amoxicillin, 20)
    bill = an_invoice(session, (amoxicillin, 10), paid=True)
    dispensing.dispense(session, pharmacist, bill.invoice_id)
    page = open_page("counter", pharmacist, {"view": "Returns"})
    page.text_input[0].set_value("nobody").run()
    assert "Nothing like it was handed over." in said(page)
    page.text_input[0].set_value(bill.number).run()
    item = dispensing.find_handed_over(session, pharmacist, bill.number)[0].items[0].item_id
    page.button(key=f"back_{item}").click().run()
    page.number_input[0].set_value(4)
    page.get("button_group")[-1].set_value("Not needed any more")
    submit = [one for one in page.button if one.label == "Take back"][-1]
    submit.click().run()
    assert page.error[0].value == "Say whether they can be used again."

    page.radio[0].set_value(False)
    click_twice(page, f"take_back_{item}_0", [one for one in page.button if one.label == "Take back"][-1])

    assert (session.query(MedicineReturn).one().usable, session.get_one(Batch, batch.batch_id).on_hand) == (False, 10)
    assert "4 came back" in said(page)
    page.toggle[0].set_value(True).run()
    assert "Print labels" in labels(page)
    assert lists_read() == ["what was handed over"]


def test_the_register_shows_a_controlled_medicine_and_goes_out_as_a_file(session, open_page, lists_read, pharmacist):
    page = open_page("counter", pharmacist, {"view": "Register"})
    assert "No medicine is marked as controlled." in said(page)
    tramadol = a_medicine(session, "Tramadol", is_controlled=True)
    a_batch(session, tramadol, 50, number="TRM-1")
    page.run()

    assert page.dataframe[0].value[["What", "In", "Balance"]].values.tolist() == [["Received", "50", 50]]
    day = date(2025, 3, 1)
    token = page.session_state["token"]
    made = taking.taken(token, drug_register.take, tramadol.medicine_id, day, day, ".csv")
    assert b"TRM-1" in made.rows.as_file(".csv")
    assert lists_read() == ["register of Tramadol"]
