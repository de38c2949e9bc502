"""Buying on the Stock page: what is ordered, what comes, and what a scanner says."""

from datetime import date

import pytest

from core import buying, inventory
from core.buying import SupplierDetails
from pages.ui.counter import drug_register
from pages.ui.stock import order_lines
from tests.core.test_purchase_orders import DELIVERY, line
from tests.factories import a_batch, a_medicine
from tests.pages.test_stock import button, fill, medicine_table, primary, said

GTIN = "8901234567890"
PACK = f"010{GTIN}1726123110AB12"


@pytest.fixture
def amoxicillin(session):
    return a_medicine(session, barcode=GTIN)


@pytest.fixture
def order(session, pharmacist, amoxicillin):
    apollo = buying.add_supplier(session, pharmacist, SupplierDetails("Apollo", lead_days=4))
    return buying.order(session, pharmacist, apollo.supplier_id, [line(amoxicillin)], date(2025, 3, 5))


def scan(page, code):
    """What the keyboard element leaves behind (the test has no browser)."""
    page.session_state["receive_scan"] = code
    page.run()


def test_a_scan_fills_what_the_pack_says_and_the_order_the_rest(session, open_page, pharmacist, order, amoxicillin):
    page = open_page("stock", pharmacist, {"view": "Receive", "order": str(order.order_id)})
    assert "100 capsules" in said(page)

    scan(page, PACK)
    fill(page, **{"Delivery note": "LS 4711"})
    button(page, "Take into stock").click().run()

    (batch,) = inventory.batches(session, pharmacist, amoxicillin.medicine_id)
    assert (batch.number, batch.expires_on, batch.on_hand) == ("AB12", date(2026, 12, 31), 100)
    assert (batch.supplier, batch.delivery_note) == ("Apollo", "LS 4711")
    assert buying.list_orders(session, pharmacist) == []
    assert "This order is over" in said(page)


def test_an_unknown_code_is_given_to_its_medicine(session, open_page, pharmacist):
    medicine = a_medicine(session)
    page = open_page("stock", pharmacist, {"view": "Receive"})

    scan(page, GTIN)
    assert f"{GTIN} is no medicine or batch we know" in said(page)
    button(page, "Give it to a medicine").click().run()
    page.selectbox[-1].set_value(medicine.medicine_id)
    button(page, "Give it this barcode").click().run()

    assert page.selectbox[0].value == medicine.medicine_id
    assert inventory.scanned(session, pharmacist, GTIN).medicine.name == medicine.name


def test_a_batch_number_of_another_medicine_is_asked_about(session, open_page, pharmacist):
    a_batch(session, a_medicine(session, "Cetirizine 10 mg"), 10, number="AB12")
    medicine = a_medicine(session)
    page = open_page("stock", pharmacist, {"view": "Receive", "receive": str(medicine.medicine_id)})
    fill(page, **{"Batch number": "AB12", "Expiry": "03/27", "Quantity, capsules": 20, "Cost of a unit": 2.5})

    button(page, "Take into stock").click().run()
    assert "on the books as Cetirizine 10 mg already" in page.warning[0].value.replace("\\", "")
    assert inventory.batches(session, pharmacist, medicine.medicine_id) == []

    button(page, "Both packs have this number").click().run()
    assert len(inventory.batches(session, pharmacist, medicine.medicine_id)) == 1


def test_a_delivery_that_is_begun_does_not_forget_the_medicine_of_a_page(session, open_page, pharmacist, amoxicillin):
    other = a_medicine(session, "Cetirizine 10 mg")
    page = open_page("stock", pharmacist, {"view": "Receive", "receive": str(other.medicine_id)})
    fill(page, **{"Batch number": "C1", "Expiry": "03/27", "Quantity, capsules": 20, "Cost of a unit": 2.5})
    button(page, "Take into stock").click().run()
    assert page.selectbox[0].value is None

    page.query_params["receive"] = str(amoxicillin.medicine_id)
    page.run()

    assert page.selectbox[0].value == amoxicillin.medicine_id


def test_a_code_or_batch_number_in_the_search_box_finds_the_medicine(session, open_page, pharmacist, amoxicillin):
    a_batch(session, a_medicine(session, "Cetirizine 10 mg"), 10, number="CTZ-9")
    page = open_page("stock", pharmacist)

    for code, name in ((GTIN, "Amoxicillin 500 mg"), ("ctz-9", "Cetirizine 10 mg")):
        page.text_input(key="find_medicine").set_value(code).run()
        assert list(medicine_table(page).index) == [name]


def test_what_is_due_becomes_an_order_in_one_click(session, open_page, pharmacist):
    a_batch(session, a_medicine(session, reorder_level=50), 10, supplier="Apollo")
    page = open_page("stock", pharmacist, {"view": "Orders"})
    assert list(page.dataframe[0].value["Quantity"]) == [40]
    assert "none used lately; 10 left; reorder level 50" in said(page)

    button(page, "Order 1 line, ₹120\\.00").click().run()

    (order,) = buying.list_orders(session, pharmacist)
    assert (order.supplier, order.expected_on) == ("Apollo", date(2025, 3, 4))
    assert page.query_params["order"] == str(order.order_id)
    assert "Apollo" in said(page)


def test_what_is_typed_in_an_order_stays_while_the_shelf_changes(session, open_page, pharmacist):
    batch = a_batch(session, a_medicine(session, reorder_level=50), 10, supplier="Apollo")
    page = open_page("stock", pharmacist, {"view": "Orders"})
    key = f"{page.session_state['form:order']}_{page.selectbox[0].value}"
    page.session_state[key] = {"edited_rows": {0: {"Quantity": 60}}, "added_rows": [], "deleted_rows": []}
    page.run()

    inventory.adjust(session, pharmacist, batch.batch_id, -5, "Counted again")
    page.run()

    assert list(page.dataframe[0].value["Quantity"]) == [40]  # below what was typed lies what it was typed over
    assert button(page, "Order 1 line, ₹180\\.00")


def test_a_late_order_is_marked_changed_and_cancelled_with_a_reason(
    session, open_page, pharmacist, order, frozen_clock
):
    frozen_clock(day=9)
    page = open_page("stock", pharmacist, {"view": "Orders"})
    page.button_group(key="orders_view").set_value("On the way").run()
    assert "Late" in said(page)
    button(page, "Open").click().run()

    button(page, "Change").click().run()
    fill(page, Note="call first")
    button(page, "Save").click().run()
    assert buying.get(session, pharmacist, order.order_id).note == "call first"
    button(page, "Cancel").click().run()
    button(page, "Cancel the order").click().run()
    assert page.error[0].value == "The reason is missing."
    fill(page, Why="ordered elsewhere")
    button(page, "Cancel the order").click().run()

    assert buying.get(session, pharmacist, order.order_id).end_reason == "ordered elsewhere"


def test_an_order_whose_rest_will_not_come_is_closed_and_not_received(session, open_page, pharmacist, order):
    buying.receive(session, pharmacist, order.lines[0].line_id, DELIVERY)
    page = open_page("stock", pharmacist, {"view": "Orders", "order": str(order.order_id)})

    button(page, "Close: the rest will not come").click().run()
    fill(page, Why="no more made")
    primary(page, "Close the order").click().run()

    assert ":material/block: Closed" in said(page)
    assert ":material/check: Received" not in said(page)


def test_a_supplier_is_added_changed_and_withdrawn(session, open_page, pharmacist):
    page = open_page("stock", pharmacist, {"view": "Suppliers"})
    assert "No suppliers yet" in said(page)

    button(page, "New supplier").click().run()
    fill(page, Name="Apollo", Email="orders@apollo.example")
    button(page, "Add").click().run()
    button(page, "Change").click().run()
    fill(page, **{"Days to deliver": 7})
    button(page, "Save").click().run()
    assert "7 days" in said(page)
    button(page, "Withdraw").click().run()
    primary(page, "Withdraw").click().run()

    assert [s.name for s in buying.list_suppliers(session, pharmacist, withdrawn=True)] == ["Apollo"]


def test_a_scanned_pack_is_one_more_row_of_the_order(session, open_page, pharmacist, amoxicillin, monkeypatch):
    """The scan comes from the keyboard element, which needs a browser: here it sends one, once."""
    buying.add_supplier(session, pharmacist, SupplierDetails("Apollo", lead_days=4))
    sent = [PACK]
    monkeypatch.setattr(order_lines, "keyboard", lambda **_: sent.pop() if sent else None)

    page = open_page("stock", pharmacist, {"view": "Orders"})

    assert not page.exception
    assert any(each.label.startswith("Order 1 line,") for each in page.button)


def test_a_scanned_pack_chooses_the_register_of_its_medicine(session, open_page, pharmacist, monkeypatch):
    a_medicine(session, "Morphine 10 mg", is_controlled=True)
    tramadol = a_medicine(session, "Tramadol 50 mg", is_controlled=True, barcode=GTIN)
    sent = [PACK]
    monkeypatch.setattr(drug_register, "keyboard", lambda **_: sent.pop() if sent else None)

    page = open_page("counter", pharmacist, {"view": "Register"})

    assert page.selectbox(key="register_medicine").value == tramadol.medicine_id
