from datetime import timedelta

import pytest
from passlib.totp import TOTP
from sqlalchemy import select

from core import auth, clock, tries, users
from core.auth import CodeWanted, NotOn, Refused, SignedIn
from core.errors import Invalid
from core.models import AuditEvent, RecoveryCode, User
from core.permissions import Role
from core.users import NotProved
from tests.factories import PASSWORD, a_user

DESK = "10.0.0.1"


class App:
    """An authenticator app."""

    def __init__(self, key):
        self.key = key

    def code(self, seconds=0):
        return TOTP(key=self.key).generate(clock.now() + timedelta(seconds=seconds)).token


@pytest.fixture
def phone(session, admin):
    """The administrator's, whose second factor is on since 10 o'clock."""
    here = auth.identify(session, auth.sign_in(session, "asha", PASSWORD, DESK).token)
    app = App(auth.new_secret())
    app.recovery = auth.new_recovery_codes()
    auth.turn_on(session, admin, PASSWORD, app.key, app.code(), app.recovery, here.sid)
    app.sid = here.sid
    return app


@pytest.fixture
def later(frozen_clock):
    """A minute has gone by: another code."""
    frozen_clock(minute=1)


def wanted(session):
    answer = auth.sign_in(session, "asha", PASSWORD, DESK)
    assert isinstance(answer, CodeWanted)
    return answer


def test_the_password_is_the_first_step_and_a_code_the_second(session, phone, later):
    assert isinstance(auth.enter_code(session, wanted(session), phone.code(), DESK), SignedIn)


def test_a_code_works_once_and_so_does_the_one_it_was_turned_on_with(session, phone, frozen_clock):
    assert isinstance(auth.enter_code(session, wanted(session), phone.code(), DESK), Refused)
    frozen_clock(minute=1)
    code, both = phone.code(), [wanted(session), wanted(session)]

    answers = [auth.enter_code(session, step, code, DESK) for step in both]
    assert [type(answer) for answer in answers] == [SignedIn, Refused]
    assert isinstance(auth.enter_code(session, wanted(session), phone.code(-30), DESK), Refused)  # nor an older one


def test_a_phone_may_go_half_a_minute_wrong_and_not_more(session, phone, later):
    assert isinstance(auth.enter_code(session, wanted(session), phone.code(90), DESK), Refused)
    assert isinstance(auth.enter_code(session, wanted(session), phone.code(-90), DESK), Refused)
    assert isinstance(auth.enter_code(session, wanted(session), phone.code(30), DESK), SignedIn)


def test_codes_cannot_be_tried_out(session, phone, later):
    step = wanted(session)
    for _ in range(tries.AT_ONE_ADDRESS):
        auth.enter_code(session, step, "000000", DESK)

    assert "Too many wrong tries" in auth.enter_code(session, step, phone.code(), DESK).sentence
    assert "Too many wrong tries" in auth.sign_in(session, "asha", PASSWORD, DESK).sentence


def test_the_right_password_alone_does_not_clear_the_count_of_wrong_codes(session, phone, later):
    for _ in range(tries.AT_ONE_ADDRESS):
        auth.enter_code(session, wanted(session), "000000", DESK)

    assert isinstance(auth.sign_in(session, "asha", PASSWORD, DESK), Refused)


def test_the_second_step_is_open_for_five_minutes_and_ends_with_a_new_password(session, admin, phone, frozen_clock):
    step = wanted(session)
    frozen_clock(minute=5)
    assert auth.enter_code(session, step, phone.code(), DESK) == Refused("That took too long. Sign in again.")
    step = wanted(session)
    frozen_clock(minute=6)
    users.change_password(session, admin, PASSWORD, "a new good password")
    assert isinstance(auth.enter_code(session, step, phone.code(), DESK), Refused)


def test_a_recovery_code_works_once_however_it_is_typed(session, admin, phone, later):
    first = phone.recovery[0]

    assert isinstance(auth.enter_code(session, wanted(session), first.lower().replace("-", " "), DESK), SignedIn)
    assert isinstance(auth.enter_code(session, wanted(session), first, DESK), Refused)
    assert auth.recovery_codes_left(session, admin) == 9


def test_the_database_alone_opens_nothing(session, phone):
    user = session.scalars(select(User).where(User.username == "asha")).one()
    kept = [user.totp_secret, *session.scalars(select(RecoveryCode.code_hash))]

    assert len(kept) == 11
    for known in (phone.key, *phone.recovery, *(code.replace("-", "") for code in phone.recovery)):
        assert not any(known in one for one in kept)


def test_it_is_not_turned_on_without_the_password_and_a_first_code(session, admin):
    app = App(auth.new_secret())
    with pytest.raises(NotProved):
        auth.turn_on(session, admin, "wrong password", app.key, app.code(), [], "")
    with pytest.raises(Invalid, match="not the code the app shows"):
        auth.turn_on(session, admin, PASSWORD, app.key, "123456", [], "")

    assert isinstance(auth.sign_in(session, "asha", PASSWORD, DESK), SignedIn)


def test_turning_it_on_or_off_ends_the_other_sessions(session, admin):
    here, other = (auth.sign_in(session, "asha", PASSWORD, DESK).token for _ in range(2))
    sid, app = auth.identify(session, here).sid, App(auth.new_secret())
    auth.turn_on(session, admin, PASSWORD, app.key, app.code(), auth.new_recovery_codes(), sid)

    assert (auth.identify(session, other), auth.identify(session, here).sid) == (None, sid)
    with pytest.raises(auth.AlreadyOn):
        auth.turn_on(session, admin, PASSWORD, app.key, app.code(), [], sid)


def test_it_is_turned_off_with_the_password_and_a_code(session, admin, phone, later):
    with pytest.raises(NotProved):
        auth.turn_off(session, admin, PASSWORD, "000000", phone.sid)
    with pytest.raises(NotProved):
        auth.turn_off(session, admin, "wrong password", phone.code(), phone.sid)
    auth.turn_off(session, admin, PASSWORD, phone.code(), phone.sid)

    assert isinstance(auth.sign_in(session, "asha", PASSWORD, DESK), SignedIn)
    assert session.scalars(select(RecoveryCode)).all() == []
    with pytest.raises(NotOn):
        auth.turn_off(session, admin, PASSWORD, phone.code(), phone.sid)


def test_an_administrator_takes_it_away_from_whoever_lost_it(session, admin, phone):
    another = a_user(session, Role.ADMIN, "Bela")
    auth.take_away(session, another, admin.user_id)

    assert auth.list_my_sessions(session, admin) == []
    assert isinstance(auth.sign_in(session, "asha", PASSWORD, DESK), SignedIn)
    event = session.scalars(select(AuditEvent).where(AuditEvent.event == "user.second_factor_taken_away")).one()
    assert (event.actor_name, event.changes) == ("Bela", {})
    with pytest.raises(NotOn):
        auth.take_away(session, another, admin.user_id)


def test_an_app_reads_who_and_where_from_the_address(session, admin):
    read = TOTP.from_uri(auth.address_for_app(session, admin, key := auth.new_secret()))

    assert (read.base32_key, read.label, read.issuer) == (key, "asha", "Qure Lotus Clinic")
