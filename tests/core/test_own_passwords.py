"""What a password must be, who chooses it, and how somebody who is signed in proves to be there."""

import secrets

import pytest

from core import auth, passwords, patients, users
from core.errors import Invalid, NotPermitted
from core.permissions import Permission, Role, allowed
from core.tries import Waiting
from core.users import AlreadyChosen, NewUser, NotProved, OwnPassword
from tests.factories import PASSWORD

GOOD = "a new good password"


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("elephantine", "that many people use"),
        ("jennifersmith", "Names are tried first"),
        ("zxcvbnm,./", "Neighbouring keys"),
        ("abababababab", "adds little"),
        ("13-05-1985x", "Years and dates"),
        ("RaviMenon1", "your name or the clinic's"),
        ("Lotus-Clinic", "your name or the clinic's"),
    ],
)
def test_a_password_that_is_soon_guessed_is_refused_with_the_reason(password, reason):
    assert reason in passwords.problem(password, "rm", "Ravi Menon", "Lotus Clinic")


@pytest.mark.parametrize("password", [PASSWORD, GOOD, "4@8({[<369&#!1/|0$5+7%2" * 3])
def test_good_ones_pass(password):
    """The last would keep zxcvbn busy for six seconds if it read to the end."""
    assert passwords.problem(password, "asha", "Asha Admin", "Lotus Clinic") is None


def test_the_passwords_that_the_simulator_makes_are_strong_enough():
    assert [p for _ in range(50) if passwords.problem(p := secrets.token_urlsafe(9), "pharmacy", "Meera")] == []


@pytest.fixture
def ravi(session, admin):
    """Added by the administrator, signed in with the password that both know."""
    users.add(session, admin, NewUser("ravi", "Ravi", Role.RECEPTION, PASSWORD))
    return auth.sign_in(session, "ravi", PASSWORD, "10.0.0.1")


def test_a_first_password_only_lets_one_choose_an_own(session, ravi):
    actor = auth.identify(session, ravi.token).actor

    assert [p for p in Permission if allowed(actor, p)] == [Permission.OWN_SIGN_IN]
    with pytest.raises(NotPermitted, match="Choose a password of your own first"):
        patients.search(session, actor, "Asha")
    with pytest.raises(Invalid, match="the password you were given"):
        users.choose_password(session, actor, PASSWORD)
    users.choose_password(session, actor, GOOD)
    assert auth.identify(session, ravi.token) is None
    again = auth.identify(session, auth.sign_in(session, "ravi", GOOD, "10.0.0.1").token).actor
    assert patients.search(session, again, "Asha") == []
    with pytest.raises(AlreadyChosen):
        users.choose_password(session, again, "yet another good one")


def test_a_reset_password_is_a_first_password_and_ends_every_session(session, admin, ravi):
    users.choose_password(session, ravi.actor, GOOD)
    before = auth.sign_in(session, "ravi", GOOD, "10.0.0.1")
    users.reset_password(session, admin, before.actor.user_id, PASSWORD)

    assert auth.identify(session, before.token) is None
    assert auth.sign_in(session, "ravi", PASSWORD, "10.0.0.1").actor.first_password


def test_nobody_resets_their_own_password_for_somebody_may_have_left_the_screen(session, admin):
    with pytest.raises(OwnPassword, match="on My account"):
        users.reset_password(session, admin, admin.user_id, GOOD)

    users.reset_password(session, admin, admin.user_id, GOOD, at_the_machine=True)

    assert auth.sign_in(session, "asha", GOOD, "10.0.0.1").actor.first_password


def test_the_hint_says_how_short_a_password_may_be():
    assert passwords.HINT.startswith(f"At least {passwords.SHORTEST} characters.")


def test_the_first_administrator_chose_their_own_at_the_set_up(session, admin):
    assert not auth.sign_in(session, "asha", PASSWORD, "10.0.0.1").actor.first_password


def test_changing_ones_password_needs_the_old_one_and_ends_every_session(session):
    asha = auth.sign_in(session, "asha", PASSWORD, "10.0.0.1")
    with pytest.raises(Invalid, match="The current password is not right"):
        users.change_password(session, asha.actor, "wrong password", GOOD)

    users.change_password(session, asha.actor, PASSWORD, GOOD)

    assert auth.identify(session, asha.token) is None
    assert isinstance(auth.sign_in(session, "asha", GOOD, "10.0.0.1"), auth.SignedIn)


def test_whoever_finds_a_tab_open_cannot_guess_the_password_there_for_long(session, admin):
    for _ in range(5):
        with pytest.raises(NotProved):
            users.change_password(session, admin, "wrong password", GOOD)
        auth.count_wrong(session, admin)

    with pytest.raises(Waiting, match="Try again in 1 second"):
        users.change_password(session, admin, PASSWORD, GOOD)
    assert isinstance(auth.sign_in(session, "asha", PASSWORD, "10.0.0.1"), auth.SignedIn)  # the owner still gets in
