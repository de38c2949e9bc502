from decimal import Decimal

import jwt
import pytest
from sqlalchemy import select

from core import auth, clinic, secret, users
from core.auth import Refused, SignedIn
from core.config import Settings, settings
from core.errors import Invalid, NotFound, NotPermitted, StoreUnavailable
from core.models import User
from core.permissions import Permission, Role, allowed
from core.users import AlreadySetUp, DoctorDetails, LastAdministrator, NewClinic, NewUser, UsernameTaken
from tests.factories import PASSWORD, a_user, set_up


@pytest.fixture
def asha(session):
    """The administrator, signed in."""
    return auth.sign_in(session, "asha", PASSWORD, "10.0.0.1")


def test_who_signs_in_is_known_by_the_token(session, asha):
    identity = auth.identify(session, asha.token)

    assert (identity.actor.name, identity.actor.role) == ("Asha Admin", Role.ADMIN)


@pytest.mark.parametrize(
    ("username", "password"), [("asha", "wrong password"), ("nobody", PASSWORD), ("asha", "x" * 100)]
)
def test_the_answer_does_not_tell_which_of_the_two_was_wrong(session, username, password):
    answer = auth.sign_in(session, username, password, "10.0.0.1")

    assert answer == Refused("The user name or the password is not right.")


def test_the_user_name_may_be_typed_in_any_case(session):
    assert isinstance(auth.sign_in(session, " ASHA ", PASSWORD, "10.0.0.1"), SignedIn)


def test_wrong_passwords_make_waiting_longer_and_longer(session, frozen_clock):
    for _ in range(5):
        auth.sign_in(session, "asha", "wrong password", "10.0.0.1")

    assert auth.sign_in(session, "asha", PASSWORD, "10.0.0.1") == Refused(
        "Too many wrong tries. Try again in 1 second."
    )
    frozen_clock(minute=1)
    auth.sign_in(session, "asha", "wrong password", "10.0.0.1")
    assert "in 2 seconds" in auth.sign_in(session, "asha", PASSWORD, "10.0.0.1").sentence


def test_nobody_is_locked_out_for_good(session, frozen_clock):
    for minute in range(0, 60, 6):
        frozen_clock(minute=minute)
        auth.sign_in(session, "asha", "wrong password", "10.0.0.1")
    frozen_clock(hour=11)

    assert isinstance(auth.sign_in(session, "asha", PASSWORD, "10.0.0.1"), SignedIn)


def test_a_colleague_at_another_desk_signs_in_while_one_is_kept_waiting(session):
    for _ in range(6):
        auth.sign_in(session, "asha", "wrong password", "10.0.0.66")

    assert isinstance(auth.sign_in(session, "asha", PASSWORD, "10.0.0.1"), SignedIn)


def test_many_names_from_one_address_wait_too_but_not_for_long(session, frozen_clock):
    for number in range(50):
        auth.sign_in(session, f"user-{number}", "wrong password", "10.0.0.9")

    assert "Too many wrong tries" in auth.sign_in(session, "asha", PASSWORD, "10.0.0.9").sentence
    assert isinstance(auth.sign_in(session, "asha", PASSWORD, "10.0.0.1"), SignedIn)
    frozen_clock(minute=20)
    auth.sign_in(session, "asha", "wrong password", "10.0.0.9")
    assert isinstance(auth.sign_in(session, "asha", PASSWORD, "10.0.0.9"), SignedIn)


def test_a_ticket_fetches_the_token_once(session, asha):
    token = auth.redeem(session, asha.ticket)

    assert auth.identify(session, token).sid == auth.identify(session, asha.token).sid
    assert auth.redeem(session, asha.ticket) is None


def test_a_ticket_is_good_for_thirty_seconds(session, asha, frozen_clock):
    frozen_clock(minute=1)

    assert auth.redeem(session, asha.ticket) is None


def test_signing_out_ends_every_tab(session, asha):
    other_tab = auth.redeem(session, asha.ticket)
    auth.sign_out(session, asha.token)

    assert auth.identify(session, asha.token) is None
    assert auth.identify(session, other_tab) is None


def test_a_session_ends_after_an_idle_hour_and_goes_on_when_touched(session, asha, frozen_clock):
    frozen_clock(minute=55)
    auth.touch(session, auth.identify(session, asha.token).sid)
    frozen_clock(hour=11, minute=50)
    assert auth.identify(session, asha.token)

    frozen_clock(hour=12, minute=0)
    assert auth.identify(session, asha.token) is None


def test_a_session_ends_after_twelve_hours_whatever_happens(session, asha, frozen_clock):
    for hour in range(10, 22):
        frozen_clock(hour=hour, minute=30)
        auth.touch(session, jwt.decode(asha.token, options={"verify_signature": False})["sid"])
    frozen_clock(hour=22, minute=1)

    assert auth.identify(session, asha.token) is None


def test_a_weak_secret_lets_nobody_in_when_the_stores_are_elsewhere(session, monkeypatch):
    elsewhere = Settings(database_url="x", redis_url="x", mongo_url="x", secret_key="short")
    monkeypatch.setattr(secret, "settings", lambda: elsewhere)

    with pytest.raises(StoreUnavailable, match="SECRET_KEY is missing or shorter than 32 characters"):
        auth.sign_in(session, "asha", PASSWORD, "10.0.0.1")


def test_an_embedded_clinic_keeps_a_secret_of_its_own():
    assert settings().embedded
    assert len(secret.key()) >= 32


def test_the_first_steps_are_shown_until_they_are_put_away(session, asha):
    assert auth.identify(session, asha.token).on_tour

    users.end_tour(session, asha.actor)
    users.end_tour(session, asha.actor)
    assert not auth.identify(session, asha.token).on_tour

    users.begin_tour(session, asha.actor)
    assert auth.identify(session, asha.token).on_tour


def test_the_clinic_is_set_up_once(session):
    with pytest.raises(AlreadySetUp):
        set_up(session)


@pytest.mark.parametrize(
    ("new", "username", "password", "problems"),
    [
        (NewClinic("", "Asia/Kolkata", "INR"), "asha", PASSWORD, {"clinic"}),
        (NewClinic("Lotus", "Mars/Olympus", "XXZ"), "asha", PASSWORD, {"time_zone", "currency"}),
        (NewClinic("Lotus", "", "INR", "XX"), "asha", PASSWORD, {"country", "time_zone"}),
        (NewClinic("", "", ""), "", "", {"country", "time_zone", "currency", "clinic", "username", "password"}),
        (NewClinic("Lotus", "Asia/Kolkata", "INR"), "a b", "short", {"username", "password"}),
        (NewClinic("Lotus", "Asia/Kolkata", "INR"), "asha", "asha-asha-asha", {"password"}),
        (NewClinic("Lotus", "Asia/Kolkata", "INR"), "asha", "é" * 40, {"password"}),
    ],
)
def test_a_set_up_that_cannot_be_says_why_and_makes_nothing(bare_session, new, username, password, problems):
    with pytest.raises(Invalid) as refusal, bare_session.begin_nested():
        users.set_up(bare_session, new, username, "Asha Admin", password)

    assert set(refusal.value.problems) == problems
    assert not clinic.is_set_up(bare_session)


@pytest.mark.parametrize(("said", "found"), [("NP", "NP"), ("", "IN")])
def test_a_clinic_lies_where_it_says_or_else_where_its_time_zone_does(bare_session, said, found):
    users.set_up(bare_session, NewClinic("Lotus", "Asia/Kolkata", "INR", said), "asha", "Asha Admin", PASSWORD)

    assert clinic.profile(bare_session).country == found


def test_a_disabled_user_is_out_at_once(session, admin, receptionist):
    username = users.list_users(session, admin)[-1].username
    ravi = auth.sign_in(session, username, PASSWORD, "10.0.0.1")

    users.disable(session, admin, receptionist.user_id)

    assert auth.identify(session, ravi.token) is None
    assert isinstance(auth.sign_in(session, username, PASSWORD, "10.0.0.1"), Refused)
    users.enable(session, admin, receptionist.user_id)
    assert isinstance(auth.sign_in(session, username, PASSWORD, "10.0.0.1"), SignedIn)


def test_the_last_administrator_stays(session, admin):
    with pytest.raises(LastAdministrator):
        users.disable(session, admin, admin.user_id)

    a_user(session, Role.ADMIN)
    users.disable(session, admin, admin.user_id)


def test_a_user_name_is_taken_once(session, admin):
    with pytest.raises(UsernameTaken, match="The user name ASHA is taken"):
        users.add(session, admin, NewUser("ASHA", "Another", Role.RECEPTION, PASSWORD))


def test_a_taken_user_name_is_told_with_what_else_is_wrong(session, admin):
    with pytest.raises(Invalid) as refusal:
        users.add(session, admin, NewUser("ASHA", "", Role.RECEPTION, PASSWORD))

    assert refusal.value.problems == {
        "name": "The name is missing.",
        "username": "The user name ASHA is taken. Choose another.",
    }


def test_a_doctor_has_a_fee(session, admin):
    with pytest.raises(Invalid, match="A doctor needs a consultation fee"):
        users.add(session, admin, NewUser("sen", "Dr Sen", Role.DOCTOR, PASSWORD))


def test_a_doctors_room_and_fee_can_change(session, admin, doctor):
    changed = DoctorDetails(Decimal(600), Decimal(250), room="Room 9")

    users.change_doctor(session, admin, doctor.user_id, changed)

    record = next(user for user in users.list_users(session, admin) if user.user_id == doctor.user_id)
    assert (record.doctor.consultation_fee, record.doctor.room) == (600, "Room 9")


def test_what_is_printed_of_a_doctor_fits_on_the_paper(session, admin, doctor):
    endless = DoctorDetails(Decimal(600), Decimal(250), registration_number="9" * 101)

    with pytest.raises(Invalid, match="The registration number is too long"):
        users.change_doctor(session, admin, doctor.user_id, endless)


def test_an_administrator_ends_a_session_of_someone_else(session, admin, asha):
    (found,) = auth.list_sessions(session, admin)

    auth.end_session(session, admin, found.sid)

    assert auth.identify(session, asha.token) is None
    assert auth.list_sessions(session, admin) == []
    with pytest.raises(NotFound, match="There is no session"):
        auth.end_session(session, admin, "unknown")


def test_a_session_left_alone_for_too_long_is_not_among_the_open_ones(session, admin, asha, frozen_clock):
    assert len(auth.list_sessions(session, admin)) == 1

    frozen_clock(hour=10 + settings().idle_minutes // 60, minute=settings().idle_minutes % 60)
    assert auth.list_sessions(session, admin) == []


def test_only_administrators_manage_users(session, receptionist):
    with pytest.raises(NotPermitted, match=r"Ravi \(reception\) may not manage users"):
        users.list_users(session, receptionist)
    with pytest.raises(NotPermitted):
        users.disable(session, receptionist, receptionist.user_id)


def test_an_analyst_sees_no_patient_and_a_manager_no_clinical_text(session):
    analyst, manager = a_user(session, Role.ANALYST), a_user(session, Role.MANAGER)

    assert not allowed(analyst, Permission.SEE_PATIENTS)
    assert not allowed(manager, Permission.READ_CLINICAL)
    assert not allowed(manager, Permission.SEE_BILLS)  # bills name patients and their medicines
    assert allowed(manager, Permission.ANALYSE)


def test_passwords_are_kept_as_bcrypt(session):
    assert session.scalars(select(User.password_hash)).one().startswith("$2b$")
