"""Phone numbers in one spelling, whatever way they were typed."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult

from core.words import later, say

_PROBLEMS = {
    ValidationResult.TOO_SHORT: later("too few digits"),
    ValidationResult.TOO_LONG: later("too many digits"),
    ValidationResult.INVALID_COUNTRY_CODE: later("no country has this code"),
}
_OF_ANOTHER_LENGTH = later("no number of that country has this many digits")


def example(country: str) -> str:
    """A mobile number of that country, for a box that is still empty."""
    number = phonenumbers.example_number_for_type(country, PhoneNumberType.MOBILE)
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL) if number else ""


def read(text: str, country: str) -> tuple[str, str | None]:
    """The number as +<country code><number> (E.164), or "" with the reason why it cannot be one.

    `country` (ISO 3166, "ZZ" for none) is where a number without a country code belongs. Empty text is no number and
    no problem.
    """
    if not text:
        return "", None
    if any(letter.isalpha() for letter in text):
        return "", say("a phone number has no letters")  # the library would read them as keys: 2ABC, 3DEF
    try:
        number = phonenumbers.parse(text, None if country == "ZZ" else country)
    except NumberParseException as error:
        unknown = error.error_type == NumberParseException.INVALID_COUNTRY_CODE and len(text) > 4
        return "", say("no country has this code") if unknown else say("not a phone number")
    if phonenumbers.is_possible_number(number):
        return phonenumbers.format_number(number, PhoneNumberFormat.E164), None
    reason = phonenumbers.is_possible_number_with_reason(number)
    return "", say(_PROBLEMS.get(reason, _OF_ANOTHER_LENGTH))
