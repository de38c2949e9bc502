"""bcrypt through passlib's CryptContext, and what a password must be."""

from passlib.context import CryptContext

from core import fields
from core.words import later, say

SHORTEST = 10  # characters
LONGEST = 72  # bytes: bcrypt reads no more
HINT = later("At least 10 characters. Three or four uncommon words are easy to remember and hard to guess.")
_STRONG = 3  # of 4, as zxcvbn scores
_SCORED = 28  # characters: what begins weak stays weak, and more of them can take zxcvbn seconds

_context = CryptContext(schemes=["bcrypt"], bcrypt__rounds=12)


def hashed(password: str) -> str:
    return str(_context.hash(password))


def fits(password: str, password_hash: str) -> bool:
    return _readable(password) and bool(_context.verify(password, password_hash))


def waste_time(password: str) -> None:
    """Take as long as `fits` does, so that an unknown user name answers no faster than a wrong password."""
    fits(password, f"$2b${_context.handler().default_rounds:02}${'.' * 53}")  # nobody's; made of no password


def problem(password: str, username: str, *about: str) -> str | None:
    """A sentence saying why this cannot be the password, or None. `about` are names a guesser knows as well."""
    if len(password) < SHORTEST:
        return say("The password needs at least {fewest} characters.", fewest=SHORTEST)
    if fields.storable(password) != password:
        return say("The password holds a character that cannot be used.")
    if not _readable(password):
        return say("The password is too long: at most 72 letters, fewer with letters outside English.")
    if username and username.lower() in password.lower():
        return say("The password must not contain the user name.")
    return _too_weak(password, [username, *about])


def _readable(password: str) -> bool:
    return fields.storable(password) == password and len(password.encode()) <= LONGEST


def _too_weak(password: str, known: list[str]) -> str | None:
    from zxcvbn import zxcvbn  # its lists of words are read only where a password is chosen

    words = [word.lower() for text in known for word in (text, *text.split()) if len(word) > 2]
    if len(_without(words, password.lower())) < SHORTEST // 2:
        return _guessed_by("user_inputs")
    found = zxcvbn(password[:_SCORED], user_inputs=words)
    if found["score"] >= _STRONG:
        return None
    widest = max(found["sequence"], key=lambda part: len(part["token"]))
    return _guessed_by(widest.get("dictionary_name") or widest["pattern"])


def _guessed_by(pattern: str) -> str:
    told = (_SOON, _REASONS.get(pattern), _BETTER)
    return " ".join(say(sentence) for sentence in told if sentence)


def _without(words: list[str], password: str) -> str:
    """What is left of a password: zxcvbn finds three known words in a row good enough."""
    for word in sorted(words, key=len, reverse=True):
        password = password.replace(word, "")
    return password


_SOON, _BETTER = later("This password would soon be guessed."), later("Take three or four uncommon words.")

# By what zxcvbn calls the pattern, or the list of words, that most of a password is made of.
_REASONS = {
    "passwords": later("Much of it is a password that many people use."),
    **dict.fromkeys(("english_wikipedia", "us_tv_and_film"), later("A single word is tried first.")),
    **dict.fromkeys(("surnames", "male_names", "female_names"), later("Names are tried first.")),
    "user_inputs": later("It is made of your name or the clinic's."),
    "spatial": later("Neighbouring keys are tried first."),
    "repeat": later("Saying the same again adds little."),
    "sequence": later("Rows such as abcd or 6543 are tried first."),
    **dict.fromkeys(("regex", "date"), later("Years and dates are tried first.")),
}
