"""SECRET_KEY is changed: what was made under the one before goes on, as long as that is named."""

import secrets

import pytest
from passlib.totp import TOTP
from sqlalchemy import select

from core import auth, clock, patients, secret, stores
from core.auth import CodeWanted, Refused, SignedIn
from core.config import Settings
from core.errors import StoreUnavailable
from core.idempotency import KeyReused, once
from core.models import User
from core.patients import PatientDetails, Sex
from tests.factories import PASSWORD

ASHA = PatientDetails("Asha Rao", Sex.FEMALE)


@pytest.fixture
def change_key(monkeypatch):
    """Call it: SECRET_KEY is another one, and `before` in SECRET_KEY_BEFORE is what held until now, or nothing."""

    def change(*, keep):
        before = f"{secrets.token_hex(32)}, {secret.key()}" if keep else None
        given = Settings(secret_key=secrets.token_hex(32), secret_key_before=before)
        monkeypatch.setattr(secret, "settings", lambda: given)

    return change


@pytest.mark.parametrize("keep", [True, False])
def test_a_session_goes_on_while_its_key_is_named(session, change_key, keep):
    token = auth.sign_in(session, "asha", PASSWORD, "here").token
    change_key(keep=keep)

    assert (auth.identify(session, token) is not None) is keep
    fresh = auth.sign_in(session, "asha", PASSWORD, "here").token
    assert auth.identify(session, fresh)


def test_a_second_factor_is_enciphered_anew_when_it_is_next_used(session, admin, frozen_clock, change_key):
    key, recovery = auth.new_secret(), auth.new_recovery_codes()
    auth.turn_on(session, admin, PASSWORD, key, TOTP(key=key).generate(clock.now()).token, recovery, "")
    kept = select(User.totp_secret).where(User.id == admin.user_id)
    before = session.scalar(kept)
    frozen_clock(minute=1)

    def enter(code):
        step = auth.sign_in(session, "asha", PASSWORD, "here")
        assert isinstance(step, CodeWanted)
        return auth.enter_code(session, step, code, "here")

    change_key(keep=True)
    assert isinstance(enter(TOTP(key=key).generate(clock.now()).token), SignedIn)
    session.flush()
    assert session.scalar(kept) != before
    frozen_clock(minute=2)
    change_key(keep=False)
    refused = enter(TOTP(key=key).generate(clock.now()).token)
    assert isinstance(refused, Refused)
    assert "under another SECRET_KEY" in refused.sentence
    assert isinstance(enter(recovery[0]), SignedIn)


@pytest.mark.parametrize("keep", [True, False])
def test_a_form_that_is_sent_again_over_the_change_is_known_while_its_key_is_named(session, admin, change_key, keep):
    first = once("form-1", patients.register)(session, admin, ASHA)
    change_key(keep=keep)

    if keep:
        assert once("form-1", patients.register)(session, admin, ASHA) == first
    else:
        with pytest.raises(KeyReused):
            once("form-1", patients.register)(session, admin, ASHA)


@pytest.mark.parametrize(
    "weak",
    ["a" * 40, "changeme" * 5, "0123456789abcdef" * 3, "this-is-a-secret-key-for-the-clinic-in-town", "abab1212" * 6],
)
@pytest.mark.parametrize("name", ["secret_key", "secret_key_before"])
def test_a_key_that_can_be_guessed_is_refused_at_the_start(monkeypatch, weak, name):
    given = Settings(
        **{"secret_key": secrets.token_hex(32), name: weak}, database_url="x", redis_url="x", mongo_url="x"
    )
    monkeypatch.setattr(secret, "settings", lambda: given)

    with pytest.raises(StoreUnavailable, match="easy to guess"):
        secret.every()


def test_keys_that_chance_made_are_taken():
    for made in (stores.secret_key(), *(secrets.token_hex(16) for _ in range(20))):
        secret._check(made, "SECRET_KEY")
