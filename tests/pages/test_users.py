from decimal import Decimal

import pytest

from core import auth, users
from core.models import User
from core.permissions import Role
from core.users import DoctorDetails
from tests.factories import PASSWORD, a_user

GOOD = "a new good password"


def press(page, label):
    return next(button for button in page.button if button.label == label).click().run()


def fill(page, **fields):
    for label, value in fields.items():
        words = label.replace("_", " ")
        kinds = (*page.text_input, *page.number_input)
        next(box for box in kinds if box.label.startswith(words)).set_value(value)
    return page


def send(page, form, word):
    return page.button(key=f"FormSubmitter:{page.session_state[f'form:{form}']}-{word}").click().run()


def everyone(session, admin):
    return {user.name: user for user in users.list_users(session, admin)}


@pytest.fixture
def page(open_page, admin):
    return open_page("users", admin)


def test_a_receptionist_is_added_and_can_sign_in(session, page, admin):
    press(page, "New person")
    fill(page, Name="Ravi Menon", User_name="ravi", First_password=GOOD)
    send(page, "add_user", "Add")

    assert page.toast[0].value == "Ravi Menon may sign in as ravi"
    assert everyone(session, admin)["Ravi Menon"].role is Role.RECEPTION
    assert isinstance(auth.sign_in(session, "ravi", GOOD, "10.0.0.1"), auth.SignedIn)


def test_a_double_click_adds_one_person(session, page, admin, click_twice):
    press(page, "New person")
    fill(page, Name="Ravi Menon", User_name="ravi", First_password=GOOD)
    click_twice(page, "add_user", page.button(key=f"FormSubmitter:{page.session_state['form:add_user']}-Add"))

    assert not page.error
    assert list(everyone(session, admin)) == ["Asha Admin", "Ravi Menon"]


def test_a_doctor_is_added_with_fees_and_room(session, page, admin):
    press(page, "New person")
    next(c for c in page.segmented_control if c.label == "Role").set_value(Role.DOCTOR).run()
    fill(page, Name="Dr Khan", User_name="khan", First_password=GOOD, Consultation=700.5, Follow=300.0, Room="Room 2")
    send(page, "add_user", "Add")

    assert everyone(session, admin)["Dr Khan"].doctor == DoctorDetails(Decimal("700.50"), Decimal("300.00"), "Room 2")


def test_a_doctor_without_a_fee_is_refused(session, page, admin):
    press(page, "New person")
    next(c for c in page.segmented_control if c.label == "Role").set_value(Role.DOCTOR).run()
    fill(page, Name="Dr Khan", User_name="khan", First_password=GOOD)
    send(page, "add_user", "Add")

    assert "The consultation fee is missing." in page.error[0].value
    assert list(everyone(session, admin)) == ["Asha Admin"]


def test_everything_wrong_with_a_new_person_is_told_at_once_in_the_order_of_the_boxes(page):
    press(page, "New person")
    next(c for c in page.segmented_control if c.label == "Role").set_value(Role.DOCTOR).run()
    send(page, "add_user", "Add")

    assert page.error[0].value.splitlines() == [
        "The name is missing.  ",
        "The user name needs 2 to 40 characters without spaces.  ",
        "The password needs at least 10 characters.  ",
        "The consultation fee is missing.  ",
        "The follow-up fee is missing.",
    ]


def test_the_fees_of_a_doctor_are_changed(session, open_page, admin, doctor):
    page = open_page("users", admin)
    page.button(key=f"users.doctor_{doctor.user_id}").click().run()
    fill(page, Consultation=650.0)
    send(page, "change_doctor", "Save")

    assert everyone(session, admin)["Dr Sen"].doctor.consultation_fee == Decimal("650.00")


def test_whoever_forgot_the_password_gets_a_new_one(session, open_page, admin, receptionist):
    page = open_page("users", admin)
    page.button(key=f"users.password_{receptionist.user_id}").click().run()
    send(fill(page, New_password="short"), "reset_password", "Set the password")
    assert page.error[0].value == "The password needs at least 10 characters."

    send(fill(page, New_password=GOOD), "reset_password", "Set the password")

    username = everyone(session, admin)["Ravi"].username
    assert isinstance(auth.sign_in(session, username, GOOD, "10.0.0.1"), auth.SignedIn)


def test_the_own_password_is_changed_on_my_account(page, admin, links):
    assert not [button for button in page.button if button.key == f"users.password_{admin.user_id}"]
    assert ("account", {}) in [(address, query or {}) for address, query in links]


def test_a_person_is_disabled_and_enabled_again(session, open_page, admin, receptionist):
    page = open_page("users", admin)
    page.button(key=f"users.disable_{receptionist.user_id}").click().run()
    page.button(key=page.session_state["form:disable"]).click().run()
    assert everyone(session, admin)["Ravi"].disabled

    press(page, "Enable")
    assert not everyone(session, admin)["Ravi"].disabled


def test_the_only_administrator_is_not_disabled(session, page, admin):
    page.button(key=f"users.disable_{admin.user_id}").click().run()
    page.button(key=page.session_state["form:disable"]).click().run()

    assert page.error[0].value == "This is the only administrator left. Make another one first."


def test_an_open_session_is_ended(session, open_page, admin):
    ravi = a_user(session, Role.RECEPTION, "Ravi")
    token = auth.sign_in(session, session.get_one(User, ravi.user_id).username, PASSWORD, "10.0.0.1").token
    page = open_page("users", admin)

    press(page, "Sign out")

    assert page.toast[0].value == "Ravi is signed out"
    assert auth.identify(session, token) is None
    assert page.tabs[1].label == "Signed in now: 1"


def test_the_table_of_roles_shows_what_each_may_do(page):
    shown = page.table[0].value.set_index("May …")

    assert shown.loc["dispense medicines", "Pharmacist"]
    assert not shown.loc["dispense medicines", "Reception"]


def test_a_doctor_does_not_manage_users(open_page, doctor):
    page = open_page("users", doctor)

    assert page.error[0].value == "As doctor you may not manage users."
