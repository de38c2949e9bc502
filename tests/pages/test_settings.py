from decimal import Decimal

import pytest

from core import billing, clinic, visits
from core.clinic import StockOrder


def press(page, label):
    return next(button for button in page.button if button.label == label).click().run()


def box(page, label):
    kinds = (*page.text_input, *page.number_input, *page.segmented_control, *page.toggle)
    return next(box for box in kinds if box.label.startswith(label))


def send(page, form, word):
    return page.button(key=f"FormSubmitter:{page.session_state[f'form:{form}']}-{word}").click().run()


@pytest.fixture
def page(open_page, admin):
    return open_page("settings", admin)


@pytest.fixture
def with_ecg(session, admin, open_page):
    """The page with a price list of one service."""
    ecg = billing.add_service(session, admin, billing.ServiceDetails("ECG", Decimal("300.00")))
    page = open_page("settings", admin)
    page.button(key=f"change_{ecg.service_id}").click().run()
    return page


def services(session, admin):
    return [(service.name, str(service.price)) for service in billing.list_services(session, admin)]


def test_the_clinic_and_its_rules_are_changed(session, page):
    box(page, "Address").set_value("12 Lake Road, Bengaluru")
    box(page, "Follow-up days").set_value(14)
    box(page, "Tax number").set_value("29ABCDE1234F1Z5")
    box(page, "Tax on consultations").set_value(5.0)
    box(page, "Discount limit").set_value(15)
    box(page, "An order lasts").set_value(45)
    box(page, "Hand out first").set_value(StockOrder.FEFO)
    box(page, "Hand over medicines").set_value(True)
    send(page, "clinic", "Save")

    session.expire_all()  # it has seen the clinic before
    now = clinic.profile(session)
    assert now.address == "12 Lake Road, Bengaluru"
    assert (now.follow_up_days, now.stock_order, now.dispense_unpaid) == (14, StockOrder.FEFO, True)
    assert (now.tax_number, now.consultation_tax_percent, now.cover_days) == ("29ABCDE1234F1Z5", Decimal(5), 45)
    assert now.discount_limits == {"RECEPTION": 15}
    assert page.toast[0].value.startswith("Saved.")


def test_a_clinic_without_a_name_is_refused(session, page):
    box(page, "Name").set_value(" ")
    send(page, "clinic", "Save")

    assert page.error[0].value == "The clinic's name is missing."
    assert clinic.profile(session).name == "Lotus Clinic"


def test_an_empty_price_list_says_what_belongs_there(page):
    assert any("No services yet" in text.value for text in page.markdown)


def test_a_service_is_added_once_by_a_double_click(session, page, admin, click_twice):
    press(page, "New service")
    box(page, "Service").set_value("ECG")
    box(page, "Price").set_value(300.0)
    click_twice(page, "add_service", page.button(key=f"FormSubmitter:{page.session_state['form:add_service']}-Add"))

    assert not page.error
    assert services(session, admin) == [("ECG", "300.00")]


def test_a_service_without_a_price_is_refused(session, page, admin):
    press(page, "New service")
    box(page, "Service").set_value("ECG")
    send(page, "add_service", "Add")

    assert page.error[0].value == "The price is missing."
    assert services(session, admin) == []


def test_the_price_of_a_service_is_changed(session, with_ecg, admin):
    box(with_ecg, "Price").set_value(350.0)
    send(with_ecg, "change_service", "Save")

    assert services(session, admin) == [("ECG", "350.00")]


def test_a_service_is_taken_off_the_price_list(session, with_ecg, admin):
    press(with_ecg, "Take off the price list")

    assert services(session, admin) == []


def test_a_receptionist_does_not_change_settings(open_page, receptionist):
    page = open_page("settings", receptionist)

    assert page.error[0].value == "As reception you may not change the clinic's settings."


def test_a_template_for_every_doctor_is_added_and_removed(session, admin, doctor, page):
    press(page, "New template")
    next(one for one in page.text_input if one.placeholder == "Cough").set_value("Antenatal")
    next(one for one in page.text_area if one.label == "Text").set_value("Weeks:")
    send(page, "save_template", "Save")
    [kept] = visits.note_templates(session, doctor)
    assert (kept.name, kept.body, kept.of_clinic) == ("Antenatal", "Weeks:", True)

    next(one for one in page.button if (one.key or "").startswith("remove_template_")).click().run()
    assert visits.note_templates(session, doctor) == []
