"""The prescription as a doctor works with it, and what counter and cash see of its changes."""

from decimal import Decimal

import pytest

from core import billing, inventory, prescriptions, visits
from core.models import VisitState
from tests.factories import a_batch, a_medicine, a_patient, a_visit, an_item, pay
from tests.pages.test_room import box, button, press, words

pytestmark = pytest.mark.usefixtures("without_redis")


def type_line(page, line):
    box(page, "text_input", "Add a medicine").set_value(line).run()
    assert not page.exception, page.exception
    return page


def hit(page, name):
    next(b for b in page.button if b.key.startswith("add_") and name in b.label.replace("\\", "")).click()
    page.run()
    assert not page.exception, page.exception


def test_a_typed_line_adds_a_medicine_as_it_says(session, doctor, open_page):
    visit, medicine = a_visit(session, doctor), a_medicine(session, "Paracetamol 500 mg", unit="tablet")
    page = type_line(open_page("room", doctor), "para 500 1-0-1 3d pc")
    hit(page, medicine.name)
    press(page, "Issue prescription")

    [item] = prescriptions.for_visit(session, doctor, visit.visit_id).items
    assert item.in_words == "1 tablet in the morning and at night, for 3 days, after food"
    assert item.quantity == 6


def test_a_line_that_was_not_added_stops_the_signature_and_survives_a_reload(session, doctor, open_page):
    visit = a_visit(session, doctor)
    visits.add_note(session, doctor, visit.visit_id, "Cough")
    a_medicine(session)
    type_line(open_page("room", doctor), "amox 1-0-1")
    page = open_page("room", doctor)
    assert box(page, "text_input", "Add a medicine").value == "amox 1-0-1"

    press(page, "Complete visit")

    assert "amox 1-0-1” stands in the medicine box" in page.error[0].value
    assert visits.get(session, doctor, visit.visit_id).state is VisitState.OPEN


def test_a_set_is_saved_from_the_rows_and_added_whole_by_its_name(session, admin, doctor, open_page):
    visit = a_visit(session, doctor)
    crocin, zinc = a_medicine(session, "Crocin"), a_medicine(session, "Zinc")
    page = open_page("room", doctor)
    for medicine in (crocin, zinc):
        hit(type_line(page, medicine.name), medicine.name)
    box(page, "text_input", "Name").set_value("urti")
    press(page, "Save these medicines as a set")
    [saved] = prescriptions.list_sets(session, doctor)
    assert (saved.name, saved.medicines) == ("urti", ("Crocin", "Zinc"))
    for medicine in (crocin, zinc):
        page.button(key=f"drop_{visit.visit_id}_{medicine.medicine_id}").click().run()

    inventory.withdraw(session, admin, zinc.medicine_id)
    hit(type_line(page, "urti"), "urti")

    assert "Zinc is no longer used here and was left out" in page.info[0].value.replace("\\", "")
    press(page, "Issue prescription")
    assert [i.medicine for i in prescriptions.for_visit(session, doctor, visit.visit_id).items] == ["Crocin"]


def test_a_star_makes_a_row_a_favourite_and_takes_it_back(session, doctor, open_page):
    a_visit(session, doctor)
    medicine = a_medicine(session)
    page = open_page("room", doctor)
    hit(type_line(page, "amox 6h 3d"), medicine.name)

    def star():
        next(b for b in page.button if b.label.endswith("star:]")).click()
        page.run()
        return prescriptions.list_sets(session, doctor)

    [favourite] = star()
    assert (favourite.is_favourite, favourite.items[0].frequency) == (True, "6H")
    assert star() == []


def test_each_warning_is_told_with_its_kind_and_source(session, doctor, open_page):
    visit = a_visit(session, doctor, a_patient(session, allergies="Amoxicillin"))
    medicine = a_medicine(session, generic="Amoxicillin")
    page = open_page("room", doctor)
    hit(type_line(page, "amox"), medicine.name)

    [warned] = prescriptions.review(session, doctor, visit.visit_id, [an_item(session, medicine)])
    told = next(warning.value for warning in page.warning if "**Allergy**" in warning.value)
    assert warned.source in told.replace("\\", "")


@pytest.fixture
def signed(session, doctor):
    """The prescription of a completed visit, with a quantity corrected by hand."""
    medicine = a_medicine(session)
    a_batch(session, medicine, 100)
    visit = a_visit(session, doctor)
    visits.add_note(session, doctor, visit.visit_id, "Cough")
    items = [an_item(session, medicine, quantity=20)]
    issued = prescriptions.prescribe(session, doctor, visit.visit_id, items)
    visits.complete(session, doctor, visit.visit_id)
    return issued


def test_after_the_signature_its_doctor_amends_with_a_reason(session, doctor, open_page, signed):
    page = open_page("visit", doctor, {"id": str(signed.visit_id)})
    page.button(key=f"amend_rx_{signed.visit_id}").click().run()
    box(page, "number_input", "Dose").set_value(2.0)
    page.run()
    press(page, "Issue the new version")
    assert "The reason for the change is missing" in page.error[0].value

    box(page, "text_input", "Reason for the change").set_value("Heavier than thought")
    page.run()
    press(page, "Issue the new version")

    [item] = prescriptions.for_visit(session, doctor, signed.visit_id).items
    assert (item.directions.dose, item.quantity) == (Decimal(2), 20)


def test_the_cash_desk_makes_the_bill_of_a_changed_prescription_anew(session, doctor, receptionist, open_page, signed):
    bill = billing.invoice_visit(session, receptionist, signed.visit_id)
    prescriptions.cancel(session, doctor, signed.prescription_id, "Rash")
    page = open_page("cash", receptionist)
    assert f"Prescription {signed.number} was cancelled" in words(page).replace("\\", "")
    assert "Rash" not in words(page)

    press(page, "Make it anew")

    [again] = billing.find_unpaid(session, receptionist).newest
    assert (again.invoice_id != bill.invoice_id, again.total) == (True, Decimal("500.00"))


def test_what_was_paid_and_taken_back_is_told_at_counter_and_cash(
    session, doctor, receptionist, pharmacist, open_page, signed
):
    pay(session, billing.invoice_visit(session, receptionist, signed.visit_id))
    counter = press(open_page("counter", pharmacist), "Open")
    assert signed.items[0].in_words in words(counter).replace("\\", "")

    prescriptions.cancel(session, doctor, signed.prescription_id, "Rash")

    press(counter, "Hand over")
    assert "do not hand over Amoxicillin 500 mg" in counter.warning[0].value.replace("\\", "")
    assert not [b for b in counter.button if b.label == "Hand over"]
    assert "was cancelled. Paid already." in words(open_page("cash", receptionist)).replace("\\", "")
    assert button(open_page("cash", receptionist), "Open")
