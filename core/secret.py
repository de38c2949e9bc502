"""The keys behind signatures, second factors, pseudonyms and hashes of arguments.

SECRET_KEY makes them; SECRET_KEY_BEFORE, one or more, still opens what was made before the key was changed. Each key is
named by a short hash of it, the `kid` of a token.
"""

import hashlib
from functools import cache

from core import stores
from core.config import settings
from core.errors import StoreUnavailable

SHORTEST = 32  # characters
_FEWEST_GUESSES_LOG10 = 20  # 16 random bytes in hexadecimal digits are above 25
_READ = 32  # characters: more takes zxcvbn seconds
_OBVIOUS = ("secret", "password", "changeme", "change-me", "change_me", "example", "default", "insecure", "clinic")


def key() -> str:
    """SECRET_KEY, or the one that an embedded clinic makes and keeps. Raises StoreUnavailable if weak or missing."""
    found = settings().secret_key or (stores.secret_key() if settings().embedded else "")
    _check(found, "SECRET_KEY")
    return found


def every() -> dict[str, str]:
    """The keys that still open something, by `kid`; the first is the one that makes. Raises as `key` does."""
    before = [part.strip() for part in (settings().secret_key_before or "").split(",")]
    for old in filter(None, before):
        _check(old, "A key in SECRET_KEY_BEFORE")
    return {kid(one): one for one in (key(), *before) if one}


def kid(one: str) -> str:
    return hashlib.sha256(f"kid {one}".encode()).hexdigest()[:12]


@cache
def _check(found: str, name: str) -> None:
    if len(found) < SHORTEST:
        raise StoreUnavailable(f"{name} is missing or shorter than {SHORTEST} characters. Set it and start Qure again.")
    if any(word in found.lower() for word in _OBVIOUS) or _guesses_log10(found) < _FEWEST_GUESSES_LOG10:
        raise StoreUnavailable(
            f"{name} is easy to guess. Set one that chance made, for example by `openssl rand -hex 32`, "
            "and start Qure again."
        )


def _guesses_log10(found: str) -> float:
    from zxcvbn import zxcvbn  # here: only where a key is looked at for the first time

    return float(zxcvbn(found[:_READ])["guesses_log10"])
