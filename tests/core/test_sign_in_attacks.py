"""Somebody who tries to get in: with made-up tokens, by guessing, by what the answers tell."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from passlib.handlers.bcrypt import bcrypt
from sqlalchemy import select

from core import auth, clock, passwords, secret, tries, users
from core.auth import Refused, SignedIn
from core.config import Settings
from core.errors import Invalid, NotFound
from core.models import AuditEvent, SignInFailure, User
from core.permissions import Role
from tests.factories import PASSWORD, a_user, an_admin, set_up

WRONG = "wrong password"


@pytest.fixture
def asha(session):
    """The administrator, signed in at the usual desk."""
    return auth.sign_in(session, "asha", PASSWORD, "10.0.0.1", "Mozilla/5.0 (Windows NT 10.0) Chrome/156 Safari/537")


def forged(sid, *, key=None, algorithm="HS256", header=(), **changes):
    """A token as ours but for what a test changes; a claim of None is left out."""
    now = clock.now()
    ours = {
        "sub": "1",
        "sid": sid,
        "jti": "j",
        "iat": now,
        "exp": now + timedelta(hours=1),
        "iss": "qure",
        "aud": "qure",
    }
    claims = {name: value for name, value in {**ours, **changes}.items() if value is not None}
    headers = {"kid": secret.kid(secret.key()), "typ": "qure-session+jwt", **dict(header)}
    named = {name: value for name, value in headers.items() if value is not None}
    return jwt.encode(claims, secret.key() if key is None else key, algorithm, named)


def test_the_forger_of_these_tests_would_succeed_with_everything_right(session, asha):
    assert auth.identify(session, forged(auth.identify(session, asha.token).sid)).actor.name == "Asha Admin"


@pytest.mark.parametrize(
    "change",
    [
        {"algorithm": "none", "key": ""},
        {"algorithm": "HS512"},
        {"key": "0123456789abcdef" * 4},
        {"header": {"kid": "another"}},
        {"header": {"kid": None}},
        {"header": {"typ": "JWT"}},
        {"aud": "other"},
        {"iss": "other"},
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
        {"sid": "made up"},
        *({claim: None} for claim in ("exp", "iat", "jti", "iss", "aud", "sub", "sid")),
    ],
    ids=str,
)
def test_a_token_with_one_thing_wrong_is_nobody(session, asha, change):
    sid = auth.identify(session, asha.token).sid

    assert auth.identify(session, forged(**{"sid": sid, **change})) is None


@pytest.mark.parametrize("token", [None, "", "not a token", "a.b.c", "\ud800"])
def test_what_is_no_token_is_nobody(session, token):
    assert auth.identify(session, token) is None


def test_a_disabled_user_and_one_of_another_role_are_out_at_the_next_click(session, admin):
    ravi = a_user(session, Role.RECEPTION, "Ravi")
    user = session.get_one(User, ravi.user_id)
    first = auth.open_session(session, user).token
    users.change_role(session, admin, ravi.user_id, Role.MANAGER)
    assert auth.identify(session, first) is None

    second = auth.open_session(session, user).token
    assert auth.identify(session, second).actor.role is Role.MANAGER
    users.disable(session, admin, ravi.user_id)
    assert auth.identify(session, second) is None


def test_limits_that_were_made_shorter_end_sessions_that_are_open(session, asha, frozen_clock, monkeypatch):
    monkeypatch.setattr(auth.sessions, "settings", lambda: Settings(QURE_SESSION_HOURS=1))
    frozen_clock(hour=10, minute=59)
    auth.touch(session, auth.identify(session, asha.token).sid)
    frozen_clock(hour=11)

    assert auth.identify(session, asha.token) is None


def test_a_new_sign_in_takes_over_nothing_of_an_old_session(session, asha):
    again = auth.sign_in(session, "asha", PASSWORD, "10.0.0.1")

    assert auth.identify(session, again.token).sid != auth.identify(session, asha.token).sid
    auth.sign_out(session, asha.token)
    assert auth.identify(session, again.token)


@pytest.fixture
def hashes(monkeypatch):
    """How often a password was hashed to be compared, which is what takes time."""
    done = []
    real = bcrypt._calc_checksum
    monkeypatch.setattr(bcrypt, "_calc_checksum", lambda *given: (done.append(1), real(*given))[1])
    return done


def test_unknown_disabled_and_wrong_cost_the_same_and_are_told_the_same(session, admin, hashes):
    ravi = a_user(session, Role.RECEPTION, "Ravi")
    username = session.get_one(User, ravi.user_id).username
    users.disable(session, admin, ravi.user_id)
    cost, told = [], []
    for name, password in (("nobody", PASSWORD), (username, PASSWORD), (username, WRONG), ("asha", WRONG)):
        hashes.clear()
        told.append(auth.sign_in(session, name, password, "10.0.0.1").sentence)
        cost.append(len(hashes))

    assert cost == [1, 1, 1, 1]
    assert set(told) == {"The user name or the password is not right."}


def test_whoever_is_disabled_while_their_password_is_checked_stays_out(session, admin, monkeypatch):
    ravi = a_user(session, Role.RECEPTION, "Ravi")
    username = session.get_one(User, ravi.user_id).username
    real = passwords.fits

    def meanwhile(*given):
        fits = real(*given)
        session.execute(User.__table__.update().where(User.id == ravi.user_id).values(disabled_at=clock.now()))
        return fits

    monkeypatch.setattr(passwords, "fits", meanwhile)
    assert isinstance(auth.sign_in(session, username, PASSWORD, "10.0.0.1"), Refused)


def test_the_right_password_is_refused_too_while_one_has_to_wait(session, asha, frozen_clock):
    for _ in range(tries.AT_ONE_ADDRESS + 3):
        frozen_clock(minute=clock.now().minute + 5)
        auth.sign_in(session, "asha", WRONG, "10.0.0.1")

    assert "Try again in 8 seconds" in auth.sign_in(session, "asha", PASSWORD, "10.0.0.1").sentence


def test_guessing_one_account_from_ever_new_addresses_is_slowed_down_and_its_owner_is_not(session, asha):
    for number in range(tries.ELSEWHERE):
        auth.sign_in(session, "asha", WRONG, f"203.0.113.{number}")

    assert "Too many wrong tries" in auth.sign_in(session, "asha", PASSWORD, "198.51.100.7").sentence
    assert isinstance(auth.sign_in(session, "asha", PASSWORD, "10.0.0.1"), SignedIn)


def test_an_address_that_has_to_wait_leaves_nothing_behind_whatever_names_are_typed(session, asha):
    session.add(SignInFailure(subject="address 10.0.0.9", failures=tries.OF_ADDRESS + 8, last_at=clock.now()))
    for number in range(3):
        assert "Try again in 256 seconds" in auth.sign_in(session, f"made up {number}", WRONG, "10.0.0.9").sentence

    assert session.scalars(select(SignInFailure.subject)).all() == ["address 10.0.0.9"]


def test_wrong_tries_are_in_the_trail_and_what_was_typed_for_a_name_is_kept_nowhere(session, asha):
    auth.sign_in(session, "asha", WRONG, "10.0.0.9")
    auth.sign_in(session, "my password by mistake", WRONG, "10.0.0.9")

    found = session.scalars(select(AuditEvent).where(AuditEvent.event == tries.FAILED).order_by(AuditEvent.id)).all()
    assert [(e.resource_type, e.changes) for e in found] == [
        ("users", {"address": [None, "10.0.0.9"]}),
        ("clinics", {"address": [None, "10.0.0.9"]}),
    ]
    assert not any("mistake" in subject for subject in session.scalars(select(SignInFailure.subject)))


def test_who_signs_in_hears_of_the_last_time_and_of_wrong_tries_since(session, asha, frozen_clock):
    assert (asha.last_at, asha.failures) == (None, 0)
    began = clock.now()
    frozen_clock(hour=12)
    for _ in range(2):
        auth.sign_in(session, "asha", WRONG, "10.0.0.9")
    frozen_clock(hour=13)

    again = auth.sign_in(session, "asha", PASSWORD, "10.0.0.1")
    assert (again.last_at, again.failures) == (began, 2)


def test_what_somebody_mistyped_while_signed_in_is_no_try_to_sign_in_as_them(session, asha, frozen_clock):
    frozen_clock(hour=12)
    auth.count_wrong(session, asha.actor)

    assert auth.sign_in(session, "asha", PASSWORD, "10.0.0.1").failures == 0


def test_what_counts_no_more_is_forgotten(session, frozen_clock):
    auth.sign_in(session, "nobody", WRONG, "10.0.0.9")
    frozen_clock(day=2, hour=11)
    auth.sign_in(session, "asha", WRONG, "10.0.0.1")
    tries.forget_old(session)

    assert all("10.0.0.9" not in subject for subject in session.scalars(select(SignInFailure.subject)))
    assert session.scalar(select(SignInFailure.failures).where(SignInFailure.subject == "address 10.0.0.1")) == 1


def test_the_set_up_works_once_whoever_is_left(bare_session):
    set_up(bare_session)
    bare_session.execute(User.__table__.update().values(disabled_at=clock.now()))

    with pytest.raises(users.AlreadySetUp):
        set_up(bare_session)


def test_ones_sessions_are_listed_with_device_and_address_and_ended_one_by_one_or_all_others(session, asha):
    ravi = a_user(session, Role.RECEPTION, "Ravi")
    elsewhere = auth.open_session(session, session.get_one(User, ravi.user_id))
    phone = auth.sign_in(session, "asha", PASSWORD, "10.0.0.2", "Mozilla/5.0 (iPhone; CPU OS 26) Version/26 Safari/604")
    third = auth.sign_in(session, "asha", PASSWORD, "10.0.0.3", "curl/8")
    here = auth.identify(session, asha.token)

    mine = {one.address: one.device for one in auth.list_my_sessions(session, here.actor)}
    assert mine == {"10.0.0.1": "Chrome on Windows", "10.0.0.2": "Safari on iPhone", "10.0.0.3": ""}
    auth.end_my_session(session, here.actor, auth.identify(session, third.token).sid)
    assert auth.identify(session, third.token) is None
    auth.end_my_other_sessions(session, here.actor, here.sid)
    assert auth.identify(session, phone.token) is None
    assert auth.identify(session, asha.token)
    theirs = auth.identify(session, elsewhere.token).sid
    with pytest.raises(NotFound):
        auth.end_my_session(session, here.actor, theirs)
    assert auth.identify(session, elsewhere.token)


def test_the_last_administrator_keeps_the_role_and_a_new_doctor_needs_fees(session, admin):
    ravi = a_user(session, Role.RECEPTION, "Ravi")
    with pytest.raises(users.LastAdministrator):
        users.change_role(session, admin, admin.user_id, Role.MANAGER)
    with pytest.raises(Invalid, match="A doctor needs a consultation fee"):
        users.change_role(session, admin, ravi.user_id, Role.DOCTOR)

    users.change_role(session, admin, ravi.user_id, Role.ADMIN)
    users.change_role(session, admin, admin.user_id, Role.MANAGER)
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.event, event.changes) == ("user.role_changed", {"role": ["ADMIN", "MANAGER"]})


def test_a_doctor_who_becomes_something_else_can_be_booked_no_more(session, admin, doctor):
    users.change_role(session, admin, doctor.user_id, Role.MANAGER)

    assert users.list_doctors(session, admin) == []
    users.change_role(session, admin, doctor.user_id, Role.DOCTOR)
    assert [found.name for found in users.list_doctors(session, an_admin(session))] == ["Dr Sen"]
