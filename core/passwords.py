"""bcrypt through passlib's CryptContext, and what a password must be."""

from passlib.context import CryptContext

from core import fields

SHORTEST = 10  # characters
LONGEST = 72  # bytes: bcrypt reads no more

_context = CryptContext(schemes=["bcrypt"], bcrypt__rounds=12)


def hashed(password: str) -> str:
    return str(_context.hash(password))


def fits(password: str, password_hash: str) -> bool:
    return _readable(password) and bool(_context.verify(password, password_hash))


def waste_time(password: str) -> None:
    """Take as long as `fits` does, so that an unknown user name answers no faster than a wrong password."""
    if _readable(password):
        _context.dummy_verify()


def problem(password: str, username: str) -> str | None:
    """A sentence saying why this cannot be the password, or None."""
    if len(password) < SHORTEST:
        return f"The password needs at least {SHORTEST} characters."
    if fields.storable(password) != password:
        return "The password holds a character that cannot be used."
    if not _readable(password):
        return "The password is too long: at most 72 letters, fewer with letters outside English."
    if username and username.lower() in password.lower():
        return "The password must not contain the user name."
    return None


def _readable(password: str) -> bool:
    return fields.storable(password) == password and len(password.encode()) <= LONGEST
