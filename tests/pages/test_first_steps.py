"""First steps on Today, the help beside a title, and the lists to begin with."""

from dataclasses import replace
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from core import auth, billing, inventory, samples, users
from core.models import User
from core.permissions import Role
from pages.ui import guides, links
from pages.ui.catalogue import SCREENS
from pages.ui.office import tour
from tests.factories import a_batch, a_medicine, a_user
from tests.pages.conftest import SLOWEST_RUN

pytestmark = pytest.mark.usefixtures("without_redis")


def press(page, label):
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception, page.exception
    return page


def subheads(page):
    return [head.value for head in page.subheader]


@pytest.mark.parametrize("role", Role)
def test_a_role_begins_with_at_most_five_first_steps_on_screens_that_are_theirs(session, role):
    person = a_user(session, role)

    assert 3 <= sum(not step.after for step in tour.TOURS[role]) <= 5
    assert all(step.screen == "waiting-room" or links.open_to(step.screen, person) for step in tour.TOURS[role])


@pytest.mark.parametrize("role", Role)
def test_first_steps_stand_on_today_until_they_are_put_away(session, open_page, role):
    person = a_user(session, role)
    page = open_page("home", person)
    assert "First steps" in subheads(page)

    press(page, "I know my way: put this away")

    assert "First steps" not in subheads(page)
    assert "First steps" not in subheads(open_page("home", person))


def test_what_the_administrator_has_done_is_ticked(session, open_page, admin, doctor):
    a_medicine(session)

    page = open_page("home", admin)

    told = [element.value for element in page.caption]
    assert {step.does for step in tour.TOURS[Role.ADMIN]} & set(told) == {"Add a doctor", "List your medicines"}
    assert sum("check_circle" in element.value for element in page.markdown) == 2


def test_a_clinic_with_medicines_is_told_of_a_pharmacist_and_of_a_first_delivery(session, open_page, admin, links):
    def asked():
        """Which of the two are still to be done, and what is ticked."""
        links.clear()
        page = open_page("home", admin)
        to_do = {word for _, query in links for word in (query or {}).values()} & {"PHARMACIST", "Receive"}
        return to_do, {element.value for element in page.caption}

    assert asked()[0] == set()
    medicine = a_medicine(session)
    assert asked()[0] == {"PHARMACIST", "Receive"}

    a_batch(session, medicine, 10)
    a_user(session, Role.PHARMACIST)
    to_do, ticked = asked()
    assert to_do == set()
    assert {"List your medicines", "Add a pharmacist", "Receive a delivery"} <= ticked


def test_add_a_doctor_opens_the_dialog_with_doctor_chosen(open_page, admin, links):
    open_page("home", admin)
    assert ("users", {"new": "DOCTOR"}) in links

    page = open_page("users", admin, {"new": "DOCTOR"})

    assert next(choice for choice in page.segmented_control if choice.label == "Role").value == Role.DOCTOR
    assert "Consultation, INR" in [box.label for box in page.number_input]
    assert "new" not in page.query_params


def test_every_screen_has_a_guide():
    assert set(guides.GUIDES) == {screen.address or "today" for screen in SCREENS}
    assert all(guide.jobs for guide in guides.GUIDES.values())


def with_help():
    """A screen with its help, as the frame draws it."""
    from pages import ui
    from pages.ui import guidance, session

    session.beside_title(guidance.beside_title)
    ui.page("Room")


def test_help_tells_what_a_screen_is_for_and_its_keys_and_brings_the_first_steps_back(session, doctor, monkeypatch):
    users.end_tour(session, doctor)
    went = []
    monkeypatch.setattr("pages.ui.guidance.go", went.append)
    page = AppTest.from_function(with_help, default_timeout=SLOWEST_RUN)
    page.session_state["token"] = auth.open_session(session, session.get_one(User, doctor.user_id)).token
    page.session_state["screen"] = "room"
    session.flush()
    page.run()

    told = " ".join(element.value for element in page.markdown)
    assert "examine, prescribe and complete the visit" in told
    assert "`Alt+1` calls the next patient" in told
    assert "`?` opens this help" in told
    press(page, "Show me my first steps")
    assert went == [""]
    assert session.get_one(User, doctor.user_id, populate_existing=True).tour_ended_at is None


def price(page, label, amount):
    next(box for box in page.number_input if box.label == label).set_value(amount)


def test_an_empty_price_list_is_started_from_the_sample_at_prices_that_are_typed(session, open_page, admin):
    page = press(open_page("settings", admin), "Start from the sample list")
    price(page, "Dressing, small", 150.0)
    price(page, "ECG", 80.5)
    price(page, "Tax on all of them, %", 5.0)
    press(page, "Put on the list")

    found = billing.list_services(session, admin)
    assert [(service.name, service.price, service.tax_percent) for service in found] == [
        ("Dressing, small", 150, 5),
        ("ECG", Decimal("80.50"), 5),
    ]
    assert "Start from the sample list" not in [button.label for button in page.button]


def test_what_nobody_priced_is_not_taken(session, open_page, admin):
    page = press(open_page("settings", admin), "Start from the sample list")
    press(page, "Put on the list")

    assert page.error[0].value == "Type at least one price."
    assert billing.list_services(session, admin) == []


def test_a_list_of_medicines_is_started_by_the_pharmacist(session, open_page, pharmacist):
    page = press(open_page("stock", pharmacist), "Start from the sample list")
    price(page, "Paracetamol 500 mg · one tablet", 1.2)
    price(page, "Tramadol 50 mg · one capsule", 0.0)
    press(page, "Put on the list")

    found = inventory.list_medicines(session, pharmacist)
    assert {(medicine.name, medicine.price, medicine.is_controlled) for medicine in found} == {
        ("Paracetamol 500 mg", Decimal("1.20"), False),
        ("Tramadol 50 mg", Decimal("0.00"), True),
    }


def test_a_list_with_something_on_it_offers_no_sample(session, open_page, admin, pharmacist):
    samples.take_services(session, admin, [replace(samples.services()[0], price=Decimal(50))])
    a_medicine(session)

    for page in (open_page("settings", admin), open_page("stock", pharmacist)):
        assert "Start from the sample list" not in [button.label for button in page.button]
