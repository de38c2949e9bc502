"""Somebody signs in in two tabs at the same moment: types the password in one and the code in the other."""

from concurrent.futures import ThreadPoolExecutor

from passlib.totp import TOTP
from sqlalchemy import select

from core import auth, clock, db, passwords
from core.auth import CodeWanted, SignedIn
from core.models import User
from core.permissions import Actor
from tests.factories import PASSWORD
from tests.races.waiting import tried, wait_until_someone_waits

DESK = "10.0.0.1"


def test_the_password_in_one_tab_and_the_code_in_another_wait_for_each_other_in_one_order(
    committed, engine, monkeypatch, frozen_clock
):
    with db.transaction() as session:
        user = session.scalars(select(User)).one()
        app = TOTP.new()
        new = str(app.base32_key)
        auth.turn_on(session, Actor(user.id, user.name, user.role), PASSWORD, new, code(app), [], keep="")
    frozen_clock(minute=1)
    with db.transaction() as session:
        wanted = auth.sign_in(session, "asha", PASSWORD, DESK)
    real = passwords.fits
    with ThreadPoolExecutor() as pool:

        def meanwhile(*given):
            coming.append(pool.submit(tried, auth.enter_code, wanted, code(app), DESK))
            wait_until_someone_waits(engine)
            return real(*given)

        coming = []
        monkeypatch.setattr(passwords, "fits", meanwhile)
        first = tried(auth.sign_in, "asha", PASSWORD, DESK)
        second = coming[0].result(timeout=5)

    assert (type(first), type(second)) == (CodeWanted, SignedIn)


def code(app):
    return app.generate(clock.now()).token
