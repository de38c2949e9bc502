"""The key behind signatures, pseudonyms and hashes of arguments."""

from core import stores
from core.config import settings
from core.errors import StoreUnavailable

SHORTEST = 32  # characters


def key() -> str:
    """SECRET_KEY, or the one that an embedded clinic makes and keeps. Raises StoreUnavailable if weak or missing."""
    found = settings().secret_key or (stores.secret_key() if settings().embedded else "")
    if len(found) < SHORTEST:
        raise StoreUnavailable(
            f"SECRET_KEY is missing or shorter than {SHORTEST} characters. Set it and start Qure again."
        )
    return found
