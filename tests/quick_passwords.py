"""Passwords as weak as they can be kept: hashing one well takes a quarter of a second, and a test makes many people."""

from core import passwords
from tests.factories import PASSWORD


def keep() -> None:
    """In this process the cheapest bcrypt there is, and the factories' own word is not hashed and guessed at anew for
    each of thousands of people."""
    passwords._context.update(bcrypt__rounds=4)
    hashed, known_hash = passwords.hashed, passwords.hashed(PASSWORD)
    passwords.hashed = lambda word: known_hash if word == PASSWORD else hashed(word)
    too_weak = passwords._too_weak
    passwords._too_weak = lambda word, known: None if word == PASSWORD else too_weak(word, known)
