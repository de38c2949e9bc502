import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core import inventory
from core.errors import Invalid
from core.inventory import BatchState, MedicineForm, StockState
from tests.factories import a_batch, a_medicine


def button(page, label):
    return next(button for button in page.button if button.label == label)


def primary(page, label):
    """The button that does it, where the one that asks has the same word."""
    return next(button for button in page.button if button.label == label and button.proto.type == "primary")


def said(page):
    return " ".join(element.value for kind in ("markdown", "caption", "subheader") for element in page.get(kind))


def fill(page, **values):
    for label, value in values.items():
        boxes = [*page.text_input, *page.number_input, *page.selectbox, *page.get("button_group")]
        next(box for box in boxes if box.label == label.replace("_", " ")).set_value(value)


def medicine_table(page):
    return page.dataframe[0].value.set_index("Medicine")


def test_every_medicine_is_listed_with_its_state_and_value(session, open_page, pharmacist):
    a_batch(session, a_medicine(session, "Amoxicillin 500 mg", reorder_level=10), 40)
    a_batch(session, a_medicine(session, "Cetirizine 10 mg", reorder_level=10), 5)
    a_medicine(session, "Ibuprofen 400 mg")
    gone = a_batch(session, a_medicine(session, "Zinc 20 mg"), 3)
    inventory.write_off(session, pharmacist, gone.batch_id, 3, "Broken")
    page = open_page("stock", pharmacist)

    table = medicine_table(page)

    assert list(table["On hand"]) == [40, 5, 0, 0]
    assert [state for (state,) in table["State"]] == ["✓ Enough", "↓ Low", "○ None yet", "✕ Sold out"]
    assert list(table["Value"]) == [120.0, 15.0, 0.0, 0.0]
    assert "4 of 4 medicines" in said(page)
    shown = json.loads(page.dataframe[0].proto.columns)
    assert shown["Delivery"]["label"] == "Delivery, days"
    assert (shown["Value"]["label"], shown["Value"]["type_config"]["step"]) == ("Value, INR", 0.01)


def test_the_search_box_narrows_the_list(session, open_page, pharmacist):
    for name in ("Amoxicillin 500 mg", "Cetirizine 10 mg"):
        a_medicine(session, name)
    page = open_page("stock", pharmacist)

    page.text_input(key="find_medicine").set_value("10 CETI").run()

    assert list(medicine_table(page).index) == ["Cetirizine 10 mg"]


def test_an_empty_pharmacy_says_what_to_do(open_page, pharmacist):
    assert "No medicines yet" in said(open_page("stock", pharmacist))
    assert "Nothing runs low" in said(open_page("stock", pharmacist, {"view": "Running low"}))
    assert "Nothing has expired" in said(open_page("stock", pharmacist, {"view": "Expiring"}))
    assert "Add the first under On hand" in said(open_page("stock", pharmacist, {"view": "Receive"}))


def test_only_what_is_at_its_reorder_level_runs_low(session, open_page, pharmacist):
    a_batch(session, a_medicine(session, "Amoxicillin 500 mg", reorder_level=10), 40)
    a_medicine(session, "Ibuprofen 400 mg")
    page = open_page("stock", pharmacist, {"view": "Running low"})

    assert list(medicine_table(page).index) == ["Ibuprofen 400 mg"]


def test_a_delivery_is_taken_into_stock_and_the_form_is_ready_for_the_next_line(session, open_page, pharmacist):
    a_batch(session, a_medicine(session, "ORS sachet"), 10, supplier="Apollo")
    medicine = a_medicine(session)
    page = open_page("stock", pharmacist, {"view": "Receive"})

    fill(page, Medicine=medicine.medicine_id)
    page.run()
    fill(page, **{"Batch number": "AMX-1", "Expiry": "03/27", "Quantity, capsules": 200, "Cost of a unit": 2.95})
    fill(page, Supplier="Apollo")
    button(page, "Take into stock").click().run()

    (batch,) = inventory.batches(session, pharmacist, medicine.medicine_id)
    assert (batch.number, batch.on_hand, batch.expires_on) == ("AMX-1", 200, date(2027, 3, 31))
    assert (batch.unit_cost, batch.supplier) == (Decimal("2.95"), "Apollo")
    assert "1 line, ₹590\\.00 at cost" in said(page)
    assert [box.value for box in page.selectbox] == [None, "Apollo"]
    assert page.text_input[0].value == ""


def test_everything_wrong_with_a_delivery_is_told_at_once(session, open_page, pharmacist):
    medicine = a_medicine(session)
    page = open_page("stock", pharmacist, {"view": "Receive", "receive": str(medicine.medicine_id)})

    fill(page, Expiry="01/25")
    button(page, "Take into stock").click().run()

    told = ("batch number is missing", "quantity must be between 1", "expired on 31 Jan 2025", "cost is missing")
    for problem in told:
        assert problem in page.error[0].value


def test_a_double_click_takes_one_delivery_in(session, open_page, click_twice, pharmacist):
    medicine = a_medicine(session)
    page = open_page("stock", pharmacist, {"view": "Receive", "receive": str(medicine.medicine_id)})

    fill(page, **{"Batch number": "AMX-1", "Expiry": "2027-03", "Quantity, capsules": 200, "Cost of a unit": 2.95})
    click_twice(page, "receive", button(page, "Take into stock"))

    assert len(inventory.batches(session, pharmacist, medicine.medicine_id)) == 1


@pytest.mark.parametrize(
    ("printed", "last_day"),
    [("03/27", "2027-03-31"), ("2/2028", "2028-02-29"), ("15.03.2027", "2027-03-15"), ("2027-03-15", "2027-03-15")],
)
def test_an_expiry_is_read_as_it_is_printed(printed, last_day):
    assert inventory.printed_expiry(printed) == date.fromisoformat(last_day)


@pytest.mark.parametrize(
    "printed", ["", "soon", "13/27", "31/02/2027", "2027", "1/2/3/4", "03/99999", "03/" + "9" * 20]
)
def test_an_expiry_that_cannot_be_read_is_refused(printed):
    with pytest.raises(Invalid, match="as printed"):
        inventory.printed_expiry(printed)


def test_a_medicine_shows_its_batches_and_its_bin_card(session, open_page, pharmacist):
    medicine = a_medicine(session)
    a_batch(session, medicine, 40, number="AMX-1", supplier="Apollo")
    page = open_page("stock", pharmacist, {"medicine": str(medicine.medicine_id)})

    assert "40 capsules" in said(page)
    assert "from Apollo" in said(page)
    (movement,) = page.dataframe[0].value.to_dict("records")
    assert (movement["What"], movement["Moved"], movement["By"]) == ("Received", 40, "Asha Admin")


def test_a_batch_is_corrected_to_what_was_counted(session, open_page, pharmacist):
    medicine = a_medicine(session)
    a_batch(session, medicine, 40)
    page = open_page("stock", pharmacist, {"medicine": str(medicine.medicine_id)})

    button(page, "Correct").click().run()
    fill(page, **{"Counted on the shelf": 37, "Why": "Missing"})
    primary(page, "Correct").click().run()

    assert [b.on_hand for b in inventory.batches(session, pharmacist, medicine.medicine_id)] == [37]
    assert "Missing" in list(page.dataframe[0].value["Note"])


def test_a_correction_without_a_reason_is_refused(session, open_page, pharmacist):
    medicine = a_medicine(session)
    a_batch(session, medicine, 40)
    page = open_page("stock", pharmacist, {"medicine": str(medicine.medicine_id)})

    button(page, "Correct").click().run()
    fill(page, **{"Counted on the shelf": 37})
    primary(page, "Correct").click().run()

    assert page.error[0].value == "The reason for the change is missing."


def test_expired_stock_is_written_off_after_a_question(session, open_page, frozen_clock, pharmacist):
    medicine = a_medicine(session)
    a_batch(session, medicine, 40, number="AMX-1", expires="2025-03-05")
    frozen_clock(day=10)
    page = open_page("stock", pharmacist, {"view": "Expiring"})

    assert page.metric[0].value == "₹120.00"
    button(page, "Write off").click().run()
    primary(page, "Write off").click().run()

    (batch,) = inventory.batches(session, pharmacist, medicine.medicine_id)
    assert batch.state is BatchState.USED_UP
    assert "Nothing has expired" in said(page)


def test_a_medicine_is_added(session, open_page, pharmacist):
    page = open_page("stock", pharmacist)

    button(page, "New medicine").click().run()
    fill(page, **{"Name": "Ibuprofen 400 mg", "Unit handed over": "tablet", "Price of a unit": 2.75})
    button(page, "Add").click().run()

    (medicine,) = inventory.list_medicines(session, pharmacist)
    assert (medicine.name, medicine.form, medicine.price) == ("Ibuprofen 400 mg", MedicineForm.TABLET, Decimal("2.75"))


def test_a_medicine_that_nobody_priced_is_not_added(session, open_page, pharmacist):
    page = open_page("stock", pharmacist)

    button(page, "New medicine").click().run()
    fill(page, **{"Name": "Ibuprofen 400 mg", "Unit handed over": "tablet"})
    button(page, "Add").click().run()

    assert page.error[0].value == "The price is missing."
    assert not inventory.list_medicines(session, pharmacist)


def test_a_medicine_that_is_there_already_is_refused_in_words(session, open_page, pharmacist):
    a_medicine(session, "Ibuprofen 400 mg")
    page = open_page("stock", pharmacist)

    button(page, "New medicine").click().run()
    fill(page, **{"Name": "ibuprofen 400 mg", "Unit handed over": "tablet", "Price of a unit": 2.75})
    button(page, "Add").click().run()

    assert page.error[0].value == "ibuprofen 400 mg is already in the list of medicines."


def test_a_price_that_a_colleague_gave_meanwhile_is_not_put_back(session, open_page, pharmacist):
    medicine = a_medicine(session)
    page = open_page("stock", pharmacist, {"medicine": str(medicine.medicine_id)})
    button(page, "Change").click().run()
    seen = inventory.medicine_details(session, pharmacist, medicine.medicine_id)
    inventory.change_medicine(session, pharmacist, medicine.medicine_id, replace(seen, price=Decimal("9.00")))

    fill(page, **{"Reorder level": 30})
    button(page, "Save").click().run()

    assert page.error[0].value == f"Somebody else changed {medicine.name} just now: Price of a unit. Look at it again."
    assert inventory.get_medicine(session, pharmacist, medicine.medicine_id).price == Decimal("9.00")


def test_a_medicine_is_changed_withdrawn_and_taken_back(session, open_page, pharmacist):
    medicine = a_medicine(session)
    page = open_page("stock", pharmacist, {"medicine": str(medicine.medicine_id)})

    button(page, "Change").click().run()
    fill(page, **{"Reorder level": 30})
    button(page, "Save").click().run()
    button(page, "Withdraw").click().run()
    primary(page, "Withdraw").click().run()
    (withdrawn,) = inventory.list_medicines(session, pharmacist, withdrawn=True)
    button(page, "Take back the withdrawal").click().run()

    assert withdrawn.reorder_level == 30
    assert [m.name for m in inventory.list_medicines(session, pharmacist)] == [medicine.name]


def test_a_medicine_that_never_was_is_no_error(open_page, pharmacist):
    assert "There is no such medicine" in said(open_page("stock", pharmacist, {"medicine": "999"}))


def test_a_receptionist_is_stopped_at_the_stock(open_page, receptionist):
    page = open_page("stock", receptionist)

    assert page.error[0].value == "As reception you may not manage stock."
    assert not page.text_input


def test_a_level_knows_its_state(session, pharmacist):
    a_batch(session, a_medicine(session, reorder_level=40), 40)

    (level,) = inventory.stock_on_hand(session, pharmacist)

    assert level.state is StockState.LOW
    assert isinstance(level.on_hand, int)


@pytest.mark.parametrize("asked", [{"medicine": "9" * 30}, {"view": "Count", "take": "9" * 30}, {"medicine": "x"}])
def test_an_address_that_leads_nowhere_shows_the_part_it_names(open_page, pharmacist, asked):
    page = open_page("stock", pharmacist, asked)

    assert not page.error
