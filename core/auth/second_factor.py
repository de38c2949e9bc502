"""A second factor: the six digits of an authenticator app (TOTP, RFC 6238), and recovery codes for whoever lost it.

The secret is kept enciphered with a key that comes from SECRET_KEY, so that the database alone opens nothing; after a
change of the key it is enciphered anew when it is next used. No code works twice.
"""

import hashlib
import secrets
from base64 import b32encode

from passlib.exc import TokenError
from passlib.totp import TOTP, AppWallet
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core import audit, clinic, clock, secret, users
from core.errors import Conflict, Invalid
from core.models import RecoveryCode, User
from core.permissions import Actor, Permission, require
from core.words import say

RECOVERY_CODES = 10
_RECOVERY_BYTES = 10  # 80 bits each: a plain hash of one cannot be tried out
_CLOCKS_DIFFER = 30  # seconds that a phone's clock may be wrong


class Unreadable(Conflict):
    def __init__(self) -> None:
        super().__init__(
            say(
                "Your second factor was set up under another SECRET_KEY and cannot be read. Use a recovery code, "
                "or ask an administrator to take the second factor away."
            )
        )


class AlreadyOn(Conflict):
    def __init__(self) -> None:
        super().__init__(say("Your second factor is already on. Turn it off first."))


class NotOn(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(say("{name} has no second factor.", name=name))


def new_secret() -> str:
    """In base32, as apps take it."""
    return str(TOTP.new().base32_key)


def new_recovery_codes() -> list[str]:
    """Shown once; the database keeps their hashes."""
    return [_grouped(secrets.token_bytes(_RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]


def address_for_app(session: Session, actor: Actor, new: str) -> str:
    """The otpauth:// address that an app reads from the QR code."""
    require(actor, Permission.OWN_SIGN_IN)
    label, issuer = session.get_one(User, actor.user_id).username, f"Qure {clinic.profile(session).name}"
    return str(TOTP(key=new).to_uri(label=label.replace(":", " "), issuer=issuer.replace(":", " ")))


def recovery_codes_left(session: Session, actor: Actor) -> int | None:
    """None while there is no second factor."""
    require(actor, Permission.OWN_SIGN_IN)
    if session.get_one(User, actor.user_id).totp_since is None:
        return None
    mine = RecoveryCode.user_id == actor.user_id, RecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*mine))


def turn_on(session: Session, actor: Actor, password: str, new: str, code: str, recovery: list[str], keep: str) -> None:
    """Ask for a code at every sign-in from now on; every session but `keep` ends. `code` shows that the app has it.

    Raises AlreadyOn, NotProved or Invalid.
    """
    require(actor, Permission.OWN_SIGN_IN)
    user = users.proved(session, actor, password)
    if user.totp_since is not None:
        raise AlreadyOn
    otp = _factory()(key=new)
    try:
        step = otp.match(_plain(code), time=clock.now(), window=_CLOCKS_DIFFER).counter
    except TokenError as error:
        raise Invalid({"code": say("That is not the code the app shows now. Is the phone's clock right?")}) from error
    user.totp_secret, user.totp_since, user.totp_last_step = otp.to_json(encrypt=True), clock.now(), step
    _replace_codes(session, user, recovery)
    users.end_sessions(session, user.id, keep=keep)
    audit.record(session, actor, audit.UPDATE, "user.second_factor_on", user)


def turn_off(session: Session, actor: Actor, password: str, code: str, keep: str) -> None:
    """By the password and a code, or a recovery code; every session but `keep` ends. Raises NotProved, NotOn or
    Unreadable."""
    require(actor, Permission.OWN_SIGN_IN)
    user = users.proved(session, actor, password)
    if user.totp_since is None:
        raise NotOn(user.name)
    if not takes(session, user, code):
        raise users.NotProved({"code": say("The code is not right, or was used before. Wait for the next one.")})
    _off(session, user)
    users.end_sessions(session, user.id, keep=keep)
    audit.record(session, actor, audit.UPDATE, "user.second_factor_off", user)


def take_away(session: Session, actor: Actor, user_id: int) -> None:
    """For whoever lost it: the password alone signs in again. Every session of theirs ends. Raises NotOn."""
    require(actor, Permission.MANAGE_USERS)
    user = users.locked(session, user_id)
    if user.totp_since is None:
        raise NotOn(user.name)
    _off(session, user)
    users.end_sessions(session, user.id)
    audit.record(session, actor, audit.UPDATE, "user.second_factor_taken_away", user)


def takes(session: Session, user: User, typed: str) -> bool:
    """Whether a code is right, once: it is used up. The user's row is locked by the caller. Raises Unreadable."""
    code = _plain(typed)
    if not code.isdigit():
        return _takes_recovery(session, user, code)
    try:
        otp = _factory().from_source(user.totp_secret)
    except KeyError as error:
        raise Unreadable from error
    try:
        match = otp.match(code, time=clock.now(), window=_CLOCKS_DIFFER, last_counter=user.totp_last_step)
    except TokenError:
        return False
    user.totp_last_step = match.counter
    if otp.changed:  # it was enciphered under a key before
        user.totp_secret = otp.to_json(encrypt=True)
    return True


def _takes_recovery(session: Session, user: User, code: str) -> bool:
    mine = RecoveryCode.user_id == user.id, RecoveryCode.code_hash == _hash(code), RecoveryCode.used_at.is_(None)
    used = update(RecoveryCode).where(*mine).values(used_at=clock.now()).returning(RecoveryCode.id)
    return session.scalar(used) is not None


def _factory() -> type[TOTP]:
    ciphers = {kid: hashlib.sha256(f"second factors {key}".encode()).hexdigest() for kid, key in secret.every().items()}
    made: type[TOTP] = TOTP.using(wallet=AppWallet(ciphers, default_tag=next(iter(ciphers))))
    return made


def _off(session: Session, user: User) -> None:
    user.totp_secret = user.totp_since = user.totp_last_step = None
    _replace_codes(session, user, [])


def _replace_codes(session: Session, user: User, codes: list[str]) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    session.add_all(RecoveryCode(user_id=user.id, code_hash=_hash(_plain(code))) for code in codes)


def _grouped(random: bytes) -> str:
    word = b32encode(random).decode()
    return "-".join(word[at : at + 4] for at in range(0, len(word), 4))


def _plain(typed: str) -> str:
    """Spaces and dashes are for the eye."""
    return "".join(ch for ch in typed.upper() if ch.isascii() and ch.isalnum())[:40]


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
